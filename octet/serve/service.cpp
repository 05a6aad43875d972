#include "octet/serve/service.h"

#include <algorithm>
#include <cmath>
#include <random>

#include "octet/base/random.h"

namespace octet::serve {

namespace {

std::vector<int64_t> layers_with_experts(const arch::Config& config) {
  std::vector<int64_t> out;
  for (size_t l = 0; l < config.layers.size(); ++l)
    if (std::holds_alternative<arch::Experts>(config.layers[l].ffn)) out.push_back(static_cast<int64_t>(l));
  return out;
}

size_t longest_token(const text::Tokenizer& tokenizer) {
  size_t longest = 1;
  for (int32_t id = 0; id < tokenizer.vocab_size(); ++id) longest = std::max(longest, tokenizer.bytes_of(id).size());
  return longest;
}

uint64_t random_seed() {
  std::random_device device;
  return uint64_t{device()} << 32 | device();
}

}  // namespace

std::optional<ClientSlots::Held> ClientSlots::take(const std::string& client, int64_t count) {
  std::lock_guard lock(mutex_);
  int64_t& used = counts_[client];
  if (most_ > 0 && used + count > most_) {
    if (used == 0) counts_.erase(client);
    return std::nullopt;
  }
  used += count;
  return Held(this, client, count);
}

void ClientSlots::release(const std::string& client, int64_t count) {
  std::lock_guard lock(mutex_);
  auto it = counts_.find(client);
  if ((it->second -= count) == 0) counts_.erase(it);
}

Service::Service(ServedModel m, std::unique_ptr<infer::Engine> engine, ServiceOptions o)
    : model(std::move(m)),
      options(std::move(o)),
      cost(model.config, engine->statistics().cache_bytes_per_token, options.price),
      expert_layers(layers_with_experts(model.config)),
      metrics(model.names.front(), expert_layers, [this] { return engine_->statistics(); }),
      slots(options.per_client),
      engine_(std::move(engine)),
      longest_token_(longest_token(model.tokenizer)),
      id_seed_(random_seed()) {}

void Service::check_prompt_bytes(size_t bytes, const char* param) const {
  auto context = static_cast<size_t>(engine_->context());
  if (bytes / longest_token_ < context) return;
  throw invalid_request(param, fmt::format("{} bytes of prompt cannot fit a context of {} tokens", bytes, context),
                        "context_length_exceeded");
}

ModelFacts Service::facts() const { return {default_sampling(model.generation), model.config.vocab}; }

void Service::check_model(const std::string& asked) const {
  if (asked.empty() || std::find(model.names.begin(), model.names.end(), asked) != model.names.end()) return;
  throw ApiError(
      404, "invalid_request_error",
      fmt::format("the model '{}' is not served here; served: {}", printable(asked), fmt::join(model.names, ", ")),
      "model", "model_not_found");
}

std::string Service::new_id(std::string_view prefix) {
  Random random(id_seed_, ids_++);
  return fmt::format("{}{:016x}{:08x}", prefix, random.bits64(), random.bits32());
}

int Service::retry_after() const {
  infer::EngineStatistics s = engine_->statistics();
  // Those who wait, at the pace of the steps so far and a hundred steps an answer: a guess, kept within reason.
  double step = s.steps > 0 ? (s.seconds_model + s.seconds_overhead) / static_cast<double>(s.steps) : 0.01;
  double rounds = static_cast<double>(s.waiting) / static_cast<double>(std::max<int64_t>(1, s.running)) + 1;
  return static_cast<int>(std::clamp(std::ceil(rounds * step * 100), 1.0, 60.0));
}

bool Service::drain(double seconds) {
  draining_ = true;
  return engine_->drain(seconds);
}

}  // namespace octet::serve
