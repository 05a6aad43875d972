// An answer of the HTTP layer that is made from a generation, whole or as a stream. What the pieces look like is for
// the endpoints to say: one class each for its whole answer and its stream.
#pragma once
#include "octet/serve/routes/record.h"
#include "octet/serve/stream/generation.h"

namespace octet::serve {

class GenerationAnswer : public http::Pending {
 public:
  enum class Delivery { whole, stream };
  GenerationAnswer(Service& service, Delivery delivery, GenerationPlan plan, RequestRecord&& record);

  void start(std::function<void()> wake) final { generation_.wake_with(std::move(wake)); }
  Step pull(http::Response& head, std::string& body) final;
  std::string_view sign_of_life() const final;

 protected:
  Service& service() { return service_; }
  const Usage& usage() const { return generation_.usage(); }
  size_t answers() const { return generation_.answers(); }
  std::string whole_text(Json body, Json choices) const;  // a whole answer with its choices and what it took

  // What is appended to `out` is sent. A whole answer appends in ended() alone.
  virtual void begin(std::string&) {}  // of a stream: before its first piece
  virtual void piece(const Piece& piece, std::string& out) = 0;
  virtual void ended(std::string& out) = 0;
  virtual void failed(const ApiError& error, std::string& out);  // of a stream that has begun

 private:
  Service& service_;
  Delivery delivery_;
  Generation generation_;
  RequestRecord record_;
  std::vector<std::string> finish_;
  bool begun_ = false;

  bool take_pieces(std::string& body);
  Step fail(const ApiError& error, http::Response& head, std::string& body);
};

}  // namespace octet::serve
