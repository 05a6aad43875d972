#include <algorithm>
#include <cctype>
#include <charconv>

#include "octet/base/error.h"
#include "octet/tasks/problem.h"

namespace octet::tasks {
namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

std::string_view trim(std::string_view text, std::string_view what = " \t\r\n") {
  size_t first = text.find_first_not_of(what);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(what) - first + 1);
}

// What follows the last "answer:"; without one the last line that is not empty.
std::string_view final_answer(std::string_view reply) {
  static constexpr std::string_view marker = "answer:";
  std::string small = lower(reply);
  if (size_t at = small.rfind(marker); at != std::string::npos) return trim(reply.substr(at + marker.size()));
  std::string_view whole = trim(reply);
  size_t line = whole.rfind('\n');
  return trim(line == std::string_view::npos ? whole : whole.substr(line));
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Integers in the text, commas between groups of three digits skipped. Numbers beyond 64 bits are left out.
std::vector<int64_t> integers(std::string_view text) {
  std::vector<int64_t> out;
  for (size_t i = 0; i < text.size();) {
    if (!is_digit(text[i])) {
      ++i;
      continue;
    }
    size_t begin = i;
    std::string digits;
    for (; i < text.size(); ++i) {
      auto digit_at = [&](size_t j) { return j < text.size() && is_digit(text[j]); };
      if (is_digit(text[i]))
        digits += text[i];
      else if (text[i] == ',' && digit_at(i + 1) && digit_at(i + 2) && digit_at(i + 3) && !digit_at(i + 4))
        continue;
      else
        break;
    }
    // A minus belongs to the number if nothing that ends a number stands before it.
    bool minus = begin > 0 && text[begin - 1] == '-' && (begin == 1 || !is_digit(text[begin - 2]));
    int64_t value = 0;
    auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error == std::errc()) out.push_back(minus ? -value : value);
  }
  return out;
}

std::vector<std::string> words(std::string_view text) {
  std::vector<std::string> out;
  std::string word;
  for (char c : text) {
    bool inside = std::isalnum(static_cast<unsigned char>(c)) || c == '-' || (c == '\'' && !word.empty());
    if (inside) word += c;
    if (inside || word.empty()) continue;
    out.push_back(word);
    word.clear();
  }
  if (!word.empty()) out.push_back(word);
  for (auto& w : out)
    while (w.ends_with('\'')) w.pop_back();
  return out;
}

std::vector<std::string> split(std::string_view text, char at) {
  std::vector<std::string> out(1);
  for (char c : text) {
    if (c == at)
      out.emplace_back();
    else
      out.back() += c;
  }
  return out;
}

bool ends_with_words(const std::vector<std::string>& all, const std::vector<std::string>& tail) {
  return all.size() >= tail.size() && !tail.empty() &&
         std::equal(tail.begin(), tail.end(), all.end() - static_cast<int64_t>(tail.size()));
}

bool has_phrases(std::string_view key, std::string_view reply) {
  std::string small = lower(reply);
  for (const auto& part : split(lower(key), '&')) {
    auto alternatives = split(part, '|');
    bool found = std::any_of(alternatives.begin(), alternatives.end(),
                             [&](const std::string& wanted) { return small.find(wanted) != std::string::npos; });
    if (!found) return false;
  }
  return true;
}

}  // namespace

bool check(const Problem& problem, std::string_view reply) {
  std::string_view final = final_answer(reply);
  switch (problem.kind) {
    case KeyKind::number: {
      auto found = integers(final);
      return !found.empty() && std::to_string(found.back()) == problem.key;
    }
    case KeyKind::numbers:
      return fmt::format("{}", fmt::join(integers(final), " ")) == problem.key;
    case KeyKind::word:
      return ends_with_words(words(lower(final)), words(lower(problem.key)));
    case KeyKind::exact:
      return ends_with_words(words(final), words(problem.key));
    case KeyKind::words:
      return words(lower(final)) == words(lower(problem.key));
    case KeyKind::phrases:
      return has_phrases(problem.key, reply);
  }
  throw Bug("a problem without a kind", std::source_location::current());
}

}  // namespace octet::tasks
