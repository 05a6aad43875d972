// The experts at work, as text: a map of layer by expert for the last answer.
#pragma once
#include <string>

#include "octet/infer/generator.h"

namespace octet::chat {

// One row a layer, one cell an expert: how often it was chosen, from idle to busiest. In colours (24-bit, viridis-like)
// or in shades of block characters where colours are not welcome. Wide layers wrap at `width` columns.
enum class Paint { colours, shades };
std::string expert_map(const infer::ExpertTrace& trace, Paint paint, int width);

// How evenly the experts were used: the busiest one's load over the mean, averaged over layers; 1 is even.
double load_max_over_mean(const infer::ExpertTrace& trace);

}  // namespace octet::chat
