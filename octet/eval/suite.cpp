#include "octet/eval/suite.h"

#include <chrono>
#include <cmath>

#include "octet/chat/answer.h"
#include "octet/infer/batched.h"

namespace octet::eval {

namespace {

// Wilson (1927): the p for which |p - share| = z sqrt(p (1 - p) / n). `side` is -1 or 1.
double wilson(int64_t right, int64_t asked, int side) {
  if (asked == 0) return side < 0 ? 0 : 1;
  constexpr double z = 1.959963984540054;
  auto n = static_cast<double>(asked);
  double p = static_cast<double>(right) / n, middle = p + z * z / (2 * n);
  double reach = z * std::sqrt(p * (1 - p) / n + z * z / (4 * n * n));
  return std::clamp((middle + side * reach) / (1 + z * z / n), 0.0, 1.0);
}

}  // namespace

double Accuracy::low() const { return wilson(right, asked, -1); }
double Accuracy::high() const { return wilson(right, asked, 1); }

SuiteResult run_suite(const chat::ModelFolder& model, const std::vector<tasks::Problem>& problems, int64_t max_tokens,
                      int64_t width, const std::function<void(size_t)>& on_answer) {
  std::vector<std::vector<int64_t>> prompts;
  for (const auto& p : problems)
    prompts.push_back(chat::render_chat(model, Json::array({{{"role", "user"}, {"content", p.question}}})));
  infer::GenerateOptions options;
  options.sampling.temperature = 0;
  options.max_tokens = max_tokens;
  options.stop_tokens = model.generation.eos_tokens;
  auto start = std::chrono::steady_clock::now();
  auto answers = infer::generate_all(*model.model, prompts, options, width, on_answer);

  SuiteResult out;
  out.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  std::map<std::string, Accuracy> by_task;
  for (size_t i = 0; i < problems.size(); ++i) {
    const auto& tokens = answers[i].tokens;
    std::string reply = model.tokenizer->decode(std::vector<int32_t>(tokens.begin(), tokens.end()));
    bool right = tasks::check(problems[i], reply);
    for (Accuracy* a : {&by_task[problems[i].task], &out.all}) ++a->asked, a->right += right;
    out.tokens += static_cast<double>(tokens.size());
    out.asked.push_back({problems[i], std::move(reply), right});
  }
  for (const auto& family : tasks::families())
    if (by_task.contains(family)) out.by_task.emplace_back(family, by_task[family]);
  return out;
}

}  // namespace octet::eval
