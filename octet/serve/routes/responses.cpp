#include "octet/serve/openai/responses_json.h"
#include "octet/serve/routes/context.h"
#include "octet/serve/routes/generation_answer.h"
#include "octet/serve/stream/sse.h"

namespace octet::serve {

namespace {

class ResponseAnswer : public GenerationAnswer {
 public:
  ResponseAnswer(Service& service, ResponsesRequest request, GenerationPlan plan, RequestRecord&& record)
      : GenerationAnswer(service, request.chat.stream.stream ? Delivery::stream : Delivery::whole, std::move(plan),
                         std::move(record)),
        request_(std::move(request)),
        id_(service.new_id("")),
        output_(id_) {}

 private:
  ResponsesRequest request_;
  std::string id_;
  ResponseOutput output_;
  int64_t created_ = std::time(nullptr), sequence_ = 0;
  std::string finish_;

  bool streamed() const { return request_.chat.stream.stream; }

  Json response(const char* status) {
    Json out = {{"id", "resp_" + id_},       {"object", "response"},     {"created_at", created_},
                {"status", status},          {"error", nullptr},         {"incomplete_details", nullptr},
                {"model", service().name()}, {"output", output_.items()}};
    out.update(request_.echo);
    out["usage"] = nullptr;
    return out;
  }

  void event(std::string& out, std::string_view type, Json fields) {
    Json data = {{"type", type}, {"sequence_number", sequence_++}};
    data.update(fields);
    sse::append_event(out, type, data);
  }
  ResponseOutput::Tell teller(std::string& out) {
    if (!streamed()) return [](std::string_view, Json) {};
    return [this, &out](std::string_view type, Json fields) { event(out, type, std::move(fields)); };
  }

  void begin(std::string& out) override {
    event(out, "response.created", {{"response", response("in_progress")}});
    event(out, "response.in_progress", {{"response", response("in_progress")}});
  }

  void piece(const Piece& piece, std::string& out) override {
    if (!piece.finish) return output_.add(piece.events, teller(out));
    finish_ = *piece.finish;
    using Ending = ResponseOutput::Ending;
    output_.finish(piece.events, finish_ == "length" ? Ending::cut : Ending::whole, teller(out));
  }

  void ended(std::string& out) override {
    bool cut_short = finish_ == "length";
    Json whole = response(cut_short ? "incomplete" : "completed");
    if (cut_short) whole["incomplete_details"] = {{"reason", "max_output_tokens"}};
    whole["usage"] = responses_usage_json(usage());
    whole["octet_cost"] = service().cost.to_json(usage());
    if (streamed())
      event(out, cut_short ? "response.incomplete" : "response.completed", {{"response", std::move(whole)}});
    else
      out = dump(whole);
  }

  void failed(const ApiError& error, std::string& out) override {
    Json whole = response("failed");
    whole["error"] = {{"code", "server_error"}, {"message", error.message}};
    event(out, "response.failed", {{"response", std::move(whole)}});
  }
};

}  // namespace

http::Answer responses(Context& context) {
  Service& service = context.service;
  ResponsesRequest request = parse_responses(context.body(), service.facts());
  service.check_model(request.chat.model);
  GenerationPlan plan = make_plan(context, request.chat.settings, request.chat.structure, std::nullopt, {});
  add_chat_prompt(context, request.chat, plan);
  return std::make_unique<ResponseAnswer>(service, std::move(request), std::move(plan), std::move(context.record));
}

}  // namespace octet::serve
