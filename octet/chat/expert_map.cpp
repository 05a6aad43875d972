#include "octet/chat/expert_map.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace octet::chat {

namespace {

// Five stops of a perceptually even scale from dark violet to yellow (the colours of matplotlib's viridis).
std::array<int, 3> colour(double share) {
  constexpr std::array<std::array<double, 3>, 5> stops = {
      {{68, 1, 84}, {59, 82, 139}, {33, 145, 140}, {94, 201, 98}, {253, 231, 37}}};
  double x = std::clamp(share, 0.0, 1.0) * 4;
  auto i = std::min<size_t>(3, static_cast<size_t>(x));
  std::array<int, 3> rgb{};
  for (size_t c = 0; c < 3; ++c)
    rgb[c] =
        static_cast<int>(std::lround(stops[i][c] + (stops[i + 1][c] - stops[i][c]) * (x - static_cast<double>(i))));
  return rgb;
}

std::string cell(double share, Paint paint) {
  if (paint == Paint::shades) {
    constexpr const char* shades[] = {"·", "░", "▒", "▓", "█"};
    return shades[share <= 0 ? 0 : 1 + std::min(3, static_cast<int>(share * 4))];
  }
  if (share <= 0) return "\033[38;2;80;80;80m·\033[0m";
  auto [r, g, b] = colour(share);
  return fmt::format("\033[38;2;{};{};{}m█\033[0m", r, g, b);
}

}  // namespace

std::string expert_map(const infer::ExpertTrace& trace, Paint paint, int width) {
  if (trace.layers.empty() || trace.layers[0].chosen.empty()) return "no answer yet, so no expert has worked\n";
  constexpr int label = 10;
  auto per_line = static_cast<size_t>(std::max(8, width - label - 1));
  std::string out =
      fmt::format("experts chosen by {} tokens: a row a layer, a cell an expert\n", trace.layers[0].chosen.size());
  int64_t most = 1;
  for (const auto& layer : trace.layers)
    for (int64_t n : layer.load()) most = std::max(most, n);
  for (const auto& layer : trace.layers) {
    auto load = layer.load();
    for (size_t e = 0; e < load.size(); ++e) {
      if (e % per_line == 0)
        out += fmt::format("{}{:<{}}", e ? "\n" : "", e ? "" : fmt::format("layer {}", layer.layer), label);
      out += cell(static_cast<double>(load[e]) / static_cast<double>(most), paint);
    }
    out += '\n';
  }
  out += fmt::format("{:<{}}", "", label);
  for (int i = 0; i <= 4; ++i) out += cell(i / 4.0, paint);
  out += fmt::format("  from none to {} times; busiest over mean {:.2f}\n", most, load_max_over_mean(trace));
  return out;
}

double load_max_over_mean(const infer::ExpertTrace& trace) {
  double sum = 0;
  size_t layers = 0;
  for (const auto& layer : trace.layers) {
    auto load = layer.load();
    double total = 0, most = 0;
    for (int64_t n : load) total += static_cast<double>(n), most = std::max(most, static_cast<double>(n));
    if (total == 0) continue;
    sum += most * static_cast<double>(load.size()) / total;
    ++layers;
  }
  return layers ? sum / static_cast<double>(layers) : 1;
}

}  // namespace octet::chat
