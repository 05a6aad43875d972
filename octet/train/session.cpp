#include "octet/train/session.h"

#include "octet/arch/inventory.h"
#include "octet/base/cpu.h"
#include "octet/base/file.h"
#include "octet/base/units.h"
#include "octet/train/report.h"

namespace octet::train {

namespace {

// The least that a step's tokens and a micro batch's activations take: each layer's input is kept for the way back.
double least_batch_bytes(const BatchRecipe& batch, const arch::Config& config) {
  constexpr double integer = 8, number = 2;  // bytes
  auto layers = static_cast<double>(config.layers.size() + config.mtp_layers.size());
  double token = integer * (3 + 2 * static_cast<double>(config.mtp_layers.size()));  // token, position, targets
  return token * static_cast<double>(batch.tokens) +
         number * layers * static_cast<double>(config.hidden) * static_cast<double>(batch.micro_batch);
}

arch::Config config_that_fits(const Recipe& recipe, const data::Dataset& dataset, at::Device device) {
  arch::Config config = make_config(recipe, dataset);
  if (!device.is_cpu()) return config;
  double needed = state_bytes(config, recipe.optimizer.kind), has = static_cast<double>(available_memory());
  if (needed > has)
    throw Error(ErrorKind::resources,
                fmt::format("training this model needs {} for weights, gradients and moments, and {} are free",
                            format_bytes(needed), format_bytes(has)),
                "choose a smaller model");
  double batch = least_batch_bytes(recipe.batch, config);
  if (needed + batch > has)
    throw Error(
        ErrorKind::resources,
        fmt::format("a step of {} tokens in micro batches of {} needs at least {} beside the model's {}, and {} "
                    "are free",
                    format_thousands(recipe.batch.tokens), format_thousands(recipe.batch.micro_batch),
                    format_bytes(batch), format_bytes(needed), format_bytes(has)),
        "lower batch.tokens or batch.micro_batch");
  return config;
}

}  // namespace

Session::Session(const Recipe& recipe, at::Device device)
    : recipe(recipe),
      device(device),
      dataset(data::read_dataset(recipe.data.dir)),
      config(config_that_fits(recipe, dataset, device)),
      compute(compute_type(recipe.compute, device)),
      model(make_model(recipe, config, compute, device)),
      optimizer(model.parameters(), recipe.optimizer),
      stream(weighted(dataset.train, recipe.data),
             {recipe.batch.micro_batch, recipe.batch.sequence_length, recipe.seed}),
      validation(held_out(recipe, dataset, device)) {}

fs::path Session::resume(const fs::path& from) {
  auto folder = newest_checkpoint(from);
  if (!folder)
    throw Error(ErrorKind::file, fmt::format("{}: holds no checkpoint to resume from", from.string()),
                "start the run without --resume");
  RunState state = read_checkpoint(*folder, model, optimizer);
  stream.restore(state.data);
  done = state.done;
  if (share(recipe.schedule.length, done) >= 1)
    throw Error(ErrorKind::usage,
                fmt::format("the run in {} has reached its length at step {}", from.string(), done.steps),
                "to go on, set a greater one with --set schedule.steps=, .tokens= or .minutes=");
  return *folder;
}

Json describe(const Session& session) {
  const Recipe& recipe = session.recipe;
  arch::Summary summary = arch::summarise(session.config, recipe.batch.sequence_length);
  return {{"name", recipe.name},
          {"recipe", recipe.source},
          {"seed", recipe.seed},
          {"data",
           {{"dir", recipe.data.dir.string()},
            {"fingerprint", session.stream.state().value("data", Json())},
            {"tokenizer", session.dataset.tokenizer_hash},
            {"tokens", session.stream.total_tokens()}}},
          {"model",
           {{"parameters", summary.parameters},
            {"mtp_parameters", summary.mtp_parameters},
            {"active_parameters", summary.active_parameters},
            {"state_bytes", state_bytes(session.config, recipe.optimizer.kind)}}}};
}

}  // namespace octet::train
