// What the log says of one request, written when its answer has been made, or when its client has gone before.
#pragma once
#include "octet/serve/service.h"

namespace octet::serve {

class RequestRecord {
 public:
  RequestRecord(const http::Request& request, std::string id, std::string client, LogPrompts log_prompts);
  ~RequestRecord();  // status 499, nginx's number for a client that did not wait, unless close() was called
  RequestRecord(RequestRecord&& other) noexcept;
  RequestRecord& operator=(RequestRecord&&) = delete;

  void answer_text(std::string_view piece);  // kept only if texts are to be logged
  void add(const Usage& usage, const std::vector<std::string>& finish);
  void add_error(const std::string& message) { fields_["error"] = message; }
  void close(int status);
  void discard() { open_ = false; }  // nothing is written

 private:
  Json fields_;
  std::chrono::steady_clock::time_point received_;
  LogPrompts log_prompts_;
  std::string answer_;
  bool open_ = true;
};

}  // namespace octet::serve
