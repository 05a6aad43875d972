#include "octet/plan/machine/gpu.h"

#include "octet/plan/machine/embedded.h"

namespace octet::plan {

const char* name(Fabric fabric) {
  switch (fabric) {
    case Fabric::multi_plane:
      return "multi_plane";
    case Fabric::fat_tree:
      return "fat_tree";
    case Fabric::rails:
      return "rails";
  }
  return "";
}

namespace {

const Json& table() {
  static const Json parsed = parse_toml(machine_file("gpus"), "gpus.toml");
  return parsed;
}

Calibration read_calibration() {
  static const Json json = parse_toml(machine_file("calibration"), "calibration.toml");
  Fields file(json, "calibration.toml");
  Fields constants = file.object("constants");
  auto fraction = [&](const char* key) { return constants.number(key, 1e-3, 1.5); };
  return {.gemm_bf16 = fraction("gemm_bf16"),
          .gemm_fp8 = fraction("gemm_fp8"),
          .gemm_fp8_weight = fraction("gemm_fp8_weight"),
          .attention = fraction("attention"),
          .hbm = fraction("hbm"),
          .nvlink = fraction("nvlink"),
          .nic = fraction("nic"),
          .kernel_seconds = constants.number("kernel_us", 0, 1e3) * 1e-6};
}

// A fact is a bare number, or [number, source].
double value_of(const Fields& fields, const char* key, double low, double high, double fallback) {
  const Json* found = fields.find(key);
  if (!found) {
    if (fallback < 0) fields.fail(key, "[number, source]");
    return fallback;
  }
  const Json* number = found->is_array() && found->size() == 2 ? &(*found)[0] : found;
  if (!number->is_number() || !(number->get<double>() >= low && number->get<double>() <= high))
    fields.fail(key, fmt::format("[number from {:g} to {:g}, source]", low, high));
  return number->get<double>();
}

}  // namespace

Gpu read_gpu(const std::string& name, const Json& values, const std::string& where) {
  Fields fields(values, where);
  constexpr double giga = 1e9, gib = 1024.0 * 1024 * 1024;
  Gpu out;
  out.name = name;
  out.bf16 = value_of(fields, "bf16_tflops", 0.1, 1e6, -1) * 1e12;
  out.fp8 = value_of(fields, "fp8_tflops", 0, 1e6, 0) * 1e12;
  out.hbm_sold = value_of(fields, "hbm_gb", 1, 1e5, -1) * giga;
  out.hbm_usable = value_of(fields, "hbm_usable_gib", 1, 1e5, -1) * gib;
  out.hbm_bandwidth = value_of(fields, "hbm_gbps", 1, 1e6, -1) * giga;
  out.nvlink = value_of(fields, "nvlink_gbps", 1, 1e6, -1) * giga;
  out.nvlink_domain = static_cast<int64_t>(value_of(fields, "nvlink_domain", 1, 1e5, 8));
  out.nic = value_of(fields, "nic_gbps", 0.1, 1e6, -1) * giga;
  out.sms = static_cast<int64_t>(value_of(fields, "sms", 1, 1e5, -1));
  out.exchange_sms = static_cast<int64_t>(value_of(fields, "exchange_sms", 0, 1e5, 0));
  out.watts = value_of(fields, "watts", 1, 1e5, -1);
  fields.finish();
  if (out.exchange_sms >= out.sms) fields.fail("exchange_sms", "fewer than sms");
  out.measured = read_calibration();
  return out;
}

Gpu gpu(const std::string& name) {
  for (const auto& [key, values] : table().items())
    if (key == name && values.is_object()) return read_gpu(name, values, "gpus.toml: " + name);
  std::string known;
  for (const auto& each : gpu_names()) known += (known.empty() ? "" : ", ") + each;
  std::string near = nearest_name(name, gpu_names());
  throw Error(ErrorKind::usage, fmt::format("unknown GPU '{}'", printable(name)),
              near.empty() ? "known: " + known : fmt::format("did you mean '{}'? known: {}", near, known));
}

std::vector<std::string> gpu_names() {
  std::vector<std::string> out;
  for (const auto& [key, values] : table().items())
    if (values.is_object()) out.push_back(key);
  return out;
}

std::vector<GpuFact> gpu_facts() {
  std::vector<GpuFact> out;
  for (const auto& [gpu, values] : table().items()) {
    if (!values.is_object()) continue;
    for (const auto& [key, fact] : values.items())
      out.push_back({gpu, key, fact[0].get<double>(), fact[1].get<std::string>()});
  }
  return out;
}

std::string gpu_table_date() { return table()["date"].get<std::string>(); }

}  // namespace octet::plan
