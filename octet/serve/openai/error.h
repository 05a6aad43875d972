// What a client is told when its request cannot be answered, in OpenAI's form:
// {"error": {"message", "type", "param", "code"}}.
#pragma once
#include <exception>
#include <optional>
#include <string>

#include "octet/base/json.h"
#include "octet/serve/http/message.h"

namespace octet::serve {

class ApiError : public std::exception {
 public:
  ApiError(int status, std::string type, std::string message, std::string param = "", std::string code = "")
      : status(status),
        type(std::move(type)),
        message(std::move(message)),
        param(std::move(param)),
        code(std::move(code)) {}
  const char* what() const noexcept override { return message.c_str(); }

  int status;
  std::string type, message, param, code;  // param, code: null in JSON where empty
  std::optional<int> retry_after;          // seconds
};

// 400: the request itself is wrong. `param` is the field's path: "messages[0].content".
ApiError invalid_request(std::string param, std::string message, std::string code = "");

Json error_json(const ApiError& error);
http::Response error_response(const ApiError& error);

// What is being caught, as the client is to see it: an ApiError as it is, the world's Error as 400 without the place in
// octet, anything else as 500. To be called in a catch block.
ApiError current_error();

}  // namespace octet::serve
