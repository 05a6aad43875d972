#include "octet/serve/routes/routes.h"

#include <algorithm>

#include "octet/serve/host.h"
#include "octet/serve/http/wire.h"
#include "octet/serve/log.h"
#include "octet/serve/routes/context.h"
#include "octet/serve/routes/generation_answer.h"

namespace octet::serve {

namespace {

enum class Access { open, key };
enum class Logged { yes, errors };  // errors: what is asked every few seconds would fill the log

struct Route {
  std::string_view method, path;  // a path that ends with '*' stands for all that begin so
  Handler handler;
  Access access;
  Logged logged;
};

constexpr Route route_table[] = {
    {"POST", "/v1/chat/completions", chat_completions, Access::key, Logged::yes},
    {"POST", "/v1/completions", completions, Access::key, Logged::yes},
    {"POST", "/v1/responses", responses, Access::key, Logged::yes},
    {"GET", "/v1/models", models, Access::key, Logged::yes},
    {"GET", "/v1/models/*", one_model, Access::key, Logged::yes},
    {"POST", "/tokenize", tokenize, Access::key, Logged::yes},
    {"POST", "/detokenize", detokenize, Access::key, Logged::yes},
    {"GET", "/health", health, Access::open, Logged::errors},
    {"GET", "/metrics", metrics, Access::open, Logged::errors},
    {"GET", "/octet/model", octet_model, Access::key, Logged::errors},
    {"GET", "/octet/experts", octet_experts, Access::key, Logged::errors},
    {"GET", "/page/*", page, Access::open, Logged::errors},
    {"GET", "/", page, Access::open, Logged::errors},
};

bool path_fits(const Route& route, std::string_view path) {
  if (!route.path.ends_with('*')) return path == route.path;
  return path.starts_with(route.path.substr(0, route.path.size() - 1));
}

bool method_fits(const Route& route, std::string_view method) {
  return method == route.method || (method == "HEAD" && route.method == "GET");
}

const Route& find_route(const http::Request& request) {
  std::string allowed;
  for (const Route& route : route_table) {
    if (!path_fits(route, request.path)) continue;
    if (method_fits(route, request.method)) return route;
    allowed = route.method;
  }
  if (!allowed.empty())
    throw ApiError(
        405, "invalid_request_error",
        fmt::format("{} is not allowed for {}; use {}", printable(request.method), printable(request.path), allowed));
  std::vector<std::string> known;
  for (const Route& route : route_table) known.emplace_back(route.path);
  std::string near = nearest_name(request.path, known);
  throw ApiError(404, "invalid_request_error",
                 fmt::format("no such endpoint: {}{}", printable(request.path),
                             near.empty() ? "" : fmt::format("; did you mean '{}'?", near)));
}

std::string_view bearer(const http::Request& request) {
  std::string_view value = request.header("Authorization");
  constexpr std::string_view scheme = "Bearer ";
  return value.size() > scheme.size() && http::same_name(value.substr(0, scheme.size()), scheme)
             ? value.substr(scheme.size())
             : "";
}

// What stands after "//" in an origin: "http://localhost:3000" is "localhost:3000".
std::string_view authority(std::string_view origin) {
  size_t at = origin.find("//");
  return at == origin.npos ? origin : origin.substr(at + 2);
}

bool allowed_origin(const ServiceOptions& options, std::string_view origin) {
  const auto& list = options.cors_origins;
  return std::any_of(list.begin(), list.end(), [&](const std::string& o) { return o == "*" || o == origin; });
}

constexpr const char* id_header = "x-request-id";

// What every answer to this request has.
std::vector<http::Header> common_headers(const ServiceOptions& options, const http::Request& request,
                                         const std::string& id) {
  std::vector<http::Header> out = {{id_header, id}};
  std::string origin(request.header("Origin"));
  if (origin.empty() || !allowed_origin(options, origin)) return out;
  out.push_back({"Access-Control-Allow-Origin", origin});
  out.push_back({"Vary", "Origin"});
  return out;
}

void append(std::vector<http::Header>& to, const std::vector<http::Header>& more) {
  to.insert(to.end(), more.begin(), more.end());
}

// The head of an answer that comes later is made when it is pulled: the headers are added there.
class WithHeaders : public http::Pending {
 public:
  WithHeaders(std::unique_ptr<http::Pending> inner, std::vector<http::Header> headers)
      : inner_(std::move(inner)), headers_(std::move(headers)) {}
  void start(std::function<void()> wake) override { inner_->start(std::move(wake)); }
  Step pull(http::Response& head, std::string& body) override {
    Step step = inner_->pull(head, body);
    if (!begun_ && step != Step::wait) append(head.headers, headers_);
    begun_ |= step != Step::wait;
    return step;
  }
  std::string_view sign_of_life() const override { return inner_->sign_of_life(); }

 private:
  std::unique_ptr<http::Pending> inner_;
  std::vector<http::Header> headers_;
  bool begun_ = false;
};

}  // namespace

// The address that counts: behind a trusted proxy, the last one that it names.
std::string Routes::address_of(const http::Request& request) const {
  const auto& trusted = service_.options.trusted_proxies;
  if (std::find(trusted.begin(), trusted.end(), request.peer) == trusted.end()) return request.peer;
  std::string_view list = request.header("X-Forwarded-For");
  std::string_view last = list.substr(list.rfind(',') + 1);
  while (!last.empty() && last.front() == ' ') last.remove_prefix(1);
  return last.empty() ? request.peer : printable(last, 64);
}

std::string Routes::client_of(const http::Request& request, const std::string& address) const {
  if (!service_.options.keys.required()) return address;
  std::string_view key = bearer(request);
  auto holder = service_.options.keys.holder(key);
  if (holder) return *holder;
  throw ApiError(
      401, "invalid_request_error",
      key.empty() ? "an API key is needed: send the header Authorization: Bearer KEY" : "the API key is not known here",
      "", key.empty() ? "" : "invalid_api_key");
}

// The client's own id for its request, if it is fit for a log and a header; else one of ours.
std::string Routes::id_of(const http::Request& request) {
  std::string_view given = request.header(id_header);
  constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.:=/+";
  bool sane = !given.empty() && given.size() <= 128 && given.find_first_not_of(letters) == given.npos;
  return sane ? std::string(given) : service_.new_id("req_");
}

// DNS rebinding: a page whose name its owner points to 127.0.0.1 is of the same origin as what it asks here, but its
// browser names the host that it believes to ask. Only a client of HTTP/1.0, which no browser is, may name none.
void Routes::check_host(const http::Request& request) const {
  const std::string& only = service_.options.only_host;
  std::string_view host = host_of(request.header("Host"));
  if (only.empty() || host.empty() || is_loopback(host) || http::same_name(host, only)) return;
  throw ApiError(403, "invalid_request_error",
                 fmt::format("this server is asked as localhost, not as '{}'; --api-key-file, or --trusted-proxy for "
                             "the proxy in front of it, allows other names",
                             printable(host)));
}

// A page of another origin must not use a visitor's server: browsers say where a request comes from.
void Routes::check_origin(const http::Request& request) const {
  std::string_view origin = request.header("Origin");
  if (origin.empty() || request.method == "GET" || request.method == "HEAD") return;
  if (authority(origin) == request.header("Host") || allowed_origin(service_.options, origin)) return;
  throw ApiError(403, "invalid_request_error",
                 fmt::format("requests from pages of {} are not allowed; the server's --cors-origin allows them",
                             printable(origin)));
}

http::Response Routes::preflight(const http::Request& request) const {
  check_origin(request);
  http::Response out;
  out.status = 204;
  out.headers = {{"Access-Control-Allow-Methods", "GET, POST"},
                 {"Access-Control-Allow-Headers", "Authorization, Content-Type"},
                 {"Access-Control-Max-Age", "600"}};
  std::string_view asked = request.header("Access-Control-Request-Headers");
  if (!asked.empty())
    out.headers[1].value = printable(asked, 500);  // the clients send headers of their own (x-stainless-*)
  return out;
}

http::Answer Routes::answer(const http::Request& request, const std::string& id, const std::string& address) {
  check_host(request);
  if (request.method == "OPTIONS" && !request.header("Origin").empty()) return preflight(request);
  const Route& route = find_route(request);
  check_origin(request);
  if (service_.draining() && route.handler != metrics)
    throw ApiError(503, "server_error", "the server is shutting down");
  std::string client = route.access == Access::key ? client_of(request, address) : address;
  Context context{service_, request, client, RequestRecord(request, id, client, service_.options.log_prompts)};
  try {
    http::Answer out = route.handler(context);
    if (auto* response = std::get_if<http::Response>(&out)) {
      if (route.logged == Logged::yes) context.record.close(response->status);
      context.record.discard();
    }
    return out;
  } catch (...) {
    ApiError error = current_error();
    context.record.add_error(error.message);
    context.record.close(error.status);
    throw error;
  }
}

http::Answer Routes::handle(http::Request request) {
  http::Response response;
  std::string id = id_of(request);
  auto headers = common_headers(service_.options, request, id);
  try {
    http::Answer out = answer(request, id, address_of(request));
    if (auto* pending = std::get_if<std::unique_ptr<http::Pending>>(&out))
      return std::make_unique<WithHeaders>(std::move(*pending), std::move(headers));
    response = std::move(std::get<http::Response>(out));
  } catch (...) {
    response = error_response(current_error());
  }
  if (response.status == 405)
    for (const Route& route : route_table)
      if (path_fits(route, request.path)) response.headers.push_back({"Allow", std::string(route.method)});
  append(response.headers, headers);
  service_.metrics.responded(response.status);
  return response;
}

http::Response Routes::refuse(int status, std::string_view message) {
  service_.metrics.responded(status);
  std::string id = service_.new_id("req_");
  write_log("info", "refused", {{"id", id}, {"status", status}, {"error", message}});
  http::Response out =
      error_response(ApiError(status, status >= 500 ? "server_error" : "invalid_request_error", std::string(message)));
  out.headers.push_back({id_header, id});
  return out;
}

}  // namespace octet::serve
