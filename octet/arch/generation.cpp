#include "octet/arch/generation.h"

#include "octet/arch/config/keys.h"
#include "octet/base/file.h"

namespace octet::arch {

namespace {

// Ways of choosing tokens that octet has not, with the values at which they do nothing.
void refuse_other_sampling(const Fields& fields) {
  const std::pair<const char*, Json> neutral[] = {{"num_beams", 1},
                                                  {"num_beam_groups", 1},
                                                  {"typical_p", 1.0},
                                                  {"epsilon_cutoff", 0.0},
                                                  {"eta_cutoff", 0.0},
                                                  {"diversity_penalty", 0.0},
                                                  {"penalty_alpha", 0.0},
                                                  {"no_repeat_ngram_size", 0},
                                                  {"guidance_scale", 1.0},
                                                  {"bad_words_ids", Json()},
                                                  {"sequence_bias", Json()},
                                                  {"min_length", 0},
                                                  {"min_new_tokens", 0},
                                                  {"suppress_tokens", Json()},
                                                  {"forced_bos_token_id", Json()},
                                                  {"force_words_ids", Json()},
                                                  {"forced_eos_token_id", Json()},
                                                  {"top_h", Json()}};
  for (const auto& [key, value] : neutral) {
    const Json* found = fields.find(key);
    if (!found || *found == value || (found->is_array() && found->empty())) continue;
    throw Error(ErrorKind::unsupported,
                fmt::format("{}: {}: octet does not implement {}", fields.where(), key, printable(dump(*found))),
                "delete the key to sample without it");
  }
}

std::optional<double> number(const Fields& fields, const char* key, double low, double high) {
  if (!fields.has(key)) return std::nullopt;
  return fields.number(key, low, high);
}

}  // namespace

GenerationConfig parse_generation_config(const Json& json, const std::string& where, const Config& config) {
  GenerationConfig g;
  g.eos_tokens = config.eos_tokens;
  Fields fields(json, where);
  if (const Json* eos = fields.find("eos_token_id")) {
    g.eos_tokens.clear();
    for (const Json& item : eos->is_array() ? *eos : Json::array({*eos})) {
      auto token = Keys::integer_in(item, 0, config.vocab - 1);
      if (!token) fields.fail("eos_token_id", fmt::format("a token id below {} or a list of them", config.vocab));
      g.eos_tokens.push_back(*token);
    }
  }
  g.temperature = number(fields, "temperature", 0, 1000);
  g.top_p = number(fields, "top_p", 0, 1);
  g.min_p = number(fields, "min_p", 0, 1);
  g.repetition_penalty = number(fields, "repetition_penalty", 1e-3, 1000);
  if (fields.has("top_k")) g.top_k = fields.integer("top_k", 0, int64_t{1} << 40);
  if (fields.has("do_sample")) g.do_sample = fields.boolean("do_sample");
  refuse_other_sampling(fields);
  return g;
}

GenerationConfig read_generation_config(const std::filesystem::path& folder, const Config& config) {
  fs::path path = folder / "generation_config.json";
  Json json = fs::exists(path) ? read_json(path, size_t{16} << 20) : Json::object();
  return parse_generation_config(json, path.string(), config);
}

}  // namespace octet::arch
