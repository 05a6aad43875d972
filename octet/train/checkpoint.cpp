#include "octet/train/checkpoint.h"

#include <ATen/core/grad_mode.h>

#include <algorithm>

#include "octet/base/file.h"
#include "octet/io/safetensors.h"

namespace octet::train {

namespace {

const std::string state_file = "state.json", optimizer_file = "optimizer.safetensors";

// What a model needs beside config and weights, copied from where the data has it.
const std::vector<std::string> companion_files = {"tokenizer.json",        "tiktoken.model",
                                                  "tokenizer_config.json", "special_tokens_map.json",
                                                  "chat_template.jinja",   "generation_config.json"};

// The step of a checkpoint's folder name, or -1.
int64_t step_of(const fs::path& folder) {
  std::string name = folder.filename().string();
  if (!name.starts_with("step-") || name.size() < 6 || name.size() > 20) return -1;
  int64_t step = 0;
  for (char c : name.substr(5)) {
    if (c < '0' || c > '9') return -1;
    step = step * 10 + (c - '0');
  }
  return step;
}

// Newest first.
std::vector<fs::path> checkpoints(const fs::path& run) {
  std::vector<fs::path> out;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(run, error))
    if (entry.is_directory() && step_of(entry.path()) >= 0) out.push_back(entry.path());
  std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return step_of(a) > step_of(b); });
  return out;
}

// Every tensor of a checkpoint beyond the model's own file, in a fixed order.
using Named = std::vector<std::pair<std::string, at::Tensor>>;
Named training_tensors(model::Transformer& model, const Optimizer& optimizer) {
  Named out;
  for (const auto& slot : optimizer.slots()) {
    out.emplace_back("master." + slot.parameter.name, slot.parameter.tensor);
    out.emplace_back("m." + slot.parameter.name, slot.m);
    if (slot.v.defined()) out.emplace_back("v." + slot.parameter.name, slot.v);
  }
  auto routers = model.routers();
  for (size_t i = 0; i < routers.size(); ++i)
    if (routers[i]->bias_E.defined()) out.emplace_back(fmt::format("bias.{}", i), routers[i]->bias_E);
  return out;
}

// AdamW keeps a second moment of every tensor and Muon none of its matrices.
void need_same_kind(const io::SafetensorsFile& file, const Optimizer& optimizer) {
  for (const auto& slot : optimizer.slots()) {
    bool has = file.tensors().contains("v." + slot.parameter.name), wants = slot.v.defined();
    if (has == wants || !file.tensors().contains("m." + slot.parameter.name)) continue;
    throw Error(ErrorKind::config,
                fmt::format("{}: expected the state of {}, found that of {}", file.where(), wants ? "AdamW" : "Muon",
                            wants ? "Muon" : "AdamW"),
                fmt::format("resume with optimizer.kind = \"{}\", as the run was started", wants ? "muon" : "adamw"));
  }
}

Json generation_config(const arch::Config& config) {
  Json out = Json::object();
  if (config.bos_token) out["bos_token_id"] = *config.bos_token;
  if (config.eos_tokens.size() == 1)
    out["eos_token_id"] = config.eos_tokens[0];
  else if (!config.eos_tokens.empty())
    out["eos_token_id"] = config.eos_tokens;
  return out;
}

}  // namespace

void write_model(const fs::path& folder, const model::Transformer& model, const Companions& companions,
                 at::ScalarType dtype) {
  at::NoGradGuard no_grad;
  model::save(model, folder, dtype);
  for (const auto& name : companion_files)
    if (fs::exists(companions.folder / name)) replace_file(folder / name, read_file(companions.folder / name));
  if (!fs::exists(folder / "generation_config.json"))
    replace_file(folder / "generation_config.json", dump(generation_config(model.config), 2) + "\n");
}

bool is_model_file(const std::string& name) {
  if (std::find(companion_files.begin(), companion_files.end(), name) != companion_files.end()) return true;
  bool shard = name.starts_with("model-") && name.ends_with(".safetensors");
  return name == "config.json" || name == io::single_name || name == io::index_name || shard;
}

void write_checkpoint(const fs::path& run, model::Transformer& model, const Optimizer& optimizer, const RunState& state,
                      const Companions& companions, at::ScalarType dtype) {
  at::NoGradGuard no_grad;
  ReplacingFolder folder(run / fmt::format("step-{:08}", state.done.steps));
  write_model(folder.path(), model, companions, dtype);
  Named tensors = training_tensors(model, optimizer);
  std::vector<io::TensorToWrite> views;
  for (auto& [name, tensor] : tensors) {
    tensor = tensor.detach().cpu().contiguous();
    check(tensor.scalar_type() == at::kFloat, "masters and moments are float32");
    views.push_back({name,
                     io::Dtype::F32,
                     tensor.sizes().vec(),
                     {static_cast<const std::byte*>(tensor.const_data_ptr()), tensor.nbytes()}});
  }
  io::write_safetensors(folder.path() / optimizer_file, views);
  Json json = {{"steps", state.done.steps}, {"tokens", state.done.tokens},          {"seconds", state.done.seconds},
               {"flops", state.done.flops}, {"optimizer_steps", optimizer.steps()}, {"data", state.data}};
  replace_file(folder.path() / state_file, dump(json, 2) + "\n");
  folder.commit();
}

std::optional<fs::path> newest_checkpoint(const fs::path& run) {
  if (fs::exists(run / state_file)) return run;
  auto all = checkpoints(run);
  if (all.empty()) return std::nullopt;
  return all.front();
}

fs::path run_folder(const fs::path& run_or_checkpoint) {
  if (!fs::exists(run_or_checkpoint / state_file)) return run_or_checkpoint;
  fs::path whole = fs::absolute(run_or_checkpoint).lexically_normal();
  return (whole.has_filename() ? whole : whole.parent_path()).parent_path();
}

RunState read_checkpoint(const fs::path& folder, model::Transformer& model, Optimizer& optimizer) {
  at::NoGradGuard no_grad;
  Json json = read_json(folder / state_file);
  Fields f(json, (folder / state_file).string());
  RunState state;
  state.done.steps = f.integer("steps", 0, INT64_MAX);
  state.done.tokens = f.integer("tokens", 0, INT64_MAX);
  state.done.seconds = f.number("seconds", 0, 1e12);
  state.done.flops = f.number("flops", 0, 1e40);
  int64_t optimizer_steps = f.integer("optimizer_steps", 0, INT64_MAX);
  if (const Json* data = f.find("data")) state.data = *data;
  f.finish();
  io::SafetensorsFile file(folder / optimizer_file);
  need_same_kind(file, optimizer);
  Named tensors = training_tensors(model, optimizer);
  for (auto& [name, tensor] : tensors) {
    const io::TensorView& view = file.at(name);
    if (view.dtype != io::Dtype::F32 || view.shape != tensor.sizes().vec())
      throw Error(ErrorKind::config,
                  fmt::format("{}: {}: expected F32 [{}], found {} [{}]", file.where(), name,
                              fmt::join(tensor.sizes(), ", "), io::name(view.dtype), fmt::join(view.shape, ", ")),
                  "resume with the recipe that the run was started with");
  }
  for (auto& [name, tensor] : tensors)
    tensor.copy_(at::from_blob(const_cast<std::byte*>(file.at(name).bytes.data()), tensor.sizes(), at::kFloat));
  optimizer.set_steps(optimizer_steps);
  return state;
}

void remove_old_checkpoints(const fs::path& run, int64_t keep) {
  auto all = checkpoints(run);
  std::error_code ignored;
  for (size_t i = static_cast<size_t>(keep); i < all.size(); ++i) fs::remove_all(all[i], ignored);
  std::vector<fs::path> halves;
  for (const auto& entry : fs::directory_iterator(run, ignored)) {
    std::string name = entry.path().filename().string();
    if (name.starts_with(".step-") && name.ends_with(".part")) halves.push_back(entry.path());
  }
  for (const auto& half : halves) fs::remove_all(half, ignored);
}

}  // namespace octet::train
