#include "app/torch/model_flags.h"

#include <ATen/Parallel.h>

#include <random>

#include "octet/base/cpu.h"
#include "octet/base/units.h"

namespace octet::app {

at::Device device_named(const std::string& name) {
  if (name == "cpu") return at::kCPU;
  if (name != "cuda")
    throw Error(ErrorKind::usage, fmt::format("--device: expected cpu or cuda, found '{}'", printable(name)),
                unknown_name_hint(name, {"cpu", "cuda"}));
  if (!at::hasCUDA())
    throw Error(
        ErrorKind::resources, "--device cuda: this libtorch sees no CUDA device",
        "use --device cpu, or build with OCTET_TORCH pointing at a CUDA build of libtorch on a machine with a GPU");
  return at::kCUDA;
}

void ModelFlags::add_to(CLI::App& command) {
  command.add_option("MODEL", model, "A folder in Hugging Face layout, or 'mini', the bundled model")
      ->capture_default_str();
  command.add_option("--threads", threads, "Threads (default: the cores this process may use)")
      ->check(CLI::Range(1, 1024));
  command.add_option("--dtype", dtype, "float32 or bfloat16 (default: the weights' own, FP8 as bfloat16)");
  command.add_option("--device", device, "cpu or cuda")->capture_default_str();
  command.add_option("--memory", memory, "Memory that may be used, as in 8GiB (default: what is available)");
}

std::filesystem::path ModelFlags::folder() const {
  std::filesystem::path path =
      model == "mini" ? std::filesystem::path(home()) / "models" / "octet-mini" : std::filesystem::path(model);
  if (!std::filesystem::is_directory(path))
    throw Error(ErrorKind::usage,
                fmt::format("{}: expected a model's folder, found {}", printable(path.string(), 200),
                            std::filesystem::exists(path) ? "a file" : "nothing"),
                "give a folder with config.json and model.safetensors, or 'mini'");
  return path;
}

chat::LoadOptions ModelFlags::load_options(int64_t context) const {
  chat::LoadOptions options;
  if (!dtype.empty()) {
    if (dtype != "float32" && dtype != "bfloat16")
      throw Error(ErrorKind::usage, fmt::format("--dtype: expected float32 or bfloat16, found '{}'", printable(dtype)),
                  unknown_name_hint(dtype, {"float32", "bfloat16"}));
    options.dtype = dtype == "float32" ? at::kFloat : at::kBFloat16;
  }
  options.device = device_named(device);
  if (memory) options.memory = parse_bytes(*memory, "--memory");
  if (memory && options.memory == 0)  // 0 would mean no limit
    throw Error(ErrorKind::usage, fmt::format("--memory: expected more than nothing, found '{}'", printable(*memory)),
                "give it as in 8GiB, or leave it out for what is available");
  options.context = context;
  return options;
}

chat::ModelFolder ModelFlags::load(int64_t context) const {
  auto options = load_options(context);
  at::set_num_threads(threads > 0 ? threads : available_threads());
  return chat::load_model_folder(folder(), options);
}

void SamplingFlags::add_to(CLI::App& command) {
  command.add_option("--temperature", temperature,
                     "0: always the most probable token (default: the model's, else 0.6)");
  command.add_option("--top-p", top_p, "Sample from the smallest set with this much probability");
  command.add_option("--top-k", top_k, "Sample from the k most probable tokens; 0: all");
  command.add_option("--min-p", min_p, "Leave out tokens below this share of the best one's probability");
  command.add_option("--repetition-penalty", repetition_penalty, "Above 1: tokens seen before become less probable");
  command.add_option("--seed", seed, "The same seed gives the same answer");
  command.add_option("--max-tokens", max_tokens, "Longest answer")
      ->capture_default_str()
      ->check(CLI::Range(int64_t{0}, int64_t{1} << 40));
  command.add_option("--stop", stop, "End the answer before this text; may be repeated")->allow_extra_args(false);
  command.add_flag("--ignore-eos", ignore_eos, "Go on after the end token");
}

infer::GenerateOptions SamplingFlags::options(const chat::ModelFolder& model) const {
  const auto& g = model.generation;
  infer::GenerateOptions out;
  auto& s = out.sampling;
  s.temperature = temperature.value_or(g.temperature.value_or(0.6));
  s.top_p = top_p.value_or(g.top_p.value_or(1.0));
  s.top_k = top_k.value_or(g.top_k.value_or(0));
  s.min_p = min_p.value_or(g.min_p.value_or(0.0));
  s.repetition_penalty = repetition_penalty.value_or(g.repetition_penalty.value_or(1.0));
  s.seed = seed ? *seed : (uint64_t{std::random_device{}()} << 32 | std::random_device{}());
  infer::validate(s);
  out.max_tokens = max_tokens;
  if (!ignore_eos) out.stop_tokens = g.eos_tokens;
  return out;
}

}  // namespace octet::app
