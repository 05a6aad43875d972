#include "octet/train/schedule.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "octet/base/error.h"

namespace octet::train {

double share(const Length& length, const Done& done) {
  double part = 0;
  if (length.steps)
    part = static_cast<double>(done.steps) / static_cast<double>(*length.steps);
  else if (length.tokens)
    part = static_cast<double>(done.tokens) / *length.tokens;
  else
    check(length.minutes.has_value(), "a run without a length"), part = done.seconds / (*length.minutes * 60);
  return std::clamp(part, 0.0, 1.0);
}

double rate(const Schedule& schedule, const Done& done) {
  double spent = share(schedule.length, done), fall = 1;
  if (schedule.shape == Shape::cosine) fall = 0.5 * (1 + std::cos(std::numbers::pi * spent));
  if (schedule.shape == Shape::wsd && spent > schedule.decay_from)
    fall = 1 - std::sqrt((spent - schedule.decay_from) / (1 - schedule.decay_from));
  double warm = 1;
  if (done.steps < schedule.warmup_steps)
    warm = static_cast<double>(done.steps + 1) / static_cast<double>(schedule.warmup_steps);
  return warm * (schedule.min_ratio + (1 - schedule.min_ratio) * fall);
}

}  // namespace octet::train
