// octet inspect without a model: what this machine has, measured where it can be.
#pragma once
#include "octet/base/json.h"

namespace octet::app {

// Bytes a second that all threads together read from memory: the median of five sweeps over a buffer that no cache
// holds.
double memory_bandwidth(int threads);

// processor, isa, kernels {name: isa}, threads, memory_bytes (that can still be taken), bandwidth_bytes_per_second.
Json machine();

// The same for people.
void print_machine(const Json& machine);

}  // namespace octet::app
