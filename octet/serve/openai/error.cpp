#include "octet/serve/openai/error.h"

namespace octet::serve {

namespace {

Json or_null(const std::string& text) { return text.empty() ? Json() : Json(text); }

ApiError from(const Error& e) {
  if (e.kind() == ErrorKind::request || e.kind() == ErrorKind::unsupported || e.kind() == ErrorKind::usage)
    return invalid_request("", e.what());
  if (e.kind() == ErrorKind::resources) return ApiError(503, "server_error", e.what());
  return ApiError(500, "server_error", e.what());
}

}  // namespace

ApiError invalid_request(std::string param, std::string message, std::string code) {
  return ApiError(400, "invalid_request_error", std::move(message), std::move(param), std::move(code));
}

Json error_json(const ApiError& e) {
  return {
      {"error", {{"message", e.message}, {"type", e.type}, {"param", or_null(e.param)}, {"code", or_null(e.code)}}}};
}

http::Response error_response(const ApiError& e) {
  http::Response out;
  out.status = e.status;
  out.body = dump(error_json(e));
  if (e.retry_after) out.headers.push_back({"Retry-After", std::to_string(*e.retry_after)});
  if (e.status == 401) out.headers.push_back({"WWW-Authenticate", "Bearer"});
  return out;
}

ApiError current_error() {
  try {
    throw;
  } catch (const ApiError& e) {
    return e;
  } catch (const Error& e) {
    return from(e);
  } catch (const std::bad_alloc&) {
    return ApiError(503, "server_error", "the server is out of memory");
  } catch (const std::exception& e) {
    return ApiError(500, "server_error", printable(e.what(), 200));
  }
}

}  // namespace octet::serve
