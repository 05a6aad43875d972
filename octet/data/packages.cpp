#include "octet/data/packages.h"

#include "octet/base/error.h"
#include "octet/base/file.h"
#include "octet/data/chat_format.h"
#include "octet/data/files.h"
#include "octet/data/html.h"
#include "octet/data/lzw.h"

namespace octet::data {
namespace {

constexpr const char *bible_file = "/usr/lib/bible.data", *python_folder = "/usr/share/doc/python3.11/html",
                     *python_link = "/usr/share/doc/python3/html";
constexpr size_t page_part = 6000;  // bytes, about 2,000 tokens

uint32_t big_endian(std::span<const std::byte> bytes, size_t at) {
  uint32_t value = 0;
  for (size_t i = 0; i < 4; ++i) value = value << 8 | static_cast<uint32_t>(bytes[at + i]);
  return value;
}

// bible.data: 80 bytes of name, a word, then big-endian 32-bit words: bytes a window holds, number of windows n, and
// n + 1 offsets; each window is compressed for itself.
std::string bible_text(const std::filesystem::path& path) {
  MappedFile file(path);
  auto bytes = file.bytes();
  auto bad = [&] { return Error(ErrorKind::file, fmt::format("{}: not the text of bible-kjv-text 4", path.string())); };
  constexpr size_t head = 0x54;
  if (bytes.size() < head + 8) throw bad();
  size_t window = big_endian(bytes, head), n = big_endian(bytes, head + 4), offsets = head + 8;
  if (window > (size_t{1} << 24) || n > (bytes.size() - offsets) / 4 - 1) throw bad();
  std::string text;
  for (size_t i = 0; i < n; ++i) {
    size_t begin = big_endian(bytes, offsets + 4 * i), end = big_endian(bytes, offsets + 4 * (i + 1));
    if (begin > end || end > bytes.size()) throw bad();
    text += decode_lzw(bytes.subspan(begin, end - begin), window, path.string());
  }
  return text;
}

// The chapters: lines are "Ge1:2 And the earth was …", after a first line with the edition.
std::vector<std::string> chapters(std::string_view text) {
  std::vector<std::string> out;
  std::string_view current;
  for (size_t begin = text.find('\n') + 1; begin < text.size();) {
    size_t end = std::min(text.find('\n', begin), text.size());
    std::string_view line = text.substr(begin, end - begin);
    begin = end + 1;
    size_t space = line.find(' '), colon = line.find(':');
    if (space == std::string_view::npos || colon > space) continue;
    if (line.substr(0, colon) != current) {
      current = line.substr(0, colon);
      out.emplace_back();
    } else {
      out.back() += ' ';
    }
    out.back() += line.substr(space + 1);
  }
  return out;
}

Corpus prose(std::string name, std::string licence, std::vector<std::string> texts) {
  auto shared = std::make_shared<std::vector<std::string>>(std::move(texts));
  return {std::move(name), std::move(licence), static_cast<int64_t>(shared->size()),
          [shared](int64_t i) { return render_prose((*shared)[static_cast<size_t>(i)]); }};
}

}  // namespace

void need_package(const std::filesystem::path& path, const std::string& package) {
  if (!std::filesystem::exists(path))
    throw Error(ErrorKind::file,
                fmt::format("{} is missing; it belongs to the Debian package {}", path.string(), package),
                fmt::format("apt-get install {}", package));
}

Corpus bible_corpus(std::string name) {
  need_package(bible_file, "bible-kjv-text");
  return prose(std::move(name), "King James Version (1611), public domain", chapters(bible_text(bible_file)));
}

Corpus python_doc_corpus(std::string name, const std::vector<std::string>& folders) {
  std::filesystem::path root = std::filesystem::exists(python_link) ? python_link : python_folder;
  need_package(root, "python3-doc");
  std::vector<std::string> texts;
  for (const auto& folder : folders) {
    need_package(root / folder, "python3-doc");
    std::vector<std::filesystem::path> pages;
    for (const auto& entry : std::filesystem::directory_iterator(root / folder))
      if (entry.path().extension() == ".html") pages.push_back(entry.path());
    std::sort(pages.begin(), pages.end());  // the order in a folder is no one's promise
    for (const auto& page : pages) {
      for (auto& part : cut_at_paragraphs(html_to_text(read_file(page)), page_part))
        if (part.size() > 200) texts.push_back(std::move(part));
    }
  }
  return prose(std::move(name), "Python documentation, PSF License 2", std::move(texts));
}

}  // namespace octet::data
