#include "octet/plan/train/step.h"

#include <cmath>

namespace octet::plan {

namespace {

Hop hop_of(const TrainPlan& plan) {
  const Layout& l = plan.layout;
  Group group = group_of(plan.fleet.gpu, l.pp, l.tp * l.cp * l.dp);
  if (group.per_node >= l.pp) return Hop::nvlink;
  return across_leaves(plan.fleet.gpu, group) > 0 ? Hop::spine : Hop::leaf;
}

// Means over ranks of what one run of the schedule holds.
StepSplit means(const Schedule& schedule, const Costs& costs, const Stages& stages) {
  Execution run = execute(schedule, costs);
  StepSplit out;
  double ranks = static_cast<double>(schedule.ranks);
  for (int rank = 0; rank < schedule.ranks; ++rank) {
    const Busy& busy = run.ranks[static_cast<size_t>(rank)];
    out.forward += busy.forward / ranks, out.backward += busy.backward / ranks;
    out.weight += busy.weight / ranks, out.overlapped += busy.overlapped / ranks;
    out.bubble += run.bubble(rank) / ranks;
    for (const Op& op : schedule.order[static_cast<size_t>(rank)]) {
      const Seconds& s = stages.stages[static_cast<size_t>(op.stage)].seconds;
      if (op.kind == Kind::forward || op.kind == Kind::overlapped) {
        out.compute += s.forward / ranks;
        out.exposed_collective += s.collective_forward / ranks;
      }
      if (op.kind == Kind::forward) out.exposed_exchange += s.exchange_forward / ranks;
      if (op.kind == Kind::backward || op.kind == Kind::backward_input) {
        out.compute += s.backward_input / ranks;
        out.exposed_collective += s.collective_backward / ranks, out.exposed_exchange += s.exchange_backward / ranks;
      }
      if (op.kind == Kind::backward || op.kind == Kind::weight) out.compute += s.weight / ranks;
      if (op.kind == Kind::overlapped) {
        const Seconds& b = stages.stages[static_cast<size_t>(op.stage_back)].seconds;
        double all = s.forward + b.backward_input + b.weight, exchange = s.exchange_forward + b.exchange_backward;
        out.compute += (b.backward_input + b.weight) / ranks;
        out.exposed_collective += b.collective_backward / ranks;
        out.exposed_exchange += std::max(0.0, exchange - all) / ranks;
      }
    }
  }
  return out;
}

StepSplit blend(const StepSplit& a, const StepSplit& b, double t) {  // a + t (b - a)
  auto mix = [t](double x, double y) { return x + t * (y - x); };
  StepSplit out;
  for (double StepSplit::*row :
       {&StepSplit::forward, &StepSplit::backward, &StepSplit::weight, &StepSplit::overlapped, &StepSplit::bubble,
        &StepSplit::compute, &StepSplit::exposed_exchange, &StepSplit::exposed_collective})
    out.*row = mix(a.*row, b.*row);
  return out;
}

struct Held {
  double shared = 0, expert = 0, fp8 = 0;
};

}  // namespace

double overlapped_seconds(const Seconds& ahead, const Seconds& back, const Gpu& gpu) {
  double all = ahead.forward + back.backward_input + back.weight;
  double arithmetic = ahead.arithmetic_forward + back.arithmetic_backward + back.arithmetic_weight;
  double exchange = ahead.exchange_forward + back.exchange_backward;
  double left = exchange > 0 ? 1 - static_cast<double>(gpu.exchange_sms) / static_cast<double>(gpu.sms) : 1;
  return std::max(all + arithmetic * (1 / left - 1), exchange) + ahead.collective_forward + back.collective_backward;
}

double handover_bytes(const Share& share, const ModelWork& model) { return share.tokens / share.tp * model.hidden * 2; }

double handover_seconds(const TrainPlan& plan, const Share& share, const ModelWork& model) {
  return send_seconds(share.gpu, hop_of(plan), handover_bytes(share, model));
}

Costs costs_of(const Stages& stages, const Share& share, const ModelWork& model, const TrainPlan& plan) {
  Costs out;
  size_t n = stages.stages.size();
  for (const Stage& stage : stages.stages) {
    const Seconds& s = stage.seconds;
    out.forward.push_back(s.forward + s.exchange_forward + s.collective_forward);
    out.backward_input.push_back(s.backward_input + s.exchange_backward + s.collective_backward);
    out.weight.push_back(s.weight);
  }
  if (plan.schedule == "dualpipe" || plan.schedule == "dualpipev") {
    out.overlapped.resize(n * n);
    for (size_t ahead = 0; ahead < n; ++ahead)
      for (size_t back = 0; back < n; ++back)
        out.overlapped[ahead * n + back] =
            overlapped_seconds(stages.stages[ahead].seconds, stages.stages[back].seconds, share.gpu);
  }
  out.send = handover_seconds(plan, share, model);
  return out;
}

OptimizerSeconds optimizer_seconds(const TrainPlan& plan, const Stages& stages, const Schedule& schedule,
                                   const Share& share) {
  const Layout& l = plan.layout;
  Group dense = group_of(share.gpu, l.dp * l.cp, l.tp), expert = group_of(share.gpu, l.tp * l.cp * l.dp / l.ep, l.ep);
  double hbm = share.gpu.hbm_bandwidth * share.gpu.measured.hbm;
  double moment = share.fp8 ? 2 : 4;
  OptimizerSeconds worst;
  for (int rank = 0; rank < schedule.ranks; ++rank) {
    Held held;
    for (int s : stages_on(schedule, rank)) {
      const Stage& stage = stages.stages[static_cast<size_t>(s)];
      held.shared += stage.shared_weights, held.expert += stage.expert_weights, held.fp8 += stage.fp8_weights;
    }
    OptimizerSeconds out;
    for (double bytes : {4.0, 2.0})
      out.gather += gather_seconds(share.gpu, dense, bytes * held.shared) +
                    gather_seconds(share.gpu, expert, bytes * held.expert);
    double owned = held.shared / static_cast<double>(dense.ranks) + held.expert / static_cast<double>(expert.ranks);
    // DualPipe holds every stage on two ranks: what each has reduced is added up between the two.
    if (schedule.paths > 1) out.gather += 2 * gather_seconds(share.gpu, {2, 1}, 4 * owned);
    double all = held.shared + held.expert;
    // Gradients are read for their norm and cleared; master, moments and gradient of the own part are read and written.
    double moved = 8 * all + owned * (4 + 2 * (4 + 2 * moment)) + (share.fp8 ? 3 * held.fp8 : 0);
    out.update = moved / hbm;
    if (out.gather + out.update > worst.gather + worst.update) worst = out;
  }
  return worst;
}

StepSplit step_split(const TrainPlan& plan, const Stages& stages, const Share& share, const ModelWork& model,
                     int64_t micro_batches, Handover handover) {
  Costs costs = costs_of(stages, share, model, plan);
  if (handover == Handover::free) costs.send = 0;
  auto shaped = [&](int64_t micros) {
    return make_schedule(plan.schedule, static_cast<int>(plan.layout.pp), static_cast<int>(plan.layout.vp),
                         static_cast<int>(micros));
  };
  // Once a schedule runs steadily, each period adds the same: long steps are extrapolated from two shorter ones.
  Schedule probe = shaped(1);
  int64_t beat = period(probe), begin = 4 * probe.ranks * probe.paths, first = begin + (micro_batches - begin) % beat;
  StepSplit out;
  if (micro_batches <= begin + 4 * beat) {
    out = means(shaped(micro_batches), costs, stages);
  } else {
    StepSplit shorter = means(shaped(first), costs, stages), longer = means(shaped(first + 2 * beat), costs, stages);
    out = blend(shorter, longer, static_cast<double>(micro_batches - first) / static_cast<double>(2 * beat));
  }
  OptimizerSeconds optimizer = optimizer_seconds(plan, stages, probe, share);
  out.optimizer = optimizer.gather + optimizer.update;
  out.data_parallel = optimizer.gather;
  return out;
}

}  // namespace octet::plan
