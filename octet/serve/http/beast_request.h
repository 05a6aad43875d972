// From Beast's parser to a Request, or to the refusal of what is none.
#pragma once
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include "octet/serve/http/beast_connection.h"

namespace octet::serve::http {

using Parser = boost::beast::http::request_parser<boost::beast::http::string_body>;

// Room in the server's budget for the body that is being read.
class BodyReservation {
 public:
  explicit BodyReservation(Shared& shared) : shared_(shared) {}
  ~BodyReservation() { shared_.bodies_bytes -= bytes_; }
  BodyReservation(const BodyReservation&) = delete;
  BodyReservation& operator=(const BodyReservation&) = delete;
  [[nodiscard]] bool take(size_t bytes) {
    bytes_ = bytes;
    return (shared_.bodies_bytes += bytes) <= shared_.limits.bodies_bytes;
  }

 private:
  Shared& shared_;
  size_t bytes_ = 0;
};

Request to_request(Parser& parser, const std::string& peer);

// The answer to what could not be read: a status and a sentence; status 0 where the other end just left.
struct Refusal {
  int status = 0;
  std::string message;
};
enum class Reading { headers, body };
Refusal timed_out(Reading part);
Refusal refusal_of(boost::system::error_code error, const Limits& limits);

// What Beast's parser lets pass and no server may: framing that others on the way could read otherwise, and HTTP/1.1
// without Host (RFC 9112, sections 6.1 and 3.2). None: the request whose headers were read is fine.
std::optional<Refusal> unacceptable(const Parser& parser);

}  // namespace octet::serve::http
