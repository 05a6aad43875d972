// How well a model answers problems with exact checkers, with confidence intervals.
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "octet/chat/model_folder.h"
#include "octet/tasks/suite.h"

namespace octet::eval {

// A share of successes and its 95 % interval (Wilson's score interval: honest near 0 and 1 too).
struct Accuracy {
  int64_t right = 0, asked = 0;
  double share() const { return asked ? static_cast<double>(right) / static_cast<double>(asked) : 0; }
  double low() const;
  double high() const;
};

struct Asked {
  tasks::Problem problem;
  std::string reply;
  bool right = false;
};

struct SuiteResult {
  std::vector<std::pair<std::string, Accuracy>> by_task;  // in the order of tasks::families()
  Accuracy all;
  std::vector<Asked> asked;
  double tokens = 0, seconds = 0;  // generated
};

// Asks every problem greedily, each as a chat of its own, `width` at a time.
SuiteResult run_suite(const chat::ModelFolder& model, const std::vector<tasks::Problem>& problems, int64_t max_tokens,
                      int64_t width, const std::function<void(size_t done)>& on_answer = {});

}  // namespace octet::eval
