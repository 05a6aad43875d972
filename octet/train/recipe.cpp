#include "octet/train/recipe.h"

#include "octet/base/file.h"
#include "octet/base/units.h"

namespace octet::train {

namespace {

constexpr int64_t most = int64_t{1} << 40;

// The keys of which a recipe has exactly one.
const std::vector<std::vector<std::string>> alternatives = {{"schedule", "steps", "tokens", "minutes"},
                                                            {"model", "preset", "config", "weights"}};

// An absent section reads as an empty one, so that its defaults hold.
Fields section(const Fields& recipe, std::string_view name) {
  static const Json empty = Json::object();
  auto found = recipe.object_or_none(name);
  return found ? *found : Fields(empty, recipe.where() + ": " + std::string(name));
}

void need_one(const Fields& fields, const std::vector<std::string>& keys) {
  int64_t present = 0;
  for (const auto& key : keys) present += fields.has(key);
  if (present != 1)
    throw Error(ErrorKind::config, fmt::format("{}: expected exactly one of {}, found {}", fields.where(),
                                               fmt::join(keys, ", "), present));
}

ModelRecipe read_model(const Fields& f) {
  ModelRecipe m;
  need_one(f, {"preset", "config", "weights"});
  m.preset = f.string_or("preset", "");
  m.config = f.string_or("config", "");
  m.weights = f.string_or("weights", "");
  m.vocab_from_data = f.boolean_or("vocab_from_data", false);
  m.fields = Json::object();
  if (const Json* fields = f.find("fields")) {
    if (!fields->is_object()) f.fail("fields", "a table of config.json keys");
    m.fields = *fields;
  }
  if (!m.weights.empty() && (m.vocab_from_data || !m.fields.empty()))
    throw Error(ErrorKind::config, fmt::format("{}: weights come with their own configuration", f.where()),
                "remove fields and vocab_from_data");
  f.finish();
  return m;
}

DataRecipe read_data(const Fields& f) {
  DataRecipe d;
  d.dir = f.string("dir");
  if (const Json* weights = f.find("weights")) {
    Fields each(*weights, f.where() + ".weights");
    for (const auto& [name, value] : weights->items()) d.weights[name] = each.number(name, 0, 1e9);
  }
  f.finish();
  return d;
}

BatchRecipe read_batch(const Fields& f) {
  BatchRecipe b;
  b.sequence_length = f.integer_or("sequence_length", 2, most, b.sequence_length);
  b.tokens = f.integer_or("tokens", 2, most, b.tokens);
  b.micro_batch = f.integer_or("micro_batch", 2, most, b.tokens);
  if (b.tokens % b.micro_batch) f.fail("micro_batch", fmt::format("a divisor of tokens = {}", b.tokens));
  if (b.micro_batch % b.sequence_length)
    f.fail("sequence_length", fmt::format("a divisor of micro_batch = {}", b.micro_batch));
  f.finish();
  return b;
}

OptimizerRecipe read_optimizer(const Fields& f) {
  OptimizerRecipe o;
  bool muon = f.one_of_or("kind", {"adamw", "muon"}, "adamw") == "muon";
  o.kind = muon ? OptimizerKind::muon : OptimizerKind::adamw;
  o.lr = f.number_or("lr", 0, 1, o.lr);
  o.beta1 = f.number_or("beta1", 0, 0.99999, o.beta1);
  o.beta2 = f.number_or("beta2", 0, 0.99999, o.beta2);
  o.eps = f.number_or("eps", 1e-30, 1, o.eps);
  o.weight_decay = f.number_or("weight_decay", 0, 10, o.weight_decay);
  o.clip = f.number_or("clip", 0, 1e9, o.clip);
  if (!muon && (f.has("muon_lr") || f.has("momentum")))
    throw Error(ErrorKind::config, fmt::format("{}: muon_lr and momentum are Muon's", f.where()),
                "set kind = \"muon\" or remove them");
  o.muon_lr = f.number_or("muon_lr", 0, 1, o.lr);
  o.momentum = f.number_or("momentum", 0, 0.99999, o.momentum);
  f.finish();
  return o;
}

Schedule read_schedule(const Fields& f) {
  Schedule s;
  std::string kind = f.one_of_or("kind", {"constant", "cosine", "wsd"}, "wsd");
  s.shape = kind == "constant" ? Shape::constant : kind == "cosine" ? Shape::cosine : Shape::wsd;
  need_one(f, {"steps", "tokens", "minutes"});
  if (f.has("steps")) s.length.steps = f.integer("steps", 1, most);
  if (const Json* tokens = f.find("tokens")) {
    s.length.tokens = tokens->is_string() ? parse_count(f.string("tokens"), f.where() + ": tokens")
                                          : static_cast<double>(f.integer("tokens", 1, INT64_MAX));
    if (*s.length.tokens < 1) f.fail("tokens", "at least one token");
  }
  if (f.has("minutes")) s.length.minutes = f.number("minutes", 1e-3, 1e9);
  s.warmup_steps = f.integer_or("warmup_steps", 0, most, s.warmup_steps);
  s.decay_from = f.number_or("decay_from", 0, 0.9999, s.decay_from);
  s.min_ratio = f.number_or("min_ratio", 0, 1, s.min_ratio);
  f.finish();
  return s;
}

void read_losses(Recipe& r, const Fields& mtp, const Fields& balance) {
  r.mtp_weight.first = mtp.number_or("weight", 0, 100, r.mtp_weight.first);
  r.mtp_weight.then = mtp.number_or("late_weight", 0, 100, std::min(r.mtp_weight.first, r.mtp_weight.then));
  r.mtp_weight.change_at = mtp.number_or("late_from", 0, 1, r.mtp_weight.change_at);
  mtp.finish();
  auto& speed = r.bias_update_speed;
  speed.first = balance.number_or("bias_update_speed", 0, 1, speed.first);
  speed.change_at = balance.number_or("bias_update_until", 0, 1, speed.change_at);
  r.sequence_balance = balance.number_or("sequence_alpha", 0, 10, r.sequence_balance);
  balance.finish();
}

void read_running(Recipe& r, const Fields& precision, const Fields& checkpoint, const Fields& validation,
                  const Fields& cost) {
  std::string compute = precision.one_of_or("compute", {"auto", "float32", "bfloat16"}, "auto");
  r.compute = compute == "auto" ? Compute::automatic : compute == "float32" ? Compute::float32 : Compute::bfloat16;
  precision.finish();
  auto& c = r.checkpoint;
  c.every_minutes = checkpoint.number_or("every_minutes", 0, 1e6, c.every_minutes);
  c.every_steps = checkpoint.integer_or("every_steps", 0, most, c.every_steps);
  c.keep = checkpoint.integer_or("keep", 1, 1000000, c.keep);
  bool bf16 = checkpoint.one_of_or("dtype", {"bfloat16", "float32"}, "bfloat16") == "bfloat16";
  c.dtype = bf16 ? arch::Dtype::bf16 : arch::Dtype::f32;
  checkpoint.finish();
  r.validation.every_steps = validation.integer_or("every_steps", 0, most, r.validation.every_steps);
  r.validation.batches = validation.integer_or("batches", 0, 1000000, r.validation.batches);
  validation.finish();
  r.cost.dollars_per_hour = cost.number_or("dollars_per_hour", 0, 1e9, r.cost.dollars_per_hour);
  r.cost.expected_share = cost.number_or("expected_share", 1e-6, 1, r.cost.expected_share);
  cost.finish();
}

}  // namespace

Recipe parse_recipe(Json source, const std::string& where) {
  Recipe r;
  r.source = std::move(source);
  Fields f(r.source, where);
  r.model = read_model(section(f, "model"));
  r.data = read_data(section(f, "data"));
  r.batch = read_batch(section(f, "batch"));
  r.optimizer = read_optimizer(section(f, "optimizer"));
  r.schedule = read_schedule(section(f, "schedule"));
  read_losses(r, section(f, "mtp"), section(f, "balance"));
  read_running(r, section(f, "precision"), section(f, "checkpoint"), section(f, "validation"), section(f, "cost"));
  r.seed = static_cast<uint64_t>(f.integer_or("seed", 0, INT64_MAX, 0));
  r.threads = static_cast<int>(f.integer_or("threads", 0, 4096, 0));
  f.finish();
  return r;
}

void override_key(Json& source, const std::string& assignment) {
  size_t equals = assignment.find('=');
  std::string key = assignment.substr(0, equals);
  if (equals == std::string::npos || key.empty() || key.front() == '.' || key.back() == '.' ||
      key.find("..") != std::string::npos)
    throw Error(ErrorKind::usage, fmt::format("--set {}: expected section.key=value", printable(assignment)),
                "for example --set schedule.minutes=5");
  Json value;
  try {
    value = parse_toml("value = " + assignment.substr(equals + 1), "--set").at("value");
  } catch (const Error&) {
    value = assignment.substr(equals + 1);  // a word without quotes
  }
  Json* at = &source;
  std::vector<std::string> parts;
  for (size_t from = 0, to; from <= key.size(); from = to + 1) {
    to = std::min(key.find('.', from), key.size());
    parts.push_back(key.substr(from, to - from));
  }
  for (size_t i = 0; i + 1 < parts.size(); ++i) {
    at = &(*at)[parts[i]];
    if (at->is_null()) *at = Json::object();
    if (!at->is_object())
      throw Error(ErrorKind::usage, fmt::format("--set {}: '{}' is no section", printable(assignment), parts[i]));
  }
  for (const auto& group : alternatives)
    if (parts.size() == 2 && parts[0] == group[0] && std::find(group.begin() + 1, group.end(), parts[1]) != group.end())
      for (size_t i = 1; i < group.size(); ++i) at->erase(group[i]);
  (*at)[parts.back()] = std::move(value);
}

Recipe read_recipe(const std::filesystem::path& path, const std::vector<std::string>& overrides) {
  Json source = read_toml(path);
  for (const auto& assignment : overrides) override_key(source, assignment);
  Recipe r = parse_recipe(std::move(source), path.string());
  r.name = path.stem().string();
  return r;
}

}  // namespace octet::train
