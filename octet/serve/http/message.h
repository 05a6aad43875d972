// Requests and answers as values, and answers that come in time: what the routes see of HTTP.
#pragma once
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace octet::serve::http {

struct Header {
  std::string name, value;
};

struct Request {
  std::string method;  // GET, POST, ...
  std::string path;    // of the target, before '?'
  std::string query;   // after it
  std::vector<Header> headers;
  std::string body;
  std::string peer;  // the address at the connection's other end, without port
  std::chrono::steady_clock::time_point received;

  std::string_view header(std::string_view name) const;  // the first of that name in any case, or ""
};

struct Response {
  int status = 200;
  std::string type = "application/json";
  std::vector<Header> headers;
  std::string body;
};

// An answer that is not ready when its request is read: it comes whole later, or piece by piece. All calls but `wake`
// come from one thread at a time. Destroyed as soon as the client is gone, whatever its state.
class Pending {
 public:
  enum class Step {
    wait,  // nothing now: wake() will be called when that changes
    more,  // `body` has grown, or the head is ready; pull again once it has been sent
    end,   // `body` holds the last piece
  };
  virtual ~Pending() = default;

  // Once, first. `wake` may be called from any thread, also during this call, and also after this object is gone.
  virtual void start(std::function<void()> wake) = 0;

  // Appends to `body`. The first call that does not answer `wait` fills `head` (its own body stays empty): `end` then
  // makes a response with a length, `more` one that is sent piece by piece.
  virtual Step pull(Response& head, std::string& body) = 0;

  // What to send where a stream has been silent for a while, so that nobody on the way takes it for dead.
  virtual std::string_view sign_of_life() const { return ""; }
};

using Answer = std::variant<Response, std::unique_ptr<Pending>>;

// What answers requests. Any number of threads call it at once; it must not throw.
class Application {
 public:
  virtual ~Application() = default;
  virtual Answer handle(Request request) = 0;
  // The answer to what is no acceptable request: malformed, too large, too slow, one connection too many.
  virtual Response refuse(int status, std::string_view message) = 0;
};

}  // namespace octet::serve::http
