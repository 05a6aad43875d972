#include "octet/serve/routes/generation_answer.h"

#include "octet/serve/openai/token_json.h"
#include "octet/serve/stream/sse.h"

namespace octet::serve {

namespace {

constexpr size_t enough_bytes = 32 << 10;  // for one write: a reader that fell behind catches up in pieces

}  // namespace

GenerationAnswer::GenerationAnswer(Service& service, Delivery delivery, GenerationPlan plan, RequestRecord&& record)
    : service_(service), delivery_(delivery), generation_(service, std::move(plan)), record_(std::move(record)) {
  finish_.resize(generation_.answers());
}

std::string_view GenerationAnswer::sign_of_life() const { return delivery_ == Delivery::stream ? sse::comment : ""; }

std::string GenerationAnswer::whole_text(Json body, Json choices) const {
  body["choices"] = std::move(choices);
  body["usage"] = usage_json(usage());
  body["octet_cost"] = service_.cost.to_json(usage());
  return dump(body);
}

bool GenerationAnswer::take_pieces(std::string& body) {
  for (Piece next; body.size() < enough_bytes && generation_.next(next);) {
    for (const auto& e : next.events) record_.answer_text(e.text);
    if (next.finish) finish_[next.answer] = *next.finish;
    piece(next, body);
    if (!generation_.done()) continue;
    ended(body);
    record_.add(usage(), finish_);
    record_.close(200);
    return true;
  }
  return false;
}

http::Pending::Step GenerationAnswer::pull(http::Response& head, std::string& body) {
  try {
    if (delivery_ == Delivery::stream && !begun_) {
      begun_ = true;
      head.type = sse::type;
      head.headers = {{"Cache-Control", "no-cache"}, {"X-Accel-Buffering", "no"}};
      service_.metrics.responded(200);
      begin(body);
      return take_pieces(body) ? Step::end : Step::more;
    }
    if (take_pieces(body)) {
      if (delivery_ == Delivery::whole) service_.metrics.responded(200);
      return Step::end;
    }
    return body.size() >= enough_bytes ? Step::more : Step::wait;
  } catch (...) {
    return fail(current_error(), head, body);
  }
}

http::Pending::Step GenerationAnswer::fail(const ApiError& error, http::Response& head, std::string& body) {
  record_.add_error(error.message);
  record_.close(error.status);
  if (delivery_ == Delivery::stream) {
    failed(error, body);
  } else {
    head = error_response(error);
    body = std::exchange(head.body, "");
    service_.metrics.responded(error.status);
  }
  return Step::end;
}

void GenerationAnswer::failed(const ApiError& error, std::string& out) { sse::append_data(out, error_json(error)); }

}  // namespace octet::serve
