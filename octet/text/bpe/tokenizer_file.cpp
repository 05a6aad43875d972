#include "octet/text/bpe/tokenizer_file.h"

#include "octet/text/bpe/tokenizer_events.h"

namespace octet::text {

namespace {

std::string type_of(const Json& value) {
  if (!value.is_object()) return printable(dump(value));
  auto it = value.find("type");
  return it == value.end() || !it->is_string() ? printable(dump(value)) : printable(it->get<std::string>());
}

void refuse_unless_null(const Fields& fields, std::string_view key) {
  if (const Json* value = fields.find(key)) unimplemented(fields.where(), fmt::format("{} {}", key, type_of(*value)));
}

void read_normalizer(const Fields& fields) {
  const Json* value = fields.find("normalizer");
  if (!value) return;
  auto list = value->is_object() && type_of(*value) == "Sequence" ? value->find("normalizers") : value->end();
  if (list != value->end() && list->is_array()) {
    if (list->empty()) return;
    value = &list->front();
  }
  unimplemented(fields.where(), fmt::format("the normalizer {}", type_of(*value)));
}

void read_decoder(const Fields& fields) {
  const Json* value = fields.find("decoder");
  if (!value || type_of(*value) != "ByteLevel")
    unimplemented(fields.where(), fmt::format("the decoder {}", value ? type_of(*value) : "null"));
}

std::vector<AddedToken> read_added_tokens(const Fields& fields) {
  std::vector<AddedToken> tokens;
  const Json* list = fields.find("added_tokens");
  if (!list) return tokens;
  if (!list->is_array()) fields.fail("added_tokens", "a list");
  for (size_t i = 0; i < list->size(); ++i) {
    Fields item((*list)[i], fmt::format("{}: added_tokens[{}]", fields.where(), i));
    AddedToken& token = tokens.emplace_back();
    token.content = item.string("content");
    if (token.content.empty()) item.fail("content", "at least one character");
    token.id = static_cast<int32_t>(item.integer("id", 0, max_token_ids - 1));
    token.special = item.boolean_or("special", false);
    token.normalized = item.boolean_or("normalized", !token.special);
    token.single_word = item.boolean_or("single_word", false);
    token.lstrip = item.boolean_or("lstrip", false);
    token.rstrip = item.boolean_or("rstrip", false);
    item.finish();
  }
  return tokens;
}

// Everything of "model" but its vocabulary and merges.
void read_model(const Fields& model, TokenizerFile& file) {
  if (std::string type = model.string_or("type", "BPE"); type != "BPE")
    unimplemented(model.where(), fmt::format("the model {}", printable(type)));
  if (model.number_or("dropout", 0, 1, 0) != 0) unimplemented(model.where(), "dropout");
  if (model.boolean_or("byte_fallback", false)) unimplemented(model.where(), "byte_fallback");
  for (std::string_view key : {"continuing_subword_prefix", "end_of_word_suffix"})
    if (!model.string_or(key, "").empty()) unimplemented(model.where(), std::string(key));
  file.ignore_merges = model.boolean_or("ignore_merges", false);
  // Every byte has a token, so nothing is ever unknown.
  model.known({"unk_token", "fuse_unk"});
  model.finish();
}

// `model` without "vocab" and "merges"; the rest of the file in `rest`.
void read_settings(const Json& rest, const std::string& where, TokenizerFile& file) {
  Fields fields(rest, where);
  refuse_unless_null(fields, "truncation");
  refuse_unless_null(fields, "padding");
  read_normalizer(fields);
  const Json* pre_tokenizer = fields.find("pre_tokenizer");
  if (!pre_tokenizer) unimplemented(where, "tokenizers without a pre-tokenizer");
  file.rules = read_split_rules(*pre_tokenizer, where + ": pre_tokenizer");
  read_decoder(fields);
  file.added_tokens = read_added_tokens(fields);
  read_model(fields.object("model"), file);
  fields.known({"version", "post_processor"});
  fields.finish();
}

}  // namespace

TokenizerFile read_tokenizer_file(const fs::path& path) {
  return read_tokenizer_text(read_file(path, size_t{256} << 20), path.string());
}

TokenizerFile read_tokenizer_text(std::string_view text, const std::string& where) {
  TokenizerFile file;
  Json rest = TokenizerEvents::read(text, where, file);
  read_settings(rest, where, file);
  return file;
}

TokenizerFile parse_tokenizer_file(const Json& value, const std::string& where) {
  return read_tokenizer_text(dump(value), where);
}

}  // namespace octet::text
