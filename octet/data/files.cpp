#include "octet/data/files.h"

#include <algorithm>

#include "octet/base/error.h"
#include "octet/base/file.h"
#include "octet/base/json.h"
#include "octet/base/utf8.h"
#include "octet/data/chat_format.h"
#include "octet/data/html.h"

namespace octet::data {
namespace {

Corpus listed(std::string name, std::string licence, std::vector<Document> documents, const char* what) {
  if (documents.empty()) throw Error(ErrorKind::file, fmt::format("source '{}': its files hold no {}", name, what));
  auto shared = std::make_shared<std::vector<Document>>(std::move(documents));
  return {std::move(name), std::move(licence), static_cast<int64_t>(shared->size()),
          [shared](int64_t i) { return (*shared)[static_cast<size_t>(i)]; }};
}

bool is_html(const fs::path& path) { return path.extension() == ".html" || path.extension() == ".htm"; }

std::vector<fs::path> with_folders_opened(const std::vector<fs::path>& files) {
  std::vector<fs::path> out;
  for (const auto& path : files) {
    if (!fs::is_directory(path)) {
      out.push_back(path);
      continue;
    }
    std::vector<fs::path> inside;
    for (const auto& entry : fs::recursive_directory_iterator(path)) {
      auto end = entry.path().extension();
      if (entry.is_regular_file() && (end == ".txt" || end == ".md" || is_html(entry.path())))
        inside.push_back(entry.path());
    }
    std::sort(inside.begin(), inside.end());
    out.insert(out.end(), inside.begin(), inside.end());
  }
  return out;
}

Document from_json(const Json& json, const std::string& where) {
  Fields fields(json, where);
  if (fields.has("text")) return render_prose(fields.string("text"));
  const Json* list = fields.find("messages");
  if (!list || !list->is_array()) fields.fail("messages", "a list of messages, or 'text'");
  std::vector<tasks::Message> messages;
  for (const Json& entry : *list) {
    Fields message(entry, where);
    messages.push_back({message.string("role"), message.string("content")});
  }
  return render_chat(messages, where);
}

}  // namespace

std::vector<std::string> cut_at_paragraphs(std::string_view text, size_t bytes) {
  std::vector<std::string> out;
  for (;;) {
    text.remove_prefix(std::min(text.find_first_not_of("\r\n"), text.size()));
    if (text.empty()) return out;
    size_t end = text.size();
    if (bytes < text.size()) {
      std::string_view window = text.substr(0, bytes * 16);
      size_t cut = window.find("\n\n", bytes);
      if (cut == std::string_view::npos) cut = window.find('\n', bytes);
      end = cut == std::string_view::npos ? window.size() : cut + 1;
      while (end < text.size() && utf8::is_continuation(text[end])) ++end;
    }
    std::string_view piece = text.substr(0, end);
    out.emplace_back(piece.substr(0, piece.find_last_not_of("\r\n") + 1));
    text.remove_prefix(end);
  }
}

Corpus text_corpus(std::string name, std::string licence, const std::vector<fs::path>& files, int64_t document_bytes) {
  std::vector<Document> documents;
  for (const auto& path : with_folders_opened(files)) {
    std::string text = utf8::replace_invalid(read_file(path));
    if (is_html(path)) text = html_to_text(text);
    for (auto& piece : cut_at_paragraphs(text, static_cast<size_t>(document_bytes)))
      documents.push_back(render_prose(std::move(piece)));
  }
  return listed(std::move(name), std::move(licence), std::move(documents), "text");
}

Corpus jsonl_corpus(std::string name, std::string licence, const std::vector<fs::path>& files) {
  std::vector<Document> documents;
  for (const auto& path : files) {
    std::string text = read_file(path);
    int64_t number = 0;
    for (size_t begin = 0; begin < text.size();) {
      size_t end = std::min(text.find('\n', begin), text.size());
      std::string_view line(text.data() + begin, end - begin);
      begin = end + 1;
      ++number;
      if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
      std::string where = fmt::format("{} line {}", path.string(), number);
      documents.push_back(from_json(parse_json(line, where), where));
    }
  }
  return listed(std::move(name), std::move(licence), std::move(documents), "documents");
}

}  // namespace octet::data
