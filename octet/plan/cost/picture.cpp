#include "octet/plan/cost/picture.h"

#include <algorithm>
#include <cmath>

namespace octet::plan {

std::string escape_xml(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (c == '&')
      out += "&amp;";
    else if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else if (c == '"')
      out += "&quot;";
    else
      out += c;
  }
  return out;
}

namespace {

std::string block(double cells) {
  constexpr const char* eighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  auto whole = static_cast<int>(cells);
  std::string out;
  for (int i = 0; i < whole; ++i) out += "█";
  int part = static_cast<int>((cells - whole) * 8 + 0.5);
  out += part == 8 ? "█" : eighths[part];
  return out.empty() && cells > 0 ? "▏" : out;
}

int cells_of(const std::string& text) {  // code points: all that bars print is one cell wide
  return static_cast<int>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

std::string padded(std::string text, int width) {
  int missing = width - cells_of(text);
  if (missing > 0) text.append(static_cast<size_t>(missing), ' ');
  return text;
}

std::string interval(const Line& line) {
  if (line.value.exact()) return format_quantity(line.value.mid, line.unit);
  return fmt::format("{} ({} to {})", format_quantity(line.value.mid, line.unit),
                     format_quantity(line.value.low, line.unit), format_quantity(line.value.high, line.unit));
}

}  // namespace

std::string bars(const Sheet& sheet, const std::vector<std::string>& keys, int width) {
  double most = 0;
  int label = 0, value = 0;
  for (const auto& key : keys) {
    const Line& line = sheet.at(key);
    most = std::max(most, line.value.mid);
    label = std::max(label, cells_of(line.label));
    value = std::max(value, cells_of(interval(line)));
  }
  int room = std::clamp(width - label - value - 18, 10, 60);
  std::string out;
  for (const auto& key : keys) {
    const Line& line = sheet.at(key);
    double cells = most > 0 ? std::clamp(line.value.mid / most, 0.0, 1.0) * room : 0;  // below zero nothing to draw
    out += fmt::format("  {}  {}  {} {}\n", padded(line.label, label), padded(block(cells), room),
                       padded(interval(line), value), name(line.tag));
  }
  return out;
}

std::string tornado_text(const Sheet& sheet, const std::string& line, int width, size_t most) {
  auto swings = sheet.tornado(line);
  if (swings.size() > most) swings.resize(most);
  if (swings.empty()) return "";
  const Line& subject = sheet.at(line);
  double low = subject.value.mid, high = subject.value.mid;
  size_t label = 0;
  for (const auto& s : swings) {
    low = std::min({low, s.low, s.high}), high = std::max({high, s.low, s.high});
    label = std::max(label, s.input.size());
  }
  int room = std::clamp(width - static_cast<int>(label) - 40, 20, 60);
  auto place = [&](double x) { return static_cast<int>(std::lround((x - low) / (high - low) * (room - 1))); };
  std::string out;
  for (const auto& s : swings) {
    std::string bar;
    int a = place(std::min(s.low, s.high)), b = place(std::max(s.low, s.high)), middle = place(subject.value.mid);
    for (int i = 0; i < room; ++i) bar += i == middle ? "┃" : i >= a && i <= b ? "█" : " ";
    const Input& input = sheet.input_at(s.input);
    out += fmt::format("  {:<{}}  {}  {} to {}  {}\n", s.input, label, bar,
                       format_quantity(std::min(s.low, s.high), subject.unit),
                       format_quantity(std::max(s.low, s.high), subject.unit), name(input.tag));
  }
  return out;
}

}  // namespace octet::plan
