// A file of measured speeds.
#include "octet/base/error.h"
#include "octet/base/file.h"
#include "octet/base/units.h"
#include "octet/plan/serve/cpu.h"

namespace octet::plan {

namespace {

template <class Owner>
struct SpeedKey {
  const char* key;
  double Owner::*value;
  double scale, low, high;  // file's unit; range in that unit
  const char* unit;
};

const SpeedKey<CpuRates> rate_keys[] = {
    {"products_gflops", &CpuRates::products, 1e9, 1e-3, 1e9, "matrix products over a prompt, GFLOP/s"},
    {"few_products_gflops", &CpuRates::few_products, 1e9, 1e-3, 1e9, "those of a decoding step, GFLOP/s"},
    {"attending_gflops", &CpuRates::attending, 1e9, 1e-3, 1e9, "attention's inner products, GFLOP/s"},
    {"reading_gbps", &CpuRates::reading, 1e9, 1e-3, 1e6, "weights read for few tokens, GB/s"},
};
const SpeedKey<CpuSpeeds> besides_keys[] = {
    {"dense_layer_us", &CpuSpeeds::dense_layer, 1e-6, 0, 1e7, "a dense layer besides its work, microseconds"},
    {"expert_layer_us", &CpuSpeeds::expert_layer, 1e-6, 0, 1e7, "a layer of experts besides its work, microseconds"},
    {"pass_us", &CpuSpeeds::pass, 1e-6, 0, 1e7, "a whole pass besides its layers, microseconds"},
};

template <class Owner, size_t n>
void read_keys(const Fields& fields, const SpeedKey<Owner> (&keys)[n], Owner& out) {
  for (const auto& k : keys) out.*k.value = fields.number(k.key, k.low, k.high) * k.scale;
  fields.finish();
}

template <class Owner, size_t n>
std::string keys_toml(const char* name, const SpeedKey<Owner> (&keys)[n], const Owner& values) {
  std::string out = fmt::format("\n[{}]\n", name);
  for (const auto& k : keys) out += fmt::format("{} = {:.4g}  # {}\n", k.key, values.*k.value / k.scale, k.unit);
  return out;
}

}  // namespace

CpuSpeeds read_speeds(const std::string& path) {
  Json json = read_toml(path);
  Fields file(json, path);
  CpuSpeeds out;
  out.processor = file.string("processor");
  out.threads = file.integer("threads", 1, 100000);
  out.memory = file.number_or("memory_gib", 0, 1e9, 0) * gib;
  out.number_bytes = file.one_of("dtype", {"bfloat16", "float32"}) == "float32" ? 4 : 2;
  read_keys(file.object("besides"), besides_keys, out);
  read_keys(file.object("narrow"), rate_keys, out.narrow);
  read_keys(file.object("wide"), rate_keys, out.wide);
  if (const Json* list = file.find("measured")) {
    if (!list->is_array()) file.fail("measured", "[[measured]] tables");
    for (const Json& item : *list) {
      Fields one(item, path + ": measured");
      out.measured.push_back({one.string("model"), one.number("prompt", 1, 1e9), one.number("context", 1, 1e9),
                              one.number("sequences", 1, 1e6), one.number("prefill", 1e-9, 1e12),
                              one.number("decode", 1e-9, 1e12)});
      one.finish();
    }
  }
  file.finish();
  return out;
}

std::string speeds_toml(const CpuSpeeds& s) {
  std::string out = fmt::format(
      "# What octet's own model code does on one machine, as `octet plan serve MODEL --cpu measure` found it.\n"
      "processor = {}\nthreads = {}\nmemory_gib = {:.3g}\ndtype = \"{}\"\n",
      dump(Json(printable(s.processor))), s.threads, s.memory / gib, s.number_bytes == 4 ? "float32" : "bfloat16");
  out += keys_toml("besides", besides_keys, s) + keys_toml("narrow", rate_keys, s.narrow) +
         keys_toml("wide", rate_keys, s.wide);
  for (const auto& m : s.measured)
    out += fmt::format(
        "\n# tokens a second of the model itself: of the prompt, and of all sequences that decode together\n"
        "[[measured]]\nmodel = {}\nprompt = {:g}\ncontext = {:g}\nsequences = {:g}\nprefill = {:.4g}\ndecode = "
        "{:.4g}\n",
        dump(Json(m.model)), m.prompt, m.context, m.sequences, m.prefill, m.decode);
  return out;
}

}  // namespace octet::plan
