// A small HTTP client: one request to a server of OpenAI's API, its answer handed over as it comes.
#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "octet/serve/http/message.h"

namespace octet::serve::http {

class Client {
 public:
  // "http://host:port" or "https://host", perhaps with a path that all requests' paths follow. Error{usage} otherwise.
  explicit Client(std::string_view url);

  // Sends and waits. `on_piece` is given the body as it arrives and ends the request by returning false. The status.
  // Error{resources} if the server cannot be reached or ends within its answer. TLS certificates are verified.
  int request(const std::string& method, const std::string& path, const std::vector<Header>& headers,
              const std::string& body, const std::function<bool(std::string_view)>& on_piece) const;

  const std::string& url() const { return url_; }

 private:
  std::string url_, host_, port_, prefix_;
  enum class Transport { plain, tls } transport_ = Transport::plain;
};

}  // namespace octet::serve::http
