// A folder of training data, as `octet data build` leaves it:
//
//   DIR/data.json            what is in it: name, seed, sources (name, licence, weight, documents, tokens), tokenizer
//   hash DIR/tokenizer.json, tokenizer_config.json      the tokenizer, in Hugging Face's format
//   DIR/train/NAME-00000.safetensors …             shards (shard.h), a file or more a source
//   DIR/validation/NAME-00000.safetensors …        documents held out by a hash of their text: never in train
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "octet/base/json.h"
#include "octet/data/packing.h"

namespace octet::data {

struct Dataset {
  std::filesystem::path folder;
  Json description;                       // data.json
  std::vector<Source> train, validation;  // weights as the recipe gave them
  std::string tokenizer_hash;             // hash of tokenizer.json, also in every shard
  int64_t vocab_size = 0;                 // ids are below it
};

constexpr const char* dataset_format = "octet-data-1";  // "format" in data.json

// Whether the folder has a data.json of this format, whole or not.
bool is_dataset(const std::filesystem::path& folder);

// Error{file} if the folder holds no data.json or a shard that it names is missing, with the command that makes it.
Dataset read_dataset(const std::filesystem::path& folder);

}  // namespace octet::data
