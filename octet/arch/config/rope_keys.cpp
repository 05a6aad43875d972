#include "octet/arch/config/common.h"

namespace octet::arch {

namespace {

constexpr double huge = 1e9;
constexpr int64_t max_length = int64_t{1} << 40;

// Both spellings of the key, which some files carry side by side.
std::string rope_type(const Fields& fields) {
  std::string type = fields.string_or("rope_type", fields.string_or("type", "default"));
  if (fields.string_or("type", type) != type) fields.fail("type", fmt::format("the same as rope_type ('{}')", type));
  return type;
}

Yarn read_yarn(const Fields& f) {
  Yarn y;
  y.factor = f.number("factor", 1, huge);
  y.original_max_position_embeddings = f.integer("original_max_position_embeddings", 1, max_length);
  y.beta_fast = f.number_or("beta_fast", 1e-6, huge, 32);
  y.beta_slow = f.number_or("beta_slow", 1e-6, huge, 1);
  if (y.beta_fast < y.beta_slow) f.fail("beta_fast", fmt::format("at least beta_slow ({})", y.beta_slow));
  // Unequal, cos and sin would be scaled by m(mscale) / m(mscale_all_dim): no release does, octet does not either.
  y.mscale = f.number_or("mscale", 0, huge, 1);
  y.mscale_all_dim = f.number_or("mscale_all_dim", 0, huge, 0);
  if (y.mscale != y.mscale_all_dim || y.mscale == 0)
    throw Error(ErrorKind::unsupported,
                fmt::format("{}: octet implements YaRN only with mscale = mscale_all_dim, found {} and {}", f.where(),
                            y.mscale, y.mscale_all_dim));
  Keys::only_in(f, "attention_factor", nullptr);
  Keys::only_in(f, "truncate", true);
  return y;
}

Llama3Rope read_llama3(const Fields& f) {
  Llama3Rope r;
  r.factor = f.number("factor", 1, huge);
  r.low_freq_factor = f.number("low_freq_factor", 1e-6, huge);
  r.high_freq_factor = f.number("high_freq_factor", 1e-6, huge);
  r.original_max_position_embeddings = f.integer("original_max_position_embeddings", 1, max_length);
  if (r.high_freq_factor <= r.low_freq_factor) f.fail("high_freq_factor", "more than low_freq_factor");
  return r;
}

// One of the two objects; `theta` where it does not stand inside.
Rope read_object(const Fields& f, double theta) {
  Rope rope;
  rope.theta = f.number_or("rope_theta", 1.001, 1e15, theta);
  Keys::only_in(f, "partial_rotary_factor", 1.0);
  std::string type = rope_type(f);
  if (type == "yarn") {
    rope.yarn = read_yarn(f);
  } else if (type == "llama3") {
    rope.llama3 = read_llama3(f);
  } else if (type == "default") {
    Keys::only_in(f, "factor", 1.0);
  } else {
    throw Error(ErrorKind::unsupported,
                fmt::format("{}: octet does not implement the rope type '{}'", f.where(), printable(type)),
                "known: default, yarn, llama3");
  }
  f.finish();
  return rope;
}

}  // namespace

Rope read_rope(const Keys& keys) {
  double theta = keys.number_or("rope_theta", 1.001, 1e15, 10000);
  keys.only("partial_rotary_factor", 1.0);
  std::optional<Rope> found;
  for (const char* key : {"rope_scaling", "rope_parameters"}) {
    auto fields = keys.object_or_none(key);
    if (!fields) continue;
    Rope rope = read_object(*fields, theta);
    if (keys.has("rope_theta") && rope.theta != theta) fields->fail("rope_theta", fmt::format("{} as outside", theta));
    if (found && !(*found == rope)) keys.fail(key, "the same as rope_scaling");
    found = rope;
  }
  if (found) return *found;
  Rope rope;
  rope.theta = theta;
  return rope;
}

void write_rope(const Rope& rope, Json& json) {
  json["rope_theta"] = rope.theta;
  json["rope_scaling"] = nullptr;
  if (const auto& y = rope.yarn)
    json["rope_scaling"] = {{"type", "yarn"},
                            {"factor", y->factor},
                            {"original_max_position_embeddings", y->original_max_position_embeddings},
                            {"beta_fast", y->beta_fast},
                            {"beta_slow", y->beta_slow},
                            {"mscale", y->mscale},
                            {"mscale_all_dim", y->mscale_all_dim}};
  if (const auto& r = rope.llama3)
    json["rope_scaling"] = {{"rope_type", "llama3"},
                            {"factor", r->factor},
                            {"low_freq_factor", r->low_freq_factor},
                            {"high_freq_factor", r->high_freq_factor},
                            {"original_max_position_embeddings", r->original_max_position_embeddings}};
}

}  // namespace octet::arch
