#include "octet/serve/page.h"

#include "octet/serve/routes/context.h"

namespace octet::serve {

namespace {

constexpr const char* policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src "
    "'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

constexpr const char* no_page =
    "octet serves its API here, and was built without the chat page: that needs npm.\n"
    "Install Node.js with npm, and build again (./run build). The API: docs/server.md.\n";

std::vector<http::Header> page_headers(const char* cache) {
  return {{"Content-Security-Policy", policy},
          {"X-Content-Type-Options", "nosniff"},
          {"Referrer-Policy", "no-referrer"},
          {"Cross-Origin-Opener-Policy", "same-origin"},
          {"Cache-Control", cache}};
}

}  // namespace

http::Answer page(Context& context) {
  http::Response out;
  if (page_files().empty() && context.request.path == "/") {
    out.type = "text/plain; charset=utf-8";
    out.body = no_page;
    return out;
  }
  for (const PageFile& file : page_files()) {
    if (file.path != context.request.path) continue;
    out.type = file.type;
    // Names below /page/ change with their content, "/" does not.
    out.headers = page_headers(file.path == "/" ? "no-cache" : "public, max-age=31536000, immutable");
    out.body = file.body;
    return out;
  }
  throw ApiError(404, "invalid_request_error", fmt::format("no such page: {}", printable(context.request.path)));
}

}  // namespace octet::serve
