// The JSON header of a safetensors file, read event by event: nothing is built for input that is wrong, and a header of
// a hundred thousand tensors costs a hundred thousand insertions.
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "octet/io/safetensors.h"

namespace octet::io {

struct HeaderEntry {
  std::string name;
  Dtype dtype = Dtype::F32;
  std::vector<int64_t> shape;   // each from 0 to 2^62; at most 16 of them
  uint64_t begin = 0, end = 0;  // data_offsets as written; not yet checked against anything
};

struct Header {
  std::vector<HeaderEntry> tensors;  // in the header's order, names unique
  std::map<std::string, std::string> metadata;
};

// Error{file} that names `where` and the tensor for: bad JSON, a wrong type, an unknown dtype or key, a missing key, a
// name that stands twice.
Header parse_header(std::string_view text, const std::string& where);

// Error{file} unless the tensors cover the `data_bytes` behind the header exactly, without holes or overlaps, and each
// has the bytes that its dtype and shape ask for.
void check_layout(const Header& header, uint64_t data_bytes, const std::string& where);

// dtype's name back to the dtype; false if octet knows none of that name.
bool dtype_from_name(std::string_view name, Dtype& dtype);

// Every dtype's name, for hints.
std::vector<std::string> dtype_names();

}  // namespace octet::io
