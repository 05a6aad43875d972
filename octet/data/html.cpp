#include "octet/data/html.h"

#include <array>
#include <cctype>
#include <charconv>

#include "octet/base/utf8.h"

namespace octet::data {
namespace {

struct Tag {
  std::string name;  // lower case, without '/'
  bool closing = false, empty = false;
  std::string_view inside;
};

bool one_of(std::string_view name, std::initializer_list<std::string_view> names) {
  for (auto other : names)
    if (name == other) return true;
  return false;
}

Tag parse_tag(std::string_view inside) {
  Tag tag;
  tag.inside = inside;
  size_t at = 0;
  if (inside.starts_with('/')) tag.closing = true, at = 1;
  while (at < inside.size() && std::isalnum(static_cast<unsigned char>(inside[at])))
    tag.name += static_cast<char>(std::tolower(static_cast<unsigned char>(inside[at++])));
  tag.empty = inside.ends_with('/') || one_of(tag.name, {"br", "hr", "img", "meta", "link", "input", "wbr", "col"});
  return tag;
}

// The entity at the front of `text` ("&lt;"): what it stands for, and its length; 0 if it is none.
size_t entity(std::string_view text, std::string& out) {
  size_t end = text.substr(0, 12).find(';');
  if (end == std::string_view::npos) return 0;
  std::string_view name = text.substr(1, end - 1);
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 12> known = {{{"lt", "<"},
                                                                                           {"gt", ">"},
                                                                                           {"amp", "&"},
                                                                                           {"quot", "\""},
                                                                                           {"apos", "'"},
                                                                                           {"nbsp", " "},
                                                                                           {"copy", "©"},
                                                                                           {"hellip", "…"},
                                                                                           {"mdash", "—"},
                                                                                           {"ndash", "–"},
                                                                                           {"rsquo", "’"},
                                                                                           {"lsquo", "‘"}}};
  for (const auto& [entity_name, value] : known)
    if (name == entity_name) {
      out += value;
      return end + 1;
    }
  if (!name.starts_with('#')) return 0;
  bool hex = name.size() > 1 && (name[1] == 'x' || name[1] == 'X');
  std::string_view digits = name.substr(hex ? 2 : 1);
  uint32_t code = 0;
  auto [stop, error] = std::from_chars(digits.data(), digits.data() + digits.size(), code, hex ? 16 : 10);
  if (error != std::errc() || stop != digits.data() + digits.size() || code > 0x10FFFF ||
      (code >= 0xD800 && code < 0xE000))
    return 0;
  utf8::append(out, code);
  return end + 1;
}

std::string_view main_part(std::string_view html) {
  for (std::string_view mark : {"role=\"main\"", "<main", "<body"}) {
    size_t at = html.find(mark);
    if (at == std::string_view::npos) continue;
    size_t end = html.find('>', at);
    if (end != std::string_view::npos) return html.substr(end + 1);
  }
  return html;
}

// Writes text, with runs of white space as one space outside pre, and at most one empty line.
class TextWriter {
 public:
  void put(char c) {
    bool space = std::isspace(static_cast<unsigned char>(c)) != 0;
    if (pre > 0) {
      if (space_) flush_space();
      out_ += c;
    } else if (space) {
      space_ = true;
    } else {
      flush_space();
      out_ += c;
    }
  }
  void line(size_t count) {
    space_ = false;
    if (out_.empty()) return;
    size_t have = 0;
    while (have < out_.size() && have < 2 && out_[out_.size() - 1 - have] == '\n') ++have;
    for (; have < count; ++have) out_ += '\n';
  }
  std::string finish() {
    while (!out_.empty() && std::isspace(static_cast<unsigned char>(out_.back()))) out_.pop_back();
    return std::move(out_);
  }
  int pre = 0;

 private:
  void flush_space() {
    if (space_ && !out_.empty() && out_.back() != '\n') out_ += ' ';
    space_ = false;
  }
  std::string out_;
  bool space_ = false;
};

// Where the element that begins at `from` (after its opening tag) ends: after its closing tag.
size_t end_of_element(std::string_view html, size_t from, std::string_view name) {
  std::string close = "</" + std::string(name);
  size_t at = html.find(close, from);
  if (at == std::string_view::npos) return html.size();
  size_t end = html.find('>', at);
  return end == std::string_view::npos ? html.size() : end + 1;
}

// The writer's side of a tag. True if the rest of the page is no longer the main part.
bool apply(const Tag& tag, TextWriter& writer, int& depth) {
  if (one_of(tag.name, {"p", "div", "section", "table", "ul", "ol", "dl", "h1", "h2", "h3", "h4", "blockquote",
                        "article", "main"}))
    writer.line(2);
  else if (one_of(tag.name, {"br", "li", "tr", "dt", "dd", "hr"}))
    writer.line(1);
  if (tag.name == "pre") {
    if (tag.closing) writer.pre = std::max(0, writer.pre - 1);
    writer.line(2);
    if (!tag.closing) ++writer.pre;
  }
  if (one_of(tag.name, {"div", "main", "body"}) && !tag.empty) depth += tag.closing ? -1 : 1;
  return depth < 0;
}

}  // namespace

std::string html_to_text(std::string_view html) {
  html = main_part(html);
  TextWriter writer;
  int depth = 0;  // of div, below the main one
  for (size_t at = 0; at < html.size();) {
    char c = html[at];
    if (c == '&') {
      std::string text;
      size_t length = entity(html.substr(at), text);
      for (char part : text) writer.put(part);
      if (length == 0) writer.put(c);
      at += std::max<size_t>(length, 1);
      continue;
    }
    if (c != '<') {
      writer.put(c);
      ++at;
      continue;
    }
    if (html.substr(at).starts_with("<!--")) {
      size_t end = html.find("-->", at);
      at = end == std::string_view::npos ? html.size() : end + 3;
      continue;
    }
    size_t end = html.find('>', at);
    if (end == std::string_view::npos) break;
    Tag tag = parse_tag(html.substr(at + 1, end - at - 1));
    at = end + 1;
    bool link_mark = tag.name == "a" && tag.inside.find("headerlink") != std::string_view::npos;
    if (!tag.closing && !tag.empty && (link_mark || one_of(tag.name, {"script", "style", "head", "svg"})))
      at = end_of_element(html, at, tag.name);
    else if (apply(tag, writer, depth))
      break;
  }
  return writer.finish();
}

}  // namespace octet::data
