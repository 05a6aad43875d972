// For the tests of this folder: a model small enough to train in seconds, and text to train it on.
#pragma once
#include <unistd.h>

#include <filesystem>
#include <string>

#include "octet/data/packing.h"
#include "octet/model/transformer.h"

namespace octet::train::testing {

// V3's architecture: `layers` of hidden 64, the first dense, then 8 experts of which 2 answer; one MTP module.
inline arch::Config tiny_config(int64_t layers = 2, int64_t vocab = 256) {
  arch::Config config;
  config.family = "deepseek_v3";
  config.hidden = 64;
  config.vocab = vocab;
  config.max_position_embeddings = 512;
  config.initializer_range = 0.05;
  config.dtype = arch::Dtype::bf16;
  config.bos_token = 0;
  config.eos_tokens = {1};
  arch::Mla mla{.heads = 4,
                .q_lora_rank = 32,
                .kv_lora_rank = 32,
                .qk_nope_head_dim = 16,
                .qk_rope_head_dim = 8,
                .v_head_dim = 16};
  arch::Experts experts;
  experts.n_routed = 8, experts.top_k = 2, experts.intermediate = 32;
  experts.n_shared = 1, experts.shared_intermediate = 32;
  experts.routing.correction_bias = experts.routing.normalise = true;
  experts.routing.scale = 1.5;
  for (int64_t i = 0; i < layers; ++i)
    if (i == 0)
      config.layers.push_back({mla, arch::DenseFfn{128}});
    else
      config.layers.push_back({mla, experts});
  config.mtp_layers.push_back({mla, experts});
  return config;
}

inline const std::string page =
    "In the beginning there was a machine with two cores and no model. A reader came, and the reader said: let there "
    "be weights, and the weights were drawn from a normal distribution, and they were without form, and the loss was "
    "the logarithm of the vocabulary. And the reader divided the text from the tokens, and called the tokens a batch. "
    "The first step was taken, and the second, and the loss fell. Some experts were asked by everyone and some by no "
    "one, and so each was given a bias, and those that rested were raised and those that laboured were lowered, until "
    "all had the same to do. When four fifths of the time had gone, the learning rate began to fall as well, and what "
    "had been noise settled into a page that the model knew by heart: forty-two is six times seven, the quick brown "
    "fox jumps over the lazy dog, and whoever has read this far has read all of it.";

// `text` as bytes, in one batch of rows of `length`, each row a piece; the last one is filled with text from the front.
inline data::PackedBatch packed_bytes(const std::string& text, int64_t length) {
  data::PackedBatch batch;
  auto rows = static_cast<int64_t>((text.size() + static_cast<size_t>(length) - 1) / static_cast<size_t>(length));
  auto byte = [&](int64_t i) {
    return static_cast<int32_t>(static_cast<unsigned char>(text[static_cast<size_t>(i) % text.size()]));
  };
  for (int64_t row = 0; row < rows; ++row) {
    batch.cu_seqlens.push_back(row * length);
    for (int64_t i = 0; i < length; ++i) {
      int64_t at = row * length + i;
      batch.tokens.push_back(byte(at));
      batch.targets.push_back(byte(at + 1));
      batch.targets2.push_back(i + 1 < length ? byte(at + 2) : -1);
      batch.positions.push_back(static_cast<int32_t>(i));
    }
  }
  batch.cu_seqlens.push_back(rows * length);
  return batch;
}

// A folder for the running test alone, removed at the end.
struct Folder {
  std::filesystem::path path;
  explicit Folder(const std::string& name)
      : path(std::filesystem::temp_directory_path() / ("octet-" + name + "-" + std::to_string(::getpid()))) {
    std::filesystem::remove_all(path);
    std::filesystem::create_directories(path);
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
};

}  // namespace octet::train::testing
