// /v1/responses: the response object, its output items, and the typed events of its stream.
#pragma once
#include "octet/serve/openai/chat_json.h"
#include "octet/serve/openai/requests.h"

namespace octet::serve {

// What is said as output items, in order: a reasoning item, a message, calls. A stream tells each item's coming, its
// pieces and its end.
class ResponseOutput {
 public:
  explicit ResponseOutput(std::string id_suffix) : suffix_(std::move(id_suffix)) {}

  // Takes events in; each typed event that they make is handed to `tell(type, fields)` in order.
  using Tell = std::function<void(std::string_view type, Json fields)>;
  void add(const std::vector<text::ReplyEvent>& events, const Tell& tell);
  // The answer's last events, and the end of the item that is open: "incomplete" where the limit has cut it.
  enum class Ending { whole, cut };
  void finish(const std::vector<text::ReplyEvent>& events, Ending ending, const Tell& tell);

  const Json& items() const { return items_; }  // complete ones, and the open one as far as it is

 private:
  enum class Open { none, reasoning, message, call };
  std::string suffix_;
  Open open_ = Open::none;
  Json items_ = Json::array();

  void open(Open kind, const std::string& name, const Tell& tell);
  void close(const char* status, const Tell& tell);
  void text(std::string_view piece, const Tell& tell);
  Json place() const;  // item_id and output_index
};

}  // namespace octet::serve
