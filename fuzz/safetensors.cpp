// Any bytes as a safetensors file and as an index of shards: an Error or a description that its bytes bear out.
#include "octet/io/safetensors.h"

#include <cstring>

#include "fuzz/expect.h"
#include "octet/base/error.h"
#include "octet/io/index.h"

namespace {

void read_file(std::span<const std::byte> bytes) {
  octet::io::SafetensorsFile file(bytes, "input");
  size_t total = 0;
  for (const auto& [name, view] : file.tensors()) {
    int64_t elements = 1;
    for (int64_t n : view.shape) expect(n >= 0 && !__builtin_mul_overflow(elements, n, &elements));
    expect(elements == view.elements());
    expect(view.bytes.size() == static_cast<size_t>(elements) * octet::io::bytes_of(view.dtype));
    if (!view.bytes.empty()) expect(view.bytes.data() >= bytes.data() + 8 && &view.bytes.back() <= &bytes.back());
    expect(file.at(name).bytes.data() == view.bytes.data());
    total += view.bytes.size();
  }
  expect(total < bytes.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::span<const std::byte> bytes(reinterpret_cast<const std::byte*>(data), size);
  try {
    read_file(bytes);
  } catch (const octet::Error&) {
  }
  try {
    for (const auto& [name, shard] : octet::io::parse_index({reinterpret_cast<const char*>(data), size}, "input"))
      expect(shard.find('/') == shard.npos);
  } catch (const octet::Error&) {
  }
  return 0;
}
