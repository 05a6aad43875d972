#include "octet/text/reply/markup.h"

#include <algorithm>

namespace octet::text {

std::string_view trim_front(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
  return text;
}

std::string_view trim_back(std::string_view text) { return text.substr(0, text.find_last_not_of(blanks) + 1); }

size_t begun_mark(std::string_view text, std::string_view mark) {
  for (size_t n = std::min(text.size(), mark.size() - 1); n > 0; --n)
    if (text.ends_with(mark.substr(0, n))) return n;
  return 0;
}

size_t cut_mark(std::string_view text, std::string_view mark) {
  size_t begun = begun_mark(text, mark);
  return begun >= mark.find("tool") + 4 ? begun : 0;  // "<" and "<|" may be words of the answer
}

namespace {

constexpr size_t longest_head = 1024;  // more than any name: what is longer is no call
constexpr std::string_view v3_type = "function";

using Found = CallHead::Found;

// Takes `mark` off the front of `rest`.
Found take_mark(std::string_view& rest, std::string_view mark) {
  if (rest.starts_with(mark)) {
    rest.remove_prefix(mark.size());
    return Found::complete;
  }
  return mark.starts_with(rest) ? Found::cut_short : Found::something_else;
}

// "functions.name:0" → "name", as Kimi numbers its calls.
std::string plain_name(const ToolMarks& marks, std::string_view name) {
  if (marks.separator == kimi_marks.separator) {
    if (name.starts_with("functions.")) name.remove_prefix(10);
    size_t colon = name.rfind(':');
    if (colon != name.npos && colon + 1 < name.size() && name.find_first_not_of("0123456789", colon + 1) == name.npos)
      name = name.substr(0, colon);
  }
  return std::string(name);
}

bool is_name(std::string_view text) {
  return !text.empty() && std::none_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) <= ' ' || c == '<' || c == '{' || c == '`';
  });
}

// What stands before the arguments: nothing, or ``` with a language and the end of the line.
Found take_fence(std::string_view& rest, Fence& fence) {
  std::string_view inside = trim_front(rest);
  if (inside.empty()) return Found::cut_short;
  rest = inside;
  if (inside[0] != '`') return Found::complete;
  if (Found ticks = take_mark(inside, "```"); ticks != Found::complete) return ticks;
  size_t end = inside.find('\n');
  std::string_view language = inside.substr(0, end);
  if (language.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ \r") != language.npos)
    return Found::something_else;
  if (end == inside.npos) return Found::cut_short;
  rest = inside.substr(end + 1);
  fence = Fence::backticks;
  return Found::complete;
}

CallHead read_head(const ToolMarks& marks, std::string_view text) {
  std::string_view rest = text;
  CallHead head{take_mark(rest, marks.call_begin), 0, "", Fence::none};
  if (head.found != Found::complete) return head;
  auto stop = [&](Found found) {
    head.found = found;
    return head;
  };
  size_t at = rest.find(marks.separator);
  if (at == rest.npos) {
    // The name so far, without what may be the beginning of the separator.
    std::string_view name = trim_front(rest.substr(0, rest.size() - begun_mark(rest, marks.separator)));
    return stop(name.empty() || is_name(trim_back(name)) ? Found::cut_short : Found::something_else);
  }
  std::string_view name = trim_back(trim_front(rest.substr(0, at)));
  if (!is_name(name)) return stop(Found::something_else);
  rest.remove_prefix(at + marks.separator.size());
  std::string_view next = trim_front(rest);
  if (next.empty()) {
    if (name != v3_type) head.name = plain_name(marks, name);
    return stop(Found::cut_short);
  }
  if (next[0] != '{' && next[0] != '`') {  // V3: that was the type, and a line with the name follows
    size_t end = next.find('\n');
    std::string_view line = trim_back(next.substr(0, end));
    if (!is_name(line)) return stop(Found::something_else);
    if (end == next.npos) return stop(Found::cut_short);
    name = line;
    rest = next.substr(end + 1);
    next = trim_front(rest);
    if (!next.empty() && next[0] != '{' && next[0] != '`') return stop(Found::something_else);
  }
  head.found = take_fence(rest, head.fence);
  head.name = plain_name(marks, name);
  head.length = text.size() - rest.size();
  return head;
}

}  // namespace

CallHead read_call_head(const ToolMarks& marks, std::string_view text) {
  CallHead head = read_head(marks, text);
  if (head.found == Found::cut_short && text.size() > longest_head) head.found = Found::something_else;
  return head;
}

std::string_view trim_arguments(std::string_view text, Fence fence) {
  text = trim_back(text);
  if (fence == Fence::backticks && text.ends_with("```")) text = trim_back(text.substr(0, text.size() - 3));
  return text;
}

std::string_view cut_arguments(const ToolMarks& marks, std::string_view text, Fence fence) {
  text = trim_back(text.substr(0, text.size() - cut_mark(text, marks.call_end)));
  if (fence == Fence::none) return text;
  std::string_view before = text.substr(0, text.find_last_not_of('`') + 1);
  bool line = before.ends_with('\n') && text.size() - before.size() <= 3;
  return line ? trim_back(before) : trim_arguments(text, fence);
}

size_t sure_arguments(const ToolMarks& marks, std::string_view text, Fence fence) {
  text = trim_back(text.substr(0, text.size() - begun_mark(text, marks.call_end)));
  if (fence == Fence::backticks) {
    for (int i = 0; i < 3 && text.ends_with('`'); ++i) text.remove_suffix(1);
    text = trim_back(text);
  }
  return text.size();
}

}  // namespace octet::text
