// A recipe for training data (TOML): what `octet data build` makes a folder from.
//
//   name = "octet-mini"          in data.json; default: the file's name
//   seed = 1
//   vocab_size = 2048            of the tokenizer to train; or
//   tokenizer = "FOLDER"         an existing one to use (a model's folder)
//   tokenizer_bytes = 4000000    of text a source that the tokenizer is trained on, at most
//   context = 4096               model_max_length in tokenizer_config.json
//   validation = 0.01            share of the documents held out
//   [[source]]
//   name = "tasks"               names the shards: letters, digits, '-'
//   kind = "tasks"               tasks, wordnet, bible, python-doc, text, jsonl
//   weight = 0.7                 share of the training tokens; default: the source's own size
//   tokens = "20M"               tasks only: how many to make
//   shares = { add = 3, … }      tasks only: how often each family is asked; default 1 each, absent ones 0 if given
//   words = 12000                wordnet only
//   folders = ["tutorial"]       python-doc only
//   files = ["a.txt"]            text and jsonl only; relative to the recipe's folder
//   document_bytes = 16384       text only
//   licence = "…"                text and jsonl only; goes into the shards
#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "octet/data/document.h"

namespace octet::data {

struct SourceRecipe {
  Corpus corpus;
  double weight = 0;   // 0: by size
  int64_t tokens = 0;  // of an endless corpus
};

struct DataRecipe {
  std::string name;
  uint64_t seed = 1;
  int32_t vocab_size = 2048;
  std::filesystem::path tokenizer;  // empty: train one
  int64_t tokenizer_bytes = 4'000'000, context = 4096;
  double validation = 0.01;
  std::vector<SourceRecipe> sources;
};

// Reads the recipe and opens its sources. Error{config} for an unknown key, Error{file} for a missing file or package.
DataRecipe read_data_recipe(const std::filesystem::path& path);

}  // namespace octet::data
