// Any text as a claim file: an Error of one line, or a verdict that its report and its JSON can tell.
#include <string>
#include <string_view>

#include "fuzz/expect.h"
#include "octet/arch/config.h"
#include "octet/base/error.h"
#include "octet/plan/audit/audit.h"

namespace {

bool is_preset(const std::string& name) {
  for (const auto& known : octet::arch::preset_names())
    if (known == name) return true;
  return false;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace octet;
  try {
    plan::Claim claim = plan::parse_claim({reinterpret_cast<const char*>(data), size}, "input");
    if (!claim.model.empty() && !is_preset(claim.model)) return 0;  // a path: what lies there is not this test's
    plan::Verdict verdict = plan::audit(claim, "/nonexistent");
    for (const auto& finding : verdict.findings) expect(!finding.sentence.empty());
    expect(!plan::report(verdict, plan::Detail::explained).empty());
    dump(plan::to_json(verdict));
  } catch (const Error& e) {
    expect(std::string_view(e.what()).find('\n') == std::string_view::npos);
  }
  return 0;
}
