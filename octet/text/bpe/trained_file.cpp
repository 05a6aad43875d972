#include "octet/text/bpe/trained_file.h"

#include "octet/text/bpe/trainer.h"

namespace octet::text {

namespace {

Json byte_level(bool add_prefix_space, bool use_regex) {
  return {
      {"type", "ByteLevel"}, {"add_prefix_space", add_prefix_space}, {"trim_offsets", true}, {"use_regex", use_regex}};
}

Json pre_tokenizer(const std::vector<SplitRule>& rules) {
  Json list = Json::array();
  for (const SplitRule& rule : rules)
    list.push_back(
        {{"type", "Split"}, {"pattern", {{"Regex", rule.pattern}}}, {"behavior", "Isolated"}, {"invert", false}});
  list.push_back(byte_level(false, false));
  return {{"type", "Sequence"}, {"pretokenizers", std::move(list)}};
}

Json added_tokens(const std::vector<AddedToken>& tokens) {
  Json list = Json::array();
  for (size_t i = 0; i < tokens.size(); ++i)
    list.push_back({{"id", i},
                    {"content", tokens[i].content},
                    {"single_word", false},
                    {"lstrip", false},
                    {"rstrip", false},
                    {"normalized", false},
                    {"special", tokens[i].special}});
  return list;
}

Json model(const TrainedVocabulary& v) {
  // Filled as the list that it is: looking each key up first would take time in the square of their number.
  Json vocab = Json::object();
  auto& entries = vocab.get_ref<Json::object_t&>();
  for (size_t id = 0; id < v.spellings.size(); ++id) entries.push_back({v.spellings[id], id});
  Json merges = Json::array();
  for (const MergedPair& pair : v.merges)
    merges.push_back(v.spellings[static_cast<size_t>(pair.left)] + " " + v.spellings[static_cast<size_t>(pair.right)]);
  return {{"type", "BPE"},
          {"dropout", nullptr},
          {"unk_token", nullptr},
          {"continuing_subword_prefix", nullptr},
          {"end_of_word_suffix", nullptr},
          {"fuse_unk", false},
          {"byte_fallback", false},
          {"vocab", std::move(vocab)},
          {"merges", std::move(merges)}};
}

}  // namespace

Json trained_file(const TrainedVocabulary& v) {
  return {{"version", "1.0"},          {"truncation", nullptr},
          {"padding", nullptr},        {"added_tokens", added_tokens(v.added_tokens)},
          {"normalizer", nullptr},     {"pre_tokenizer", pre_tokenizer(v.rules)},
          {"post_processor", nullptr}, {"decoder", byte_level(true, true)},
          {"model", model(v)}};
}

Json tokenizer_config(const TokenizerConfig& config) {
  Json result = {{"add_bos_token", false},
                 {"add_eos_token", false},
                 {"bos_token", config.bos_token},
                 {"eos_token", config.eos_token},
                 {"pad_token", config.pad_token},
                 {"unk_token", nullptr},
                 {"clean_up_tokenization_spaces", false},
                 {"model_max_length", config.model_max_length},
                 {"tokenizer_class", "PreTrainedTokenizerFast"}};
  if (!config.chat_template.empty()) result["chat_template"] = config.chat_template;
  return result;
}

}  // namespace octet::text
