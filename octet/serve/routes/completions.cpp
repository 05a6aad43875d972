#include "octet/serve/openai/chunk.h"
#include "octet/serve/openai/token_json.h"
#include "octet/serve/routes/context.h"
#include "octet/serve/routes/generation_answer.h"
#include "octet/serve/stream/sse.h"

namespace octet::serve {

namespace {

std::string text_of(const std::vector<text::ReplyEvent>& events) {
  std::string out;
  for (const auto& e : events) out += e.text;
  return out;
}

// The old form of logprobs: parallel lists. The chosen token is always among the top ones, as one more if it is none of
// the most probable. `offset` is where the token's text begins in the answer, in bytes of UTF-8.
class CompletionLogprobs {
 public:
  CompletionLogprobs(const text::Tokenizer& tokenizer, int top) : tokenizer_(tokenizer), top_(top) {}

  void add(const infer::TokenEvent& token) {
    std::string text = token_text(tokenizer_, token.token);
    Json best = Json::object();
    for (size_t i = 0; i < token.alternatives.size() && i < static_cast<size_t>(top_); ++i)
      best[token_text(tokenizer_, token.alternatives[i].token)] = finite_logprob(token.alternatives[i].logprob);
    best[text] = finite_logprob(token.logprob);
    tokens_.push_back(text);
    logprobs_.push_back(finite_logprob(token.logprob));
    tops_.push_back(std::move(best));
    offsets_.push_back(offset_);
    offset_ += text.size();
  }
  Json take() {
    return {{"tokens", std::exchange(tokens_, Json::array())},
            {"token_logprobs", std::exchange(logprobs_, Json::array())},
            {"top_logprobs", std::exchange(tops_, Json::array())},
            {"text_offset", std::exchange(offsets_, Json::array())}};
  }

 private:
  const text::Tokenizer& tokenizer_;
  int top_;
  size_t offset_ = 0;
  Json tokens_ = Json::array(), logprobs_ = Json::array(), tops_ = Json::array(), offsets_ = Json::array();
};

struct CompletionFrame {
  Service& service;
  CompletionRequest request;
  std::string id = service.new_id("cmpl-");
  int64_t created = std::time(nullptr);

  Json object() const {
    return {{"id", id},
            {"object", "text_completion"},
            {"created", created},
            {"model", service.name()},
            {"system_fingerprint", "octet-" + service.options.version}};
  }
  std::vector<CompletionLogprobs> logprobs(size_t answers) const {
    return std::vector(answers, CompletionLogprobs(service.model.tokenizer, request.top_logprobs.value_or(0)));
  }
};

class CompletionStream : public GenerationAnswer {
 public:
  CompletionStream(CompletionFrame frame, GenerationPlan plan, RequestRecord&& record)
      : GenerationAnswer(frame.service, Delivery::stream, std::move(plan), std::move(record)),
        frame_(std::move(frame)),
        chunks_(frame_.object(),
                frame_.request.stream.include_usage ? ChunkWriter::Usage::tell : ChunkWriter::Usage::omit),
        logprobs_(frame_.logprobs(answers())) {}

 private:
  CompletionFrame frame_;
  ChunkWriter chunks_;
  std::vector<CompletionLogprobs> logprobs_;

  void piece(const Piece& piece, std::string& out) override {
    const auto& request = frame_.request;
    std::string text = text_of(piece.events);
    bool told = piece.token && (request.top_logprobs || request.trace.wanted);
    if (text.empty() && !told && !piece.finish) return;
    Json choice = {{"index", piece.answer},
                   {"text", std::move(text)},
                   {"logprobs", nullptr},
                   {"finish_reason", piece.finish ? Json(*piece.finish) : Json()}};
    if (piece.token && request.top_logprobs) {
      logprobs_[piece.answer].add(*piece.token);
      choice["logprobs"] = logprobs_[piece.answer].take();
    }
    if (piece.token && request.trace.wanted)
      choice["octet_trace"] = Json::array({trace_entry(service().model.tokenizer, *piece.token, request.trace)});
    chunks_.append(out, Json::array({std::move(choice)}));
  }

  void ended(std::string& out) override {
    chunks_.append_last(out, usage_json(usage()), service().cost.to_json(usage()));
    out += sse::done;
  }
};

class CompletionWhole : public GenerationAnswer {
 public:
  CompletionWhole(CompletionFrame frame, GenerationPlan plan, RequestRecord&& record)
      : GenerationAnswer(frame.service, Delivery::whole, std::move(plan), std::move(record)),
        frame_(std::move(frame)),
        choices_(answers()),
        logprobs_(frame_.logprobs(answers())) {}

 private:
  struct Choice {
    std::string text, finish;
    Json trace = Json::array();
  };
  CompletionFrame frame_;
  std::vector<Choice> choices_;
  std::vector<CompletionLogprobs> logprobs_;

  void piece(const Piece& piece, std::string&) override {
    Choice& choice = choices_[piece.answer];
    choice.text += text_of(piece.events);
    if (piece.token && frame_.request.top_logprobs) logprobs_[piece.answer].add(*piece.token);
    if (piece.token && frame_.request.trace.wanted)
      choice.trace.push_back(trace_entry(service().model.tokenizer, *piece.token, frame_.request.trace));
    if (piece.finish) choice.finish = *piece.finish;
  }

  void ended(std::string& out) override {
    Json list = Json::array();
    for (size_t i = 0; i < choices_.size(); ++i) {
      Choice& c = choices_[i];
      Json entry = {{"index", i}, {"text", c.text}, {"logprobs", nullptr}, {"finish_reason", c.finish}};
      if (frame_.request.top_logprobs) entry["logprobs"] = logprobs_[i].take();
      if (frame_.request.trace.wanted) entry["octet_trace"] = std::move(c.trace);
      list.push_back(std::move(entry));
    }
    out = whole_text(frame_.object(), std::move(list));
  }
};

}  // namespace

http::Answer completions(Context& context) {
  Service& service = context.service;
  CompletionRequest request = parse_completion(context.body(), service.facts());
  service.check_model(request.model);
  GenerationPlan plan = make_plan(context, request.settings, request.structure, request.top_logprobs, request.trace);
  for (const auto& prompt : request.prompts) {
    if (const auto* tokens = std::get_if<std::vector<int64_t>>(&prompt)) {
      plan.prompts.push_back({*tokens, {}});
    } else {
      service.check_prompt_bytes(std::get<std::string>(prompt).size(), "prompt");
      auto ids = service.model.tokenizer.encode(std::get<std::string>(prompt));
      plan.prompts.push_back({{ids.begin(), ids.end()}, {}});
    }
    if (plan.prompts.back().tokens.empty()) throw invalid_request("prompt", "prompt: expected at least one token");
  }
  bool stream = request.stream.stream;
  CompletionFrame frame{service, std::move(request)};
  if (stream) return std::make_unique<CompletionStream>(std::move(frame), std::move(plan), std::move(context.record));
  return std::make_unique<CompletionWhole>(std::move(frame), std::move(plan), std::move(context.record));
}

}  // namespace octet::serve
