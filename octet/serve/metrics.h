// What Prometheus is told: vLLM's names where they exist, octet_* for what vLLM has not.
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "octet/infer/engine.h"

namespace octet::serve {

// Any number of threads may use one.
class Metrics {
 public:
  // `statistics` and `connections` are asked at each scrape. `layers`: the model's index of each layer with experts.
  Metrics(const std::string& model_name, std::vector<int64_t> layers,
          std::function<infer::EngineStatistics()> statistics);
  ~Metrics();

  void first_token(double seconds);  // since the request was received
  void next_token(double seconds);   // since the token before
  // An answer has ended. `reason`: stop, length, tool_calls, abort or error.
  void ended(const infer::EndEvent& end, std::string_view reason, double seconds, int64_t answer_tokens);
  void responded(int status);  // an HTTP response's head was decided

  std::string text() const;  // in Prometheus' exposition format
  static constexpr const char* text_type = "text/plain; version=0.0.4; charset=utf-8";

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace octet::serve
