#include "octet/serve/openai/chat_json.h"
#include "octet/serve/openai/chunk.h"
#include "octet/serve/routes/context.h"
#include "octet/serve/routes/generation_answer.h"
#include "octet/serve/stream/sse.h"

namespace octet::serve {

namespace {

// What the chunks of a stream, and the choices of a whole answer, share.
struct ChatFrame {
  Service& service;
  ChatRequest request;
  std::string id = service.new_id("chatcmpl-");
  int64_t created = std::time(nullptr);

  Json object(const char* kind) const {
    return {{"id", id},
            {"object", kind},
            {"created", created},
            {"model", service.name()},
            {"system_fingerprint", "octet-" + service.options.version}};
  }
  CallIds calls(size_t choice) const { return CallIds(fmt::format("call_{}_{}_", id.substr(9), choice)); }
  Json logprobs(const infer::TokenEvent& token) const {
    return chat_logprob(service.model.tokenizer, token, *request.top_logprobs);
  }
  Json trace(const infer::TokenEvent& token) const {
    return trace_entry(service.model.tokenizer, token, request.trace);
  }
};

class ChatStream : public GenerationAnswer {
 public:
  ChatStream(ChatFrame frame, GenerationPlan plan, RequestRecord&& record)
      : GenerationAnswer(frame.service, Delivery::stream, std::move(plan), std::move(record)),
        frame_(std::move(frame)),
        chunks_(frame_.object("chat.completion.chunk"),
                frame_.request.stream.include_usage ? ChunkWriter::Usage::tell : ChunkWriter::Usage::omit) {
    for (size_t i = 0; i < answers(); ++i) calls_.push_back(frame_.calls(i));
  }

 private:
  ChatFrame frame_;
  ChunkWriter chunks_;
  std::vector<CallIds> calls_;

  void begin(std::string& out) override {
    for (size_t i = 0; i < answers(); ++i)
      chunks_.append(out, Json::array({choice(i, {{"role", "assistant"}, {"content", ""}}, nullptr)}));
  }

  static Json choice(size_t index, Json delta, Json finish) {
    return {{"index", index}, {"delta", std::move(delta)}, {"logprobs", nullptr}, {"finish_reason", std::move(finish)}};
  }

  void piece(const Piece& piece, std::string& out) override {
    const ChatRequest& request = frame_.request;
    Json delta = chat_delta(piece.events, calls_[piece.answer]);
    bool told = piece.token && (request.top_logprobs || request.trace.wanted);
    if (!delta.empty() || told) {
      Json entry = choice(piece.answer, std::move(delta), nullptr);
      if (piece.token && request.top_logprobs)
        entry["logprobs"] = {{"content", Json::array({frame_.logprobs(*piece.token)})}, {"refusal", nullptr}};
      if (piece.token && request.trace.wanted) entry["octet_trace"] = Json::array({frame_.trace(*piece.token)});
      chunks_.append(out, Json::array({std::move(entry)}));
    }
    if (piece.finish) chunks_.append(out, Json::array({choice(piece.answer, Json::object(), *piece.finish)}));
  }

  void ended(std::string& out) override {
    chunks_.append_last(out, usage_json(usage()), service().cost.to_json(usage()));
    out += sse::done;
  }
};

class ChatWhole : public GenerationAnswer {
 public:
  ChatWhole(ChatFrame frame, GenerationPlan plan, RequestRecord&& record)
      : GenerationAnswer(frame.service, Delivery::whole, std::move(plan), std::move(record)), frame_(std::move(frame)) {
    for (size_t i = 0; i < answers(); ++i)
      choices_.push_back({ChatMessage(frame_.calls(i)), Json::array(), Json::array(), ""});
  }

 private:
  struct Choice {
    ChatMessage message;
    Json logprobs, trace;
    std::string finish;
  };
  ChatFrame frame_;
  std::vector<Choice> choices_;

  void piece(const Piece& piece, std::string&) override {
    Choice& choice = choices_[piece.answer];
    choice.message.add(piece.events);
    if (piece.token && frame_.request.top_logprobs) choice.logprobs.push_back(frame_.logprobs(*piece.token));
    if (piece.token && frame_.request.trace.wanted) choice.trace.push_back(frame_.trace(*piece.token));
    if (piece.finish) choice.finish = *piece.finish;
  }

  void ended(std::string& out) override {
    Json list = Json::array();
    for (size_t i = 0; i < choices_.size(); ++i) {
      Choice& c = choices_[i];
      Json entry = {{"index", i}, {"message", c.message.json()}, {"logprobs", nullptr}, {"finish_reason", c.finish}};
      if (frame_.request.top_logprobs) entry["logprobs"] = {{"content", std::move(c.logprobs)}, {"refusal", nullptr}};
      if (frame_.request.trace.wanted) entry["octet_trace"] = std::move(c.trace);
      list.push_back(std::move(entry));
    }
    out = whole_text(frame_.object("chat.completion"), std::move(list));
  }
};

}  // namespace

http::Answer chat_completions(Context& context) {
  Service& service = context.service;
  ChatRequest request = parse_chat(context.body(), service.facts());
  service.check_model(request.model);
  GenerationPlan plan = make_plan(context, request.settings, request.structure, request.top_logprobs, request.trace);
  add_chat_prompt(context, request, plan);
  bool stream = request.stream.stream;
  ChatFrame frame{service, std::move(request)};
  if (stream) return std::make_unique<ChatStream>(std::move(frame), std::move(plan), std::move(context.record));
  return std::make_unique<ChatWhole>(std::move(frame), std::move(plan), std::move(context.record));
}

}  // namespace octet::serve
