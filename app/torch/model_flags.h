// The flags that every command shares which runs a model: where it runs, and how it samples.
#pragma once
#include "app/command.h"
#include "octet/chat/model_folder.h"

namespace octet::app {

// "cpu" or "cuda". Error{usage, resources} naming --device: another name, or no CUDA device that this libtorch sees.
at::Device device_named(const std::string& name);

struct ModelFlags {
  std::string model = "mini";
  int threads = 0;
  std::string dtype, device = "cpu", memory;

  void add_to(CLI::App& command);
  std::filesystem::path folder() const;    // "mini" is found below home(); Error{usage} if there is no such folder
  chat::LoadOptions load_options() const;  // Error{usage}
  chat::ModelFolder load() const;          // sets the number of threads, then loads
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

// "1,2,3" as ids; "" is none. Error{usage} naming the flag.
std::vector<int64_t> parse_tokens(const std::string& text, const std::string& flag);

}  // namespace octet::app
