// The answers to one request, from the engine to what is said, in the order in which it comes.
#pragma once
#include "octet/chat/reply_stream.h"
#include "octet/serve/service.h"
#include "octet/serve/stream/event_queue.h"

namespace octet::serve {

// What to ask of the engine. Answer i * choices + c is choice c to prompt i; the choices of a prompt share its cache.
struct GenerationPlan {
  struct Prompt {
    std::vector<int64_t> tokens;
    text::ReplyFormat format;
  };
  std::vector<Prompt> prompts;
  Settings settings;
  chat::Structure structure;
  int alternatives = 0;
  infer::Trace trace = infer::Trace::none;
  std::string client;
  enum class Calls { one, several } calls = Calls::several;  // one: the answer ends with its first call
  std::chrono::steady_clock::time_point received;
};

// What one event brought. `token` and `end` are never both there; an `end` may come with the last words.
struct Piece {
  size_t answer = 0;
  std::vector<text::ReplyEvent> events;
  std::optional<infer::TokenEvent> token;  // the one the events come from; none after a stop text
  std::optional<std::string> finish;       // stop, length or tool_calls: the answer's last piece
};

class Generation {
 public:
  // Submits. ApiError 429 where the queue or the client's places are full, 503 while draining, 400 for a prompt that
  // does not fit.
  Generation(Service& service, GenerationPlan plan);
  ~Generation();  // cancels what still runs
  Generation(const Generation&) = delete;
  Generation& operator=(const Generation&) = delete;

  void wake_with(std::function<void()> wake) { queue_->wake_with(std::move(wake)); }
  // The next piece; false if nothing has come. ApiError if an answer failed.
  bool next(Piece& piece);
  bool done() const { return ended_ == answers_.size(); }

  size_t answers() const { return answers_.size(); }
  const Usage& usage() const { return usage_; }  // of the answers that have ended

 private:
  struct Answer {
    infer::Engine::Id id = 0;  // 0: not submitted
    chat::ReplyStream reply;
    std::shared_ptr<infer::TokenMask> mask = nullptr;
    int64_t tokens = 0, reasoning_tokens = 0;
    bool called = false, thinking = false;
    enum class State { running, cut, ended } state = State::running;  // cut: by us, before its end
  };
  Service& service_;
  GenerationPlan plan_;
  ClientSlots::Held slots_;
  std::shared_ptr<EventQueue> queue_ = std::make_shared<EventQueue>();
  std::vector<Answer> answers_;
  size_t ended_ = 0;
  Usage usage_;

  std::shared_ptr<infer::TokenMask> make_mask(text::ReplyFormat format) const;
  infer::Request request(size_t answer) const;
  void submit(size_t answer);
  void submit_followers(size_t leader);
  void take_token(Piece& piece, infer::TokenEvent token);
  void take_end(Piece& piece, const infer::EndEvent& end);
  void cut(Answer& answer);
};

}  // namespace octet::serve
