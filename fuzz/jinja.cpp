// The template parser and renderer: any bytes as a template, against a small conversation.
#include "octet/text/jinja/jinja.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "octet/base/error.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using octet::text::jinja::Template;
  static const octet::Json context = octet::Json::parse(
      R"({"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": null, "tool_calls": [
          {"function": {"name": "f", "arguments": {"x": [1, 2.5, true]}}}]}], "tools": null, "bos_token": "<s>",
          "add_generation_prompt": true})");
  octet::text::jinja::Settings settings;
  settings.limits = {.steps = 20'000, .output = 1 << 20, .memory = 1 << 24, .depth = 300};
  settings.now = 0;
  try {
    Template({reinterpret_cast<const char*>(data), size}, "fuzz").render(context, settings);
  } catch (const octet::Error&) {
  }
  return 0;
}
