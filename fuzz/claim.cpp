// Any text as a claim file: an Error, or a verdict that can be printed both ways.
#include <cstdlib>

#include "octet/base/error.h"
#include "octet/plan/audit/audit.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  try {
    octet::plan::Claim claim = octet::plan::parse_claim(text, "fuzz");
    claim.model.clear();  // would be looked up on disk
    octet::plan::Verdict verdict = octet::plan::audit(std::move(claim), "");
    std::string json = octet::dump(to_json(verdict)), words = report(verdict, octet::plan::Detail::explained);
    if (json.empty() || words.empty()) std::abort();
  } catch (const octet::Error&) {
  }
  return 0;
}
