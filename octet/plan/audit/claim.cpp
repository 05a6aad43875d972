#include "octet/plan/audit/claim.h"

#include <algorithm>

#include "octet/base/error.h"
#include "octet/base/file.h"
#include "octet/base/json.h"
#include "octet/base/units.h"

namespace octet::plan {

std::vector<std::string> claim_kinds() {
  return {"cost", "sum", "time", "utilisation", "throughput", "memory", "layout", "comparison", "economics"};
}

const Figure* Claim::find(const std::string& name) const {
  auto it = std::find_if(figures.begin(), figures.end(), [&](const Figure& f) { return f.name == name; });
  return it == figures.end() ? nullptr : &*it;
}

bool Claim::claims(const std::string& name) const {
  const Figure* figure = find(name);
  return figure && figure->claimed;
}

// "less than 2 months" holds where what is computed is at most that: the figure is at least the formula.
Bound relation_of(Bound written) {
  return written == Bound::at_least ? Bound::at_most : written == Bound::at_most ? Bound::at_least : Bound::equal;
}

namespace {

ClaimKind read_kind(const Fields& fields) {
  std::string given = fields.one_of("kind", claim_kinds());
  auto all = claim_kinds();
  return static_cast<ClaimKind>(std::find(all.begin(), all.end(), given) - all.begin());
}

// "2048 GPUs", or { value = 2048, unit = "GPUs", … }, or { value = "2048 GPUs", … }.
Figure read_figure(const std::string& name, const Json& json, const std::string& where) {
  Figure figure;
  figure.name = name;
  std::string place = where + ": " + name;
  if (json.is_string()) {
    figure.written = parse_quantity(json.get<std::string>(), place);
    return figure;
  }
  if (!json.is_object()) {
    throw Error(ErrorKind::config, fmt::format("{}: {} is a number without its unit", place, printable(dump(json))),
                "write it as text: '2048 GPUs', '61 layers', '14.8T tokens', '43 %'");
  }
  Fields fields(json, place);
  const Json* value = fields.find("value");
  if (!value) fields.fail("value", "a figure with its unit, such as '2048 GPUs'");
  std::string text = value->is_string() ? value->get<std::string>() : dump(*value);
  if (std::string unit = fields.string_or("unit", ""); !unit.empty()) text += " " + unit;
  figure.written = parse_quantity(text, place);
  figure.source = fields.string_or("source", "");
  figure.part_of = fields.string_or("part_of", "");
  figure.covers = fields.strings_or("covers", {});
  fields.finish();
  return figure;
}

// Units that people write short where the name leaves no doubt: "$2 an hour" as a GPU hour's price.
void complete_unit(Figure& figure) {
  struct Short {
    const char* name;
    const char* given;
    const char* meant;
  };
  static constexpr Short known[] = {
      {"price", "$/h", "$/GPU-hour"},
      {"gpu_hours", "hours", "GPU-hours"},
      {"peak_flops", "FLOP/s", "FLOP/s/GPU"},
      {"flops_per_gpu", "FLOP/s", "FLOP/s/GPU"},
      {"flops_per_token", "FLOP", "FLOP/token"},
      {"memory_per_gpu", "bytes", "bytes/GPU"},
      {"memory_bandwidth", "bytes/s", "bytes/s/GPU"},
      {"nvlink_bandwidth", "bytes/s", "bytes/s/GPU"},
      {"network_bandwidth", "bytes/s", "bytes/s/GPU"},
      {"cache_per_token", "bytes", "bytes/token"},
      {"tokens_per_second_per_gpu", "tokens/s", "tokens/s/GPU"},
      {"batch_per_gpu", "sequences", "sequences/GPU"},
      {"context", "x", "tokens"},
      {"gpus_per_node", "GPUs", "GPUs/node"},
  };
  Quantity& quantity = figure.written.quantity;
  for (const Short& s : known)
    if (figure.name == s.name && quantity.dimension == parse_unit(s.given, s.name).dimension)
      quantity.dimension = parse_unit(s.meant, s.name).dimension;
}

void read_figures(const Fields& fields, const Json& json, const char* table, bool claimed, Claim& claim) {
  auto group = fields.object_or_none(table);
  if (!group) return;
  for (const auto& [name, value] : json[table].items()) {
    std::string place = fmt::format("{}: {}", claim.where, table);
    if (claim.find(name))
      throw Error(ErrorKind::config, fmt::format("{}: '{}' stands twice", place, printable(name)),
                  "claimed and evidence share their names");
    Expression as_name(name, place);
    if (as_name.names() != std::vector<std::string>{name})
      throw Error(ErrorKind::config, fmt::format("{}: '{}' is no name", place, printable(name)),
                  "use letters, digits and _");
    Figure figure = read_figure(name, value, place);
    figure.claimed = claimed;
    complete_unit(figure);
    claim.figures.push_back(std::move(figure));
  }
}

Bound read_bound(const Fields& fields, Bound fallback) {
  std::string is = fields.one_of_or("is", {"equal", "at least", "at most"}, "");
  return is.empty() ? fallback : is == "equal" ? Bound::equal : is == "at least" ? Bound::at_least : Bound::at_most;
}

std::vector<std::string> figure_names(const Claim& claim) {
  std::vector<std::string> names;
  for (const auto& figure : claim.figures) names.push_back(figure.name);
  return names;
}

void read_relations(const Fields& fields, Claim& claim) {
  const Json* list = fields.find("relation");
  if (!list) return;
  if (!list->is_array()) fields.fail("relation", "[[relation]] tables");
  auto known = figure_names(claim);
  for (size_t i = 0; i < list->size(); ++i) {
    std::string place = fmt::format("{}: relation {}", claim.where, i + 1);
    Fields item((*list)[i], place);
    std::string claimed = item.string("claimed");
    const Figure* figure = claim.find(claimed);
    if (!figure)
      throw Error(ErrorKind::config, fmt::format("{}: no figure '{}'", place, printable(claimed)),
                  unknown_name_hint(claimed, known));
    Relation relation{claimed, Expression(item.string("computed"), place),
                      read_bound(item, relation_of(figure->written.bound))};
    for (const auto& name : relation.computed.names())
      if (!claim.find(name) && !name.starts_with("model.") && !name.starts_with("gpu."))
        throw Error(ErrorKind::config,
                    fmt::format("{}: the formula names '{}', which is no figure", place, printable(name)),
                    unknown_name_hint(name, known));
    item.finish();
    claim.relations.push_back(std::move(relation));
  }
}

void read_layout(const Fields& fields, Claim& claim) {
  auto layout = fields.object_or_none("layout");
  if (!layout) return;
  for (const char* key : {"tp", "pp", "vp", "ep", "cp", "dp"})
    if (layout->has(key)) claim.layout[key] = layout->integer(key, 1, 1'000'000);
  layout->finish();
}

std::vector<std::string> read_items(std::vector<std::string> items, const std::vector<std::string>& also,
                                    const std::string& place) {
  auto known = scope_items();
  known.insert(known.end(), also.begin(), also.end());
  for (auto& item : items) {
    std::string given = item;
    item = scope_item(item);
    if (std::find(known.begin(), known.end(), item) == known.end())
      throw Error(ErrorKind::config, fmt::format("{}: unknown scope item '{}'", place, printable(given)),
                  unknown_name_hint(item, known));
  }
  return items;
}

std::optional<Written> read_period(const Fields& fields, const char* key) {
  if (!fields.has(key)) return std::nullopt;
  std::string place = fields.where() + ": " + key;
  Written period = parse_quantity(fields.string(key), place);
  if (period.quantity.dimension != parse_unit("s", key).dimension)
    throw Error(ErrorKind::config, fmt::format("{}: '{}' is no time", place, period.text),
                "write '1 year' or '30 days'");
  return period;
}

void read_scope(const Fields& fields, Claim& claim) {
  auto group = fields.object_or_none("scope");
  if (!group) return;
  Scope scope;
  const Json* headline = group->find("headline");
  if (headline && headline->is_array()) {
    scope.headline = group->strings_or("headline", {});
    for (auto& item : scope.headline) item = scope_item(item);
  } else if (headline) {
    scope.headline_name = group->one_of("headline", headline_names());
    scope.headline = headline_items(scope.headline_name);
  }
  // A headline's name among the covers stands for its items.
  std::vector<std::string> covers;
  for (const auto& item : group->strings_or("covers", {})) {
    auto items = headline_items(scope_item(item)), known = scope_items();
    if (items.empty() || std::find(known.begin(), known.end(), scope_item(item)) != known.end())
      covers.push_back(item);
    else
      covers.insert(covers.end(), items.begin(), items.end());
  }
  scope.covers = read_items(covers, scope.headline, group->where() + ": covers");
  scope.period = read_period(*group, "period");
  scope.headline_period = read_period(*group, "headline_period");
  group->finish();
  claim.scope = std::move(scope);
}

void check_parts(Claim& claim) {
  auto known = figure_names(claim);
  for (auto& figure : claim.figures) {
    std::string place = fmt::format("{}: {}", claim.where, figure.name);
    if (!figure.part_of.empty() && !claim.find(figure.part_of))
      throw Error(ErrorKind::config,
                  fmt::format("{}: part_of names '{}', which is no figure", place, printable(figure.part_of)),
                  unknown_name_hint(figure.part_of, known));
    figure.covers =
        read_items(figure.covers, claim.scope ? claim.scope->headline : std::vector<std::string>{}, place + ": covers");
  }
}

}  // namespace

Claim parse_claim(std::string_view toml, const std::string& where) {
  Json json = parse_toml(toml, where);
  Fields fields(json, where);
  Claim claim;
  claim.where = where;
  claim.statement = fields.string("statement");
  claim.source = fields.string("source");
  claim.kind = read_kind(fields);
  claim.date = fields.string_or("date", "");
  claim.model = fields.string_or("model", "");
  claim.gpu = fields.string_or("gpu", "");
  claim.precision = fields.one_of_or("precision", {"bf16", "fp8"}, "");
  claim.peak = fields.one_of_or("peak", {"bf16", "fp8"}, "");
  claim.convention = fields.one_of_or("convention", {"causal", "non-causal"}, "");
  claim.phase = fields.one_of_or("phase", {"training", "prefill", "decode"}, "");
  read_figures(fields, json, "claimed", true, claim);
  read_figures(fields, json, "evidence", false, claim);
  read_relations(fields, claim);
  read_layout(fields, claim);
  read_scope(fields, claim);
  fields.finish();
  check_parts(claim);
  if (claim.figures.empty() && claim.layout.empty())
    throw Error(ErrorKind::config, fmt::format("{}: nothing to check: no [claimed] figure and no [layout]", where));
  return claim;
}

Claim read_claim(const std::filesystem::path& path) {
  return parse_claim(read_file(path, size_t{1} << 20), path.string());
}

}  // namespace octet::plan
