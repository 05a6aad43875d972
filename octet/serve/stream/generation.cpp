#include "octet/serve/stream/generation.h"

#include <random>

namespace octet::serve {

namespace {

using Kind = text::ReplyEvent::Kind;

uint64_t any_seed() {
  std::random_device device;
  return uint64_t{device()} << 32 | device();
}

}  // namespace

Generation::Generation(Service& service, GenerationPlan plan) : service_(service), plan_(std::move(plan)) {
  auto choices = static_cast<size_t>(plan_.settings.n);
  size_t count = plan_.prompts.size() * choices;
  if (!plan_.settings.seed_given) plan_.settings.sampling.seed = any_seed();
  // What no waiting would ever make room for is the request's mistake.
  if (int64_t most = service.options.per_client; most > 0 && static_cast<int64_t>(count) > most) {
    const char* param = plan_.settings.n > most ? "n" : "prompt";
    throw invalid_request(param,
                          fmt::format("{}: {} answers at once, and one client may have {} here", param, count, most),
                          "invalid_value");
  }
  auto held = service.slots.take(plan_.client, static_cast<int64_t>(count));
  if (!held) {
    ApiError error(429, "rate_limit_error",
                   fmt::format("too many answers at once for one client: the limit is {}", service.options.per_client),
                   "", "rate_limit_exceeded");
    error.retry_after = service.retry_after();
    throw error;
  }
  slots_ = std::move(*held);
  answers_.reserve(count);
  for (size_t i = 0; i < count; ++i) {
    const auto& format = plan_.prompts[i / choices].format;
    Answer answer{.reply = {service.model.tokenizer, format, plan_.settings.stop}};
    answer.thinking = format.thinking == text::Thinking::open;
    if (plan_.structure.kind != chat::Structure::Kind::none) answer.mask = make_mask(format);
    answers_.push_back(std::move(answer));
  }
  try {
    for (size_t i = 0; i < count; i += choices) submit(i);
  } catch (...) {
    for (auto& answer : answers_)
      if (answer.id) service_.engine().cancel(answer.id);
    throw;
  }
}

Generation::~Generation() {
  queue_->wake_with(nullptr);
  for (auto& answer : answers_)
    if (answer.id && answer.state == Answer::State::running) {
      service_.engine().cancel(answer.id);
      service_.metrics.ended({}, "abort", 0, answer.tokens);
    }
}

std::shared_ptr<infer::TokenMask> Generation::make_mask(text::ReplyFormat format) const {
  const auto& grammars = service_.model.grammars;
  if (!grammars) throw invalid_request(plan_.structure.where, "this model is served without structured output");
  try {
    return grammars->make(plan_.structure, format);
  } catch (const Error& e) {
    throw invalid_request(plan_.structure.where, e.what(), "invalid_value");
  }
}

infer::Request Generation::request(size_t answer) const {
  auto choices = static_cast<size_t>(plan_.settings.n);
  const Settings& s = plan_.settings;
  infer::Request out;
  out.prompt = plan_.prompts[answer / choices].tokens;
  out.sampling = s.sampling;
  out.sampling.seed += answer;
  int64_t room = service_.engine().context() - static_cast<int64_t>(out.prompt.size());
  out.max_tokens = std::max<int64_t>(1, std::min(s.max_tokens.value_or(room), room));
  if (!s.ignore_eos) out.stop_tokens = service_.model.generation.eos_tokens;
  out.stop_tokens.insert(out.stop_tokens.end(), s.stop_tokens.begin(), s.stop_tokens.end());
  out.client = plan_.client;
  out.alternatives = plan_.alternatives;
  out.trace = plan_.trace;
  out.mask = answers_[answer].mask;
  return out;
}

void Generation::submit(size_t answer) {
  infer::Request request = this->request(answer);
  int64_t context = service_.engine().context();
  if (std::ssize(request.prompt) >= context)
    throw invalid_request(
        "messages", fmt::format("the prompt has {} tokens and the context holds {}", request.prompt.size(), context),
        "context_length_exceeded");
  auto listener = std::make_shared<QueueListener>(queue_, answer, service_.metrics, plan_.received);
  auto submitted = service_.engine().submit(std::move(request), std::move(listener));
  if (submitted.refusal == infer::Engine::Refusal::draining)
    throw ApiError(503, "server_error", "the server is shutting down");
  if (submitted.refusal == infer::Engine::Refusal::queue_full) {
    ApiError error(429, "rate_limit_error", "the server's queue is full", "", "rate_limit_exceeded");
    error.retry_after = service_.retry_after();
    throw error;
  }
  answers_[answer].id = submitted.id;
}

// The other choices of a prompt wait until the first one has read it: then it is in the cache for all.
void Generation::submit_followers(size_t leader) {
  auto choices = static_cast<size_t>(plan_.settings.n);
  if (leader % choices != 0) return;
  for (size_t i = leader + 1; i < leader + choices; ++i)
    if (!answers_[i].id) submit(i);
}

bool Generation::next(Piece& piece) {
  Event event;
  while (queue_->pop(event)) {
    piece = {};
    piece.answer = event.choice;
    submit_followers(event.choice);
    if (auto* token = std::get_if<infer::TokenEvent>(&event.what)) {
      if (answers_[event.choice].state != Answer::State::running) continue;  // said after a stop text
      take_token(piece, std::move(*token));
    } else {
      take_end(piece, std::get<infer::EndEvent>(event.what));
    }
    return true;
  }
  return false;
}

void Generation::take_token(Piece& piece, infer::TokenEvent token) {
  Answer& answer = answers_[piece.answer];
  piece.events = answer.reply.push(token.token);
  ++answer.tokens;
  for (const auto& e : piece.events) {
    answer.thinking = e.kind == Kind::reasoning;
    answer.called |= e.kind == Kind::call_start;
    if (e.kind == Kind::call_end && plan_.calls == GenerationPlan::Calls::one) cut(answer);
  }
  answer.reasoning_tokens += answer.thinking;
  piece.token = std::move(token);
  if (answer.reply.stopped()) cut(answer);
}

void Generation::cut(Answer& answer) {
  if (answer.state != Answer::State::running) return;
  answer.state = Answer::State::cut;
  service_.engine().cancel(answer.id);
}

void Generation::take_end(Piece& piece, const infer::EndEvent& end) {
  Answer& answer = answers_[piece.answer];
  bool cut = answer.state == Answer::State::cut;
  answer.state = Answer::State::ended;
  ++ended_;
  double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - plan_.received).count();
  if (end.finish == infer::Finish::failed || (end.finish == infer::Finish::cancelled && !cut)) {
    bool failed = end.finish == infer::Finish::failed;
    service_.metrics.ended(end, failed ? "error" : "abort", seconds, answer.tokens);
    if (failed) throw ApiError(500, "server_error", "the answer failed: " + printable(end.error, 200));
    throw ApiError(503, "server_error", "the server is shutting down");
  }
  for (auto& e : answer.reply.finish()) {
    answer.called |= e.kind == Kind::call_start;
    piece.events.push_back(std::move(e));
  }
  bool length = end.finish == infer::Finish::length && !cut;
  piece.finish = length ? "length" : answer.called ? "tool_calls" : "stop";
  service_.metrics.ended(end, *piece.finish, seconds, answer.tokens);
  bool first = piece.answer % static_cast<size_t>(plan_.settings.n) == 0;
  if (first) usage_.prompt_tokens += end.prompt_tokens;  // choices share their prompt
  if (first) usage_.cached_tokens += end.cached_tokens;
  usage_.answer_tokens += answer.tokens;
  usage_.decoded_tokens += std::max<int64_t>(0, answer.tokens - 1);
  usage_.reasoning_tokens += answer.reasoning_tokens;
  usage_.drafted_tokens += end.drafted_tokens;
  usage_.accepted_tokens += end.accepted_tokens;
  usage_.seconds_queued = std::max(usage_.seconds_queued, end.seconds_queued);
  usage_.seconds_prefill += end.seconds_prefill;
  usage_.seconds_decode = std::max(usage_.seconds_decode, end.seconds_decode);
  usage_.seconds_shared += end.seconds_shared;
  usage_.flops += service_.cost.flops(end);
}

}  // namespace octet::serve
