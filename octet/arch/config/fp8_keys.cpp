#include "octet/arch/config/common.h"

namespace octet::arch {

namespace {

// What the release leaves in its own dtype anyway; a list of anything else would change which weights are quantised.
bool never_quantised(std::string_view module) {
  for (const char* part : {"lm_head", "embed_tokens", "norm", "mlp.gate", "eh_proj", "shared_head"})
    if (module.ends_with(part) || module.find(std::string(part) + ".") != module.npos) return true;
  return false;
}

}  // namespace

std::optional<Fp8> read_fp8(const Keys& keys) {
  auto f = keys.object_or_none("quantization_config");
  if (!f) return std::nullopt;
  if (std::string method = f->string("quant_method"); method != "fp8")
    throw Error(ErrorKind::unsupported,
                fmt::format("{}: quant_method: octet reads fp8 only, found '{}'", f->where(), printable(method)));
  Keys::only_in(*f, "fmt", "e4m3");
  Keys::only_in(*f, "activation_scheme", "dynamic");
  Fp8 fp8;
  const Json* block = f->find("weight_block_size");
  if (!block || !block->is_array() || block->size() != 2) f->fail("weight_block_size", "two block lengths");
  int64_t* sides[] = {&fp8.block_rows, &fp8.block_cols};
  for (size_t i = 0; i < 2; ++i) {
    auto side = Keys::integer_in((*block)[i], 1, max_width);
    if (!side) f->fail("weight_block_size", fmt::format("two block lengths from 1 to {}", max_width));
    *sides[i] = *side;
  }
  if (f->one_of_or("scale_fmt", {"float", "ue8m0"}, "float") == "ue8m0") fp8.scales = Fp8Scales::ue8m0;
  for (const char* key : {"modules_to_not_convert", "ignored_layers"})
    for (const auto& module : f->strings_or(key, {}))
      if (!never_quantised(module))
        throw Error(ErrorKind::unsupported,
                    fmt::format("{}: {}: octet cannot leave '{}' unquantised", f->where(), key, printable(module)));
  f->finish();
  return fp8;
}

Json write_fp8(const Fp8& fp8) {
  Json json = {{"activation_scheme", "dynamic"},
               {"fmt", "e4m3"},
               {"quant_method", "fp8"},
               {"weight_block_size", {fp8.block_rows, fp8.block_cols}}};
  if (fp8.scales == Fp8Scales::ue8m0) json["scale_fmt"] = "ue8m0";
  return json;
}

}  // namespace octet::arch
