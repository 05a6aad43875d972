#include "octet/serve/routes/record.h"

#include <cmath>

#include "octet/serve/log.h"

namespace octet::serve {

namespace {

double rounded(double seconds) { return std::round(seconds * 1e6) / 1e6; }

}  // namespace

RequestRecord::RequestRecord(const http::Request& request, std::string id, std::string client, LogPrompts log_prompts)
    : received_(request.received), log_prompts_(log_prompts) {
  fields_ = {{"id", id},
             {"method", request.method},
             {"path", printable(request.path)},
             {"peer", request.peer},
             {"client", client}};
  if (log_prompts_ == LogPrompts::yes) fields_["request"] = request.body;
}

RequestRecord::RequestRecord(RequestRecord&& other) noexcept
    : fields_(std::move(other.fields_)),
      received_(other.received_),
      log_prompts_(other.log_prompts_),
      answer_(std::move(other.answer_)),
      open_(std::exchange(other.open_, false)) {}

RequestRecord::~RequestRecord() { close(499); }

void RequestRecord::answer_text(std::string_view piece) {
  if (log_prompts_ == LogPrompts::yes) answer_ += piece;
}

void RequestRecord::add(const Usage& u, const std::vector<std::string>& finish) {
  fields_["finish"] = finish;
  fields_["prompt_tokens"] = u.prompt_tokens;
  fields_["cached_tokens"] = u.cached_tokens;
  fields_["answer_tokens"] = u.answer_tokens;
  fields_["seconds_queued"] = rounded(u.seconds_queued);
  fields_["seconds_prefill"] = rounded(u.seconds_prefill);
  fields_["seconds_decode"] = rounded(u.seconds_decode);
}

void RequestRecord::close(int status) {
  if (!open_) return;
  open_ = false;
  fields_["status"] = status;
  fields_["seconds"] = rounded(std::chrono::duration<double>(std::chrono::steady_clock::now() - received_).count());
  if (!answer_.empty()) fields_["answer"] = answer_;
  write_log(status >= 500 ? "error" : "info", "request", fields_);
}

}  // namespace octet::serve
