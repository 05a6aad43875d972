#include "octet/base/error.h"

#include <algorithm>

#include "octet/base/utf8.h"

namespace octet {

Error::Error(ErrorKind kind, std::string sentence, std::string hint)
    : kind_(kind), sentence_(std::move(sentence)), hint_(std::move(hint)) {
  whole_ = hint_.empty() ? sentence_ : sentence_ + "; " + hint_;
  // One line, whatever a file smuggled into the sentence.
  std::replace(whole_.begin(), whole_.end(), '\n', ' ');
}

Bug::Bug(std::string_view message, std::source_location where)
    : whole_(fmt::format("octet bug: {} ({}:{} in {})", message, where.file_name(), where.line(),
                         where.function_name())) {}

namespace {

// Optimal string alignment: insertions, deletions, substitutions and swaps of neighbours cost 1 each.
size_t distance(std::string_view a, std::string_view b) {
  std::vector<size_t> before(b.size() + 1), above(b.size() + 1), row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) above[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + (a[i - 1] != b[j - 1])});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    std::swap(before, above);
    std::swap(above, row);
  }
  return above[b.size()];
}

}  // namespace

std::string nearest_name(std::string_view given, const std::vector<std::string>& known) {
  if (given.size() > 200) return "";
  std::string best;
  size_t best_distance = std::max<size_t>(2, given.size() / 3) + 1;
  for (const auto& name : known) {
    size_t d = distance(given, name);
    if (d < best_distance) best = name, best_distance = d;
  }
  return best;
}

std::string unknown_name_hint(std::string_view given, const std::vector<std::string>& known) {
  if (auto name = nearest_name(given, known); !name.empty()) return fmt::format("did you mean '{}'?", name);
  return fmt::format("known: {}", fmt::join(known, ", "));
}

std::string printable(std::string_view text, size_t limit) {
  std::string out;
  for (size_t i = 0; i < text.size();) {
    size_t n = utf8::valid_length(text.substr(i));
    unsigned char c = static_cast<unsigned char>(text[i]);
    if (n == 0 || c < 0x20 || c == 0x7f) {
      out += fmt::format("\\x{:02x}", c);
      ++i;
    } else {
      out.append(text.substr(i, n));
      i += n;
    }
    if (out.size() > limit * 4) break;  // what follows would be cut anyway
  }
  if (out.size() <= limit) return out;
  size_t head = limit * 2 / 3, tail = out.size() - (limit - head);
  while (head > 0 && utf8::is_continuation(out[head])) --head;
  while (tail < out.size() && utf8::is_continuation(out[tail])) ++tail;
  return out.substr(0, head) + "..." + out.substr(tail);
}

}  // namespace octet
