// A training recipe: a TOML file, with `--set key=value` on top. An unknown key is an error that names the nearest one.
// docs: recipes/octet-mini.toml shows every section with its reasons.
#pragma once
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "octet/arch/config.h"
#include "octet/base/json.h"
#include "octet/train/schedule.h"

namespace octet::train {

struct ModelRecipe {                   // exactly one of the first three
  std::string preset = {};             // a name of arch::preset_names()
  std::filesystem::path config = {};   // a config.json or the folder that holds one: weights are drawn
  std::filesystem::path weights = {};  // a folder in Hugging Face layout: training goes on from it
  Json fields = Json::object();        // [model.fields]: config.json keys that replace the preset's or the config's
  bool vocab_from_data = false;        // vocab_size is the tokenizer's
};

struct DataRecipe {
  std::filesystem::path dir;  // as `octet data build` leaves it
  std::map<std::string, double>
      weights;  // [data.weights]: replace those of data.json, by source; 0 leaves a source out
};

struct BatchRecipe {
  int64_t tokens = 16384;       // a step
  int64_t micro_batch = 16384;  // a forward and backward pass: bounds memory, changes no result but rounding
  int64_t sequence_length = 1024;
};

enum class OptimizerKind { adamw, muon };

// Defaults: V3 report, section 4.2. Muon as in Liu et al. 2025 ("Muon is scalable for LLM training").
struct OptimizerRecipe {
  OptimizerKind kind = OptimizerKind::adamw;
  double lr = 3e-4;       // peak, of AdamW
  double muon_lr = 3e-4;  // peak, of Muon's matrices; default: lr, for the update sizes are matched
  double beta1 = 0.9, beta2 = 0.95, eps = 1e-8;
  double momentum = 0.95;     // Muon's, Nesterov
  double weight_decay = 0.1;  // decoupled; of matrices, embedding and head; not of norms
  double clip = 1.0;          // of the gradient's norm; 0: none
};

enum class Compute { automatic, float32, bfloat16 };

struct CheckpointRecipe {
  double every_minutes = 10;              // 0: not by the clock
  int64_t every_steps = 0;                // 0: not by steps
  int64_t keep = 2;                       // the newest that stay, at least 1
  arch::Dtype dtype = arch::Dtype::bf16;  // of model.safetensors; optimizer.safetensors holds the float32 masters
};

struct ValidationRecipe {
  int64_t every_steps = 0;  // 0: only at the end
  int64_t batches = 4;      // of batch.micro_batch tokens, of each source
};

struct CostRecipe {
  double dollars_per_hour = 0.1;  // of the whole machine: the price at which run.json prices the run
  double expected_share = 0.25;   // of the machine's matrix peak, for the prediction
};

struct Recipe {
  std::string name;  // the file's stem
  ModelRecipe model;
  DataRecipe data;
  BatchRecipe batch;
  OptimizerRecipe optimizer;
  Schedule schedule;
  TwoPhase mtp_weight{0.3, 0.1, 10.0 / 14.8};           // [mtp] weight, late_weight, late_from
  TwoPhase bias_update_speed{0.001, 0.0, 14.3 / 14.8};  // [balance] bias_update_speed, until bias_update_until
  double sequence_balance = 1e-4;                       // [balance] sequence_alpha
  Compute compute = Compute::automatic;                 // [precision] compute
  CheckpointRecipe checkpoint;
  ValidationRecipe validation;
  CostRecipe cost;
  uint64_t seed = 0;
  int threads = 0;  // 0: those that the process may use
  Json source;      // what was read, overrides included: kept in run.json
};

// `overrides` are "section.key=value", value in TOML's spelling, or a plain string where it is none. Setting one of
// schedule.steps, .tokens and .minutes, or model.preset, .config and .weights, replaces the others.
Recipe read_recipe(const std::filesystem::path& path, const std::vector<std::string>& overrides);
Recipe parse_recipe(Json source, const std::string& where);
void override_key(Json& source, const std::string& assignment);  // Error{usage} if malformed

}  // namespace octet::train
