#include "octet/infer/answering.h"

#include <algorithm>
#include <utility>

#include "octet/base/error.h"

namespace octet::infer {

namespace {

// What layer by layer decided for token number `token` of the step.
std::vector<TokenEvent::Layer> layers_of(std::span<const StepRouting> routing, int64_t token) {
  std::vector<TokenEvent::Layer> layers;
  for (const StepRouting& r : routing) {
    auto at = static_cast<size_t>(token * r.chosen), n = static_cast<size_t>(r.chosen);
    auto experts = r.indices.subspan(at, n);
    auto weights = r.weights.subspan(at, n);
    TokenEvent::Layer layer;
    for (int64_t e : experts) layer.experts.push_back(static_cast<int16_t>(e));
    layer.weights.assign(weights.begin(), weights.end());
    layers.push_back(std::move(layer));
  }
  return layers;
}

}  // namespace

Answering::Answering(uint64_t id, Request request, std::shared_ptr<Listener> listener, int64_t context,
                     Clock::time_point submitted)
    : id_(id),
      request_(std::move(request)),
      listener_(std::move(listener)),
      sampler_(request_.sampling, request_.prompt),
      limit_(std::min(request_.max_tokens, context - static_cast<int64_t>(request_.prompt.size()))),
      submitted_(submitted) {
  end_.prompt_tokens = static_cast<int64_t>(request_.prompt.size());
}

std::span<const int64_t> Answering::decide(const Rows& rows, SamplerRoom& room) {
  decided_.clear();
  if (rows.guess >= 0) ++end_.drafted_tokens;
  try {
    size_t vocabulary = rows.logits.size() / static_cast<size_t>(rows.count);
    for (int64_t row = 0; row < rows.count && !finish_; ++row) {
      if (row > 0 && decided_.back() != rows.guess) break;
      if (row > 0) ++end_.accepted_tokens;
      auto logits = rows.logits.subspan(static_cast<size_t>(row) * vocabulary, vocabulary);
      int64_t token = sampler_.draw(logits, allowed(vocabulary), room);
      if (stops(token)) {
        finish(Finish::stop);
        break;
      }
      decided_.push_back(token);
      tell(token, rows, row);
      go_on(token);
    }
  } catch (const std::exception& e) {
    finish(Finish::failed, e.what());
  }
  return decided_;
}

int64_t Answering::guess(std::span<const float> logits, SamplerRoom& room) {
  try {
    int64_t token = sampler_.draw(logits, allowed(logits.size()), room);
    return stops(token) ? -1 : token;
  } catch (const std::exception&) {
    return -1;  // it is the verified row that counts, and tells what is wrong
  }
}

// The mask of the next token, filled once: a guess and the token it guesses at share it.
std::span<const uint32_t> Answering::allowed(size_t vocabulary) {
  if (!request_.mask) return {};
  if (!bits_valid_) {
    bits_.resize((vocabulary + 31) / 32);
    request_.mask->fill(bits_);
    bits_valid_ = true;
  }
  return bits_;
}

bool Answering::stops(int64_t token) const {
  const auto& stops = request_.stop_tokens;
  return std::find(stops.begin(), stops.end(), token) != stops.end();
}

void Answering::tell(int64_t token, const Rows& rows, int64_t row) {
  size_t vocabulary = rows.logits.size() / static_cast<size_t>(rows.count);
  auto logits = rows.logits.subspan(static_cast<size_t>(row) * vocabulary, vocabulary);
  double log_sum = log_sum_exp(logits);
  TokenEvent event;
  event.token = token;
  event.logprob = static_cast<float>(static_cast<double>(logits[static_cast<size_t>(token)]) - log_sum);
  if (request_.alternatives > 0) event.alternatives = most_probable(logits, log_sum, request_.alternatives);
  if (row == 0 && token == rows.guess) event.source = TokenEvent::Source::drafted;
  if (request_.trace == Trace::experts) event.layers = layers_of(rows.routing, rows.token + row);
  if (told_++ == 0) first_token_ = Clock::now();
  listener_->token(event);
}

// What the token changes: penalties, the grammar's state, and whether the answer ends with it.
void Answering::go_on(int64_t token) {
  sampler_.push(token);
  bits_valid_ = false;
  bool complete = false;
  if (request_.mask) {
    check(request_.mask->accept(token), "a token mask does not accept a token that it allowed");
    complete = request_.mask->complete();  // only an end token could follow
  }
  if (complete)
    finish(Finish::stop);
  else if (told_ >= limit_)
    finish(Finish::length);
}

void Answering::finish(Finish finish, std::string error) {
  finish_ = finish;
  end_.error = std::move(error);
}

void Answering::started() {
  if (started_ == Clock::time_point{}) started_ = Clock::now();
}

bool Answering::prompt_done(int64_t cached_tokens) {
  if (std::exchange(prompt_done_, true)) return false;
  end_.cached_tokens = cached_tokens;
  return true;
}

void Answering::tell_step() {
  if (decided_.empty()) return;
  try {
    listener_->step_told();
  } catch (const std::exception& e) {
    finish(Finish::failed, e.what());
  }
}

void Answering::tell_end() {
  Clock::time_point now = Clock::now(), none{};
  end_.finish = finish_.value();
  end_.answer_tokens = told_;
  end_.seconds_queued = seconds_between(submitted_, started_ == none ? now : started_);
  if (started_ != none) end_.seconds_prefill = seconds_between(started_, first_token_ == none ? now : first_token_);
  if (first_token_ != none) end_.seconds_decode = seconds_between(first_token_, now);
  try {
    listener_->end(end_);
  } catch (const std::exception&) {
    // A listener that fails at the end has nothing left to be told.
  }
}

}  // namespace octet::infer
