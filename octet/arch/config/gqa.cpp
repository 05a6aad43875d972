#include "octet/arch/config/gqa.h"

namespace octet::arch {

namespace {

void refuse_windows(const Keys& keys) {
  keys.only("use_sliding_window", false);
  keys.known({"max_window_layers"});  // means something only with a window
  if (!keys.has("use_sliding_window")) keys.only("sliding_window", nullptr);
  keys.known({"sliding_window"});
  for (const auto& type : keys.strings_or("layer_types", {}))
    if (type != "full_attention")
      throw Error(ErrorKind::unsupported,
                  fmt::format("{}: layer_types: octet implements only full_attention, found '{}'", keys.where(),
                              printable(type)));
}

}  // namespace

Gqa read_gqa(const Keys& keys, const Config& config) {
  Gqa gqa;
  gqa.heads = keys.integer("num_attention_heads", 1, max_width);
  gqa.kv_heads = keys.integer_or("num_key_value_heads", 1, gqa.heads, gqa.heads);
  if (gqa.heads % gqa.kv_heads != 0) keys.fail("num_key_value_heads", fmt::format("a divisor of {} heads", gqa.heads));
  if (!keys.has("head_dim") && config.hidden % gqa.heads != 0)
    keys.fail("num_attention_heads", fmt::format("a divisor of hidden_size ({})", config.hidden));
  gqa.head_dim = keys.integer_or("head_dim", 1, max_width, config.hidden / gqa.heads);
  refuse_windows(keys);
  return gqa;
}

void write_gqa(const Gqa& gqa, Json& json) {
  json["num_attention_heads"] = gqa.heads;
  json["num_key_value_heads"] = gqa.kv_heads;
  json["head_dim"] = gqa.head_dim;
  json["attention_dropout"] = 0.0;
}

Config read_dense(const Keys& keys) {
  Config c = read_common(keys);
  LayerSpec layer;
  layer.attention = read_gqa(keys, c);
  layer.ffn = DenseFfn{keys.integer("intermediate_size", 1, max_width)};
  c.layers.assign(static_cast<size_t>(keys.integer("num_hidden_layers", 1, max_layers)), layer);
  return c;
}

Json write_dense(const Config& c, const char* architecture) {
  check(c.mtp_layers.empty(), "multi-token prediction in a family without it");
  Json json = write_common(c, architecture);
  json["num_hidden_layers"] = c.n_layers();
  write_gqa(shared_spec<Gqa>(c.layers, [](const LayerSpec& l) -> auto& { return l.attention; }), json);
  json["intermediate_size"] =
      shared_spec<DenseFfn>(c.layers, [](const LayerSpec& l) -> auto& { return l.ffn; }).intermediate;
  return json;
}

}  // namespace octet::arch
