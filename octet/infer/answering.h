// A request while it is answered: turns rows of logits into tokens, tells them, and knows when the answer ends.
#pragma once
#include <memory>
#include <optional>

#include "octet/infer/clock.h"
#include "octet/infer/runner.h"
#include "octet/infer/sampler.h"

namespace octet::infer {

// The rows of one part: `count` rows of logits, of which the first belongs to token number `token` of the step.
struct Rows {
  std::span<const float> logits;  // [count, vocabulary]
  int64_t count = 0;
  int64_t token = 0;
  int64_t guess = -1;  // that the second row follows upon
  std::span<const StepRouting> routing;
};

class Answering {
 public:
  // `context`: tokens that prompt and answer may have together.
  Answering(uint64_t id, Request request, std::shared_ptr<Listener> listener, int64_t context,
            Clock::time_point submitted);

  // Draws a token from each row as far as they reach: the second row counts only if the first drew the guess. What was
  // drawn and told; valid until the next call. Never throws: what goes wrong ends the answer as failed.
  std::span<const int64_t> decide(const Rows& rows, SamplerRoom& room);

  // Whether a guess at the next token could be of use.
  bool wants_guess() const { return !finish_ && told_ + 2 <= limit_; }
  // The guess that the drafter's logits make, or -1 if it would end the answer.
  int64_t guess(std::span<const float> logits, SamplerRoom& room);

  bool passed_over() const { return passed_over_; }  // the drafter has not seen all of it
  void pass_over() { passed_over_ = true; }

  const std::optional<Finish>& finish() const { return finish_; }
  void finish(Finish finish, std::string error = "");
  void started();                                                     // it is in a step
  bool prompt_done(int64_t cached_tokens);                            // whether it is for the first time
  void had_share(double seconds) { end_.seconds_shared += seconds; }  // of a step
  void tell_step();                                                   // calls the listener's step_told()
  void tell_end();                                                    // calls the listener's end()

  uint64_t id() const { return id_; }

 private:
  uint64_t id_;
  Request request_;
  std::shared_ptr<Listener> listener_;
  Sampler sampler_;
  int64_t limit_, told_ = 0;
  std::vector<int64_t> decided_;
  std::vector<uint32_t> bits_;  // of request_.mask, for the next token
  bool bits_valid_ = false, prompt_done_ = false, passed_over_ = false;
  std::optional<Finish> finish_;
  EndEvent end_;
  Clock::time_point submitted_, started_{}, first_token_{};

  std::span<const uint32_t> allowed(size_t vocabulary);
  void tell(int64_t token, const Rows& rows, int64_t row);
  bool stops(int64_t token) const;
  void go_on(int64_t token);
};

}  // namespace octet::infer
