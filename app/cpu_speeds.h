// octet's own model code, timed on this machine for `octet plan serve --cpu measure`. Only octet-engine has it:
// app/torch/cpu_speeds.cpp fills the meter when the program starts.
#pragma once
#include <optional>
#include <string>

#include "octet/plan/serve/cpu.h"

namespace octet::app {

struct CpuMeter {
  std::function<plan::CpuSpeeds()> speeds;
  // The named model itself, if it is a folder with weights: its own tokens a second.
  std::function<std::optional<plan::CpuMeasured>(const std::string& model, const plan::CpuWorkload& workload)> model;
};
CpuMeter& cpu_meter();  // empty functions elsewhere

}  // namespace octet::app
