// Texts that Debian packages install, as corpora.
#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "octet/data/document.h"

namespace octet::data {

// Error{file} that names the package to install, unless `path` exists.
void need_package(const std::filesystem::path& path, const std::string& package);

// The King James Bible of bible-kjv-text: a document a chapter, verse numbers left out.
Corpus bible_corpus(std::string name);

// WordNet 3.0 of wordnet-base as questions and answers: the `words` most linked and most used words (0: all), each
// asked for in several wordings ("What is a heron?"), some by what kind of thing they are, some by their definition.
Corpus wordnet_corpus(std::string name, int64_t words, uint64_t seed);

// Pages of python3-doc's HTML under the named folders ("tutorial", "faq"), cut at paragraphs into documents of
// about 6,000 bytes.
Corpus python_doc_corpus(std::string name, const std::vector<std::string>& folders);

}  // namespace octet::data
