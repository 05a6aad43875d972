#include "octet/arch/config/common.h"

namespace octet::arch {

namespace {

constexpr Dtype dtypes[] = {Dtype::f32, Dtype::f16, Dtype::bf16};

// torch_dtype is the older spelling of dtype; "torch.bfloat16" and "bfloat16" both occur.
Dtype read_dtype(const Keys& keys) {
  std::optional<Dtype> found;
  for (const char* key : {"torch_dtype", "dtype"}) {
    if (!keys.has(key)) continue;
    std::string text = keys.string(key);
    if (text.starts_with("torch.")) text.erase(0, 6);
    std::optional<Dtype> dtype;
    for (Dtype d : dtypes)
      if (text == name(d)) dtype = d;
    if (!dtype) keys.fail(key, "one of float32, float16, bfloat16");
    if (found && *found != *dtype) keys.fail(key, fmt::format("the same as torch_dtype ({})", name(*found)));
    found = dtype;
  }
  return found.value_or(Dtype::bf16);
}

std::vector<int64_t> read_tokens(const Keys& keys, std::string_view key, int64_t vocab) {
  std::string expected = fmt::format("a token id below {} or a list of them", vocab);
  const Json* value = keys.find(key);
  if (!value) return {};
  Json list = value->is_array() ? *value : Json::array({*value});
  std::vector<int64_t> out;
  for (const Json& item : list) {
    auto token = Keys::integer_in(item, 0, vocab - 1);
    if (!token) keys.fail(key, expected);
    out.push_back(*token);
  }
  return out;
}

}  // namespace

Config read_common(const Keys& keys) {
  Config c;
  c.family = keys.string("model_type");
  c.hidden = keys.integer("hidden_size", 1, max_width);
  c.vocab = keys.integer("vocab_size", 1, max_vocab);
  c.max_position_embeddings = keys.integer("max_position_embeddings", 1, int64_t{1} << 40);
  c.rms_norm_eps = keys.number_or("rms_norm_eps", 0, 1, 1e-6);
  c.initializer_range = keys.number_or("initializer_range", 0, 100, 0.02);
  c.tie_word_embeddings = keys.boolean_or("tie_word_embeddings", false);
  c.dtype = read_dtype(keys);
  c.rope = read_rope(keys);
  c.fp8 = read_fp8(keys);
  auto bos = read_tokens(keys, "bos_token_id", c.vocab);
  if (bos.size() > 1) keys.fail("bos_token_id", "one token id");
  if (!bos.empty()) c.bos_token = bos.front();
  c.eos_tokens = read_tokens(keys, "eos_token_id", c.vocab);
  keys.only("hidden_act", "silu");
  keys.only("attention_dropout", 0.0);
  keys.accept_bookkeeping();
  return c;
}

Json write_common(const Config& c, const char* architecture) {
  Json json = {{"architectures", {architecture}},
               {"model_type", c.family},
               {"hidden_size", c.hidden},
               {"vocab_size", c.vocab},
               {"max_position_embeddings", c.max_position_embeddings},
               {"hidden_act", "silu"},
               {"rms_norm_eps", c.rms_norm_eps},
               {"initializer_range", c.initializer_range},
               {"tie_word_embeddings", c.tie_word_embeddings},
               {"torch_dtype", name(c.dtype)},
               {"use_cache", true}};
  write_rope(c.rope, json);
  if (c.fp8) json["quantization_config"] = write_fp8(*c.fp8);
  json["bos_token_id"] = c.bos_token ? Json(*c.bos_token) : Json();
  json["eos_token_id"] = c.eos_tokens.size() == 1 ? Json(c.eos_tokens[0])
                         : c.eos_tokens.empty()   ? Json()
                                                  : Json(c.eos_tokens);
  return json;
}

}  // namespace octet::arch
