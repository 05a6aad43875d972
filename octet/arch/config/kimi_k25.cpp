// Kimi K2.5 (arXiv 2602.02276): Kimi K2 with eyes. octet reads the text model, whose configuration is nested in
// text_config.
#include "octet/arch/config/family.h"

namespace octet::arch {

Config read_kimi_k25(const Keys& keys) {
  const Json* nested = keys.find("text_config");
  if (!nested || !nested->is_object()) keys.fail("text_config", "an object, the text model's configuration");
  Json text = *nested;
  if (!text.contains("model_type")) text["model_type"] = "kimi_k2";
  for (const char* shared :
       {"bos_token_id", "eos_token_id", "dtype", "torch_dtype", "tie_word_embeddings", "quantization_config"})
    if (const Json* value = keys.find(shared); value && !text.contains(shared)) text[shared] = *value;
  std::string where = keys.where() + ": text_config";
  Fields(text, where).one_of("model_type", {"kimi_k2", "deepseek_v3"});  // no other model is nested there
  // The parts that octet leaves alone.
  keys.known(
      {"vision_config", "ignore_index", "media_placeholder_token_id", "video_placeholder", "use_unified_vision_chunk"});
  keys.accept_bookkeeping();
  Config config = parse_config(text, where);
  config.tensor_prefix = "language_model.";
  return config;
}

}  // namespace octet::arch
