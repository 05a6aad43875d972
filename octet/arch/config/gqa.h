// What the families with grouped-query attention share. octet prices them and does not run them.
#pragma once
#include "octet/arch/config/common.h"

namespace octet::arch {

// Heads, widths and rope; sliding windows are refused. `head_dim` defaults to hidden / heads.
Gqa read_gqa(const Keys& keys, const Config& config);
void write_gqa(const Gqa& gqa, Json& json);

// All layers alike: attention and a dense feed-forward network.
Config read_dense(const Keys& keys);
Json write_dense(const Config& config, const char* architecture);

// The same attention in every layer, changed by `change` (biases, norms of heads).
template <class Change>
void for_each_gqa(Config& config, Change&& change) {
  for (auto& layer : config.layers) change(std::get<Gqa>(layer.attention));
}

}  // namespace octet::arch
