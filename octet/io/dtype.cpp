#include "octet/base/error.h"
#include "octet/io/header.h"

namespace octet::io {

namespace {

struct Row {
  Dtype dtype;
  const char* name;
  size_t bytes;
};

constexpr Row table[] = {
    {Dtype::F64, "F64", 8},         {Dtype::F32, "F32", 4},         {Dtype::F16, "F16", 2},
    {Dtype::BF16, "BF16", 2},       {Dtype::F8_E4M3, "F8_E4M3", 1}, {Dtype::F8_E5M2, "F8_E5M2", 1},
    {Dtype::F8_E8M0, "F8_E8M0", 1}, {Dtype::I64, "I64", 8},         {Dtype::I32, "I32", 4},
    {Dtype::I16, "I16", 2},         {Dtype::I8, "I8", 1},           {Dtype::U64, "U64", 8},
    {Dtype::U32, "U32", 4},         {Dtype::U16, "U16", 2},         {Dtype::U8, "U8", 1},
    {Dtype::BOOL, "BOOL", 1},
};

const Row& row(Dtype dtype) {
  for (const Row& r : table)
    if (r.dtype == dtype) return r;
  throw Bug("a dtype without a row", std::source_location::current());
}

}  // namespace

const char* name(Dtype dtype) { return row(dtype).name; }
size_t bytes_of(Dtype dtype) { return row(dtype).bytes; }

bool dtype_from_name(std::string_view name, Dtype& dtype) {
  for (const Row& r : table)
    if (name == r.name) {
      dtype = r.dtype;
      return true;
    }
  return false;
}

std::vector<std::string> dtype_names() {
  std::vector<std::string> names;
  for (const Row& r : table) names.push_back(r.name);
  return names;
}

}  // namespace octet::io
