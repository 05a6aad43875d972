// Checkpoints: RUN/step-00001234/, a folder in Hugging Face layout that chat, eval and transformers load, and beside
// the weights all that a resume needs:
//
//   config.json, model.safetensors, generation_config.json, tokenizer files      the model as it is used
//   optimizer.safetensors    master.NAME, m.NAME, v.NAME (float32), bias.I (the routers', float32)
//   state.json               steps, tokens, seconds, optimizer steps, the data stream's state
//
// Folders are written under another name and renamed when whole: a kill never costs the previous checkpoint.
#pragma once
#include <filesystem>
#include <optional>

#include "octet/base/json.h"
#include "octet/model/transformer.h"
#include "octet/train/optimizer.h"

namespace octet::train {

struct RunState {
  Done done;
  Json data;  // PackedStream::state()
};

// What a model folder holds beside config and weights: copied from `folder` (tokenizer.json, tokenizer_config.json, a
// chat template), with a generation_config.json made from the config's tokens where the folder has none.
struct Companions {
  std::filesystem::path folder;
};

// The model alone, as it is used.
void write_model(const std::filesystem::path& folder, const model::Transformer& model, const Companions& companions,
                 at::ScalarType dtype);

// Whether write_model writes files of this name.
bool is_model_file(const std::string& name);

void write_checkpoint(const std::filesystem::path& run, model::Transformer& model, const Optimizer& optimizer,
                      const RunState& state, const Companions& companions, at::ScalarType dtype);

// The newest whole checkpoint below `run`, or `run` itself if it is one.
std::optional<std::filesystem::path> newest_checkpoint(const std::filesystem::path& run);

// The run's folder for what newest_checkpoint takes: a checkpoint's parent, or the folder itself.
std::filesystem::path run_folder(const std::filesystem::path& run_or_checkpoint);

// Fills model and optimizer, made for the same recipe. Error{file} or Error{config} for a tensor that is missing or of
// another shape, and for another kind of optimizer.
RunState read_checkpoint(const std::filesystem::path& folder, model::Transformer& model, Optimizer& optimizer);

// Removes all but the newest `keep`, and what a killed run left half written.
void remove_old_checkpoints(const std::filesystem::path& run, int64_t keep);

}  // namespace octet::train
