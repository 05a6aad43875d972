// The flags that every command shares which runs a model: where it runs, and how it samples.
#pragma once
#include "app/command.h"
#include "app/token_list.h"
#include "octet/chat/model_folder.h"

namespace octet::app {

// "cpu" or "cuda". Error{usage, resources} naming --device: another name, or no CUDA device that this libtorch sees.
at::Device device_named(const std::string& name);

struct ModelFlags {
  std::string model = "mini";
  int threads = 0;
  std::string dtype, device = "cpu";
  std::optional<std::string> memory;

  void add_to(CLI::App& command);
  std::filesystem::path folder() const;  // "mini" is found below home(); Error{usage} if there is no such folder
  // `context`: tokens that the cache must hold; 0: the model's, or what memory allows.
  chat::LoadOptions load_options(int64_t context = 0) const;  // Error{usage}
  chat::ModelFolder load(int64_t context = 0) const;          // sets the number of threads, then loads
};

struct SamplingFlags {
  std::optional<double> temperature, top_p, min_p, repetition_penalty;
  std::optional<int64_t> top_k;
  std::optional<uint64_t> seed;
  int64_t max_tokens = 1024;
  std::vector<std::string> stop;
  bool ignore_eos = false;

  void add_to(CLI::App& command);
  // The flags, else generation_config.json's values, else the defaults (temperature 0.6). Without --seed a random one.
  infer::GenerateOptions options(const chat::ModelFolder& model) const;
};

}  // namespace octet::app
