#include "octet/train/step.h"

#include <cmath>

#include "octet/train/balance.h"

namespace octet::train {

namespace {

void update_biases(const std::vector<model::Router*>& routers, const LoadMeter& load, double speed) {
  // A weight of 0 leaves the MTP modules out of the pass, and so their routers out of the count.
  check(load.counts().size() <= routers.size(), "more routing than routers");
  for (size_t i = 0; i < load.counts().size(); ++i)
    if (routers[i]->bias_E.defined()) update_bias(routers[i]->bias_E, load.counts()[i], speed);
}

void need_finite(double value, const char* what) {
  if (std::isfinite(value)) return;
  throw Error(ErrorKind::config, fmt::format("the {} is {}: training has diverged", what, value),
              "lower optimizer.lr, lengthen schedule.warmup_steps, and resume from the last checkpoint");
}

}  // namespace

StepRecord train_step(model::Transformer& model, Optimizer& optimizer, const std::vector<TrainBatch>& micro_batches,
                      const StepSettings& settings) {
  StepRecord record;
  LoadMeter load;
  TargetCounts counts = count_targets(micro_batches);
  for (const auto& batch : micro_batches) {
    Loss loss = compute_loss(model, batch, counts, settings.weights);
    loss.total.backward();
    load.add(loss.routing);
    record.loss += loss.main;
    record.mtp_loss += loss.mtp;
    record.balance_loss += loss.balance;
  }
  record.gradient_norm = optimizer.gradient_norm();
  need_finite(record.loss, "loss");
  need_finite(record.gradient_norm, "gradient's norm");
  optimizer.step(settings.rate, record.gradient_norm);
  optimizer.clear_gradients();
  update_biases(model.routers(), load, settings.bias_update_speed);
  record.expert_load_max_over_mean = load.max_over_mean();
  return record;
}

}  // namespace octet::train
