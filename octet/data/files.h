// A user's own files as corpora.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "octet/data/document.h"

namespace octet::data {

// Plain text or HTML (by the name's end), cut at empty lines into documents of about `document_bytes`, so that there is
// something to hold out. A folder stands for all its .txt, .md, .html and .htm files. Error{file} if there is no text.
Corpus text_corpus(std::string name, std::string licence, const std::vector<std::filesystem::path>& files,
                   int64_t document_bytes);

// One JSON object a line: {"text": "…"} is prose; {"messages": [{"role": …, "content": …}, …]} is a chat. Error{file}
// names file and line.
Corpus jsonl_corpus(std::string name, std::string licence, const std::vector<std::filesystem::path>& files);

// The pieces of `text`, each at least `bytes` long but the last: cut at an empty line, else at a line's end; a line of
// more than 16 times `bytes` is cut between characters.
std::vector<std::string> cut_at_paragraphs(std::string_view text, size_t bytes);

}  // namespace octet::data
