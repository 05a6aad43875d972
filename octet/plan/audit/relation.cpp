// Does each figure follow from its formula? How near is near enough comes from how the figures were written: half a
// unit in the last digit of the claimed figure (at most a tenth of it), and what the rounding of the formula's own
// inputs can hide.
#include <algorithm>
#include <cmath>

#include "octet/base/error.h"
#include "octet/plan/audit/check.h"

namespace octet::plan {

namespace {

constexpr double about_share = 0.05;     // what "about" allows
constexpr double rounding_share = 0.10;  // a one-digit figure still promises this much
constexpr double input_share = 0.005;    // a rounded input is taken to be this exact at least

double tolerance(const Written& written) {
  double value = std::fabs(written.quantity.value);
  // A bound is meant as it stands: 5.6M is not more than 6M.
  double own = written.bound == Bound::equal ? std::min(written.half_digit, rounding_share * value) : 0;
  return std::max({own, written.about ? about_share * value : 0.0, 1e-9 * value});
}

// The most that rounded inputs can move the formula, each moved alone, added up.
double input_slack(const Claim& claim, const Context& context, const Expression& formula) {
  double slack = 0;
  auto value_with = [&](const std::string& moved, double by) {
    return formula
        .evaluate([&](const std::string& name) {
          Quantity q = *context.find(claim, name);
          if (name == moved) q.value += by;
          return q;
        })
        .value;
  };
  for (const auto& name : formula.names()) {
    const Figure* figure = claim.find(name);
    if (!figure || !(figure->written.rounded || figure->written.about)) continue;
    double value = figure->written.quantity.value;
    double by = std::min(figure->written.half_digit, input_share * value);
    if (figure->written.about) by = std::max(by, about_share * value);
    slack += std::fabs(value_with(name, by) - value_with(name, 0));
  }
  return slack;
}

// A factor that a known slip explains, or "". Of some slips only what is measured in certain units can suffer.
std::string slip(double ratio, Dimension dimension) {
  constexpr size_t any = base_count;
  constexpr auto byte = static_cast<size_t>(Base::byte), flop = static_cast<size_t>(Base::flop),
                 second = static_cast<size_t>(Base::second), gpu = static_cast<size_t>(Base::gpu);
  struct Known {
    double factor;
    size_t base;
    const char* words;
  };
  static constexpr Known known[] = {
      {1.024, byte, "the factor between KB and KiB"},
      {1.048576, byte, "the factor between MB and MiB"},
      {1.073741824, byte, "the factor between GB and GiB"},
      {1.099511627776, byte, "the factor between TB and TiB"},
      {8, byte, "the factor 8 of bits for bytes"},
      {8, gpu, "the factor 8 of GPUs for nodes"},
      {1000, any, "a factor of 1000: K for M, M for B or ms for s"},
      {1e6, any, "a factor of a million"},
      {1024, byte, "a factor of 1024"},
      {60, second, "the factor between minutes and hours"},
      {3600, second, "the factor between hours and seconds"},
      {24, second, "the factor between days and hours"},
      {2, flop, "a factor of 2, as between sparse and dense peaks or multiply-adds and operations"},
      {10, any, "a factor of 10"},
      {100, any, "a factor of 100, as between a share and per cent"}};
  for (const auto& k : known)
    if ((k.base == any || dimension.power[k.base] != 0) &&
        (std::fabs(ratio / k.factor - 1) < 0.004 || std::fabs(ratio * k.factor - 1) < 0.004))
      return k.words;
  return "";
}

bool is_prefix_slip(double ratio) {
  double r = std::max(ratio, 1 / ratio);
  for (double f : {1.024, 1.048576, 1.073741824, 1.099511627776})
    if (std::fabs(r / f - 1) < 0.002) return true;
  return false;
}

std::string printed(double value, const Figure& like) { return format_quantity(value, like.written.unit_words); }

// "$5M" of 5.576M: cut, where rounding gives 6M.
bool cut_not_rounded(const Written& written, double computed) {
  double unit = 2 * written.half_digit;
  return unit > 0 && std::fabs(std::floor(computed / unit) * unit - written.quantity.value) < 1e-6 * unit &&
         computed - written.quantity.value < 0.2 * computed && written.rounded;
}

std::string off_by(double claimed, double computed) {
  if (computed <= 0 || claimed <= 0) return "";
  double ratio = computed / claimed;
  if (ratio > 1.9) return fmt::format(", {:.3g} times what is said", ratio);
  if (ratio < 1 / 1.9) return fmt::format(", and what is said is {:.3g} times that", 1 / ratio);
  return fmt::format(", {:.2g} % {} than said", std::fabs(ratio - 1) * 100, ratio > 1 ? "more" : "less");
}

struct Judge {
  const Claim& claim;
  const Context& context;
  Verdict& verdict;

  void add(const char* kind, Weight weight, std::string sentence) {
    verdict.findings.push_back({kind, std::move(sentence), weight});
  }

  void operator()(const Relation& relation) {
    const Figure& figure = *claim.find(relation.claimed);
    const Written& written = figure.written;
    for (const auto& name : relation.computed.names())
      if (!context.find(claim, name)) {
        throw Error(ErrorKind::config,
                    fmt::format("{}: the formula '{}' names '{}', which is unknown", claim.where,
                                relation.computed.text(), name),
                    "model.… needs model = and gpu.… needs gpu = in the claim");
      }
    std::string formula = relation.computed.text();
    Quantity computed;
    try {
      computed = relation.computed.evaluate([&](const std::string& name) { return *context.find(claim, name); });
    } catch (const UnitError& e) {
      return add("unit", Weight::wrong, e.sentence());
    }
    if (computed.dimension != written.quantity.dimension) {
      return add("unit", Weight::wrong,
                 fmt::format("{} is stated in {}, but {} comes out in {}", figure.name,
                             name(written.quantity.dimension), formula, name(computed.dimension)));
    }
    if (!std::isfinite(computed.value))
      throw Error(ErrorKind::config, fmt::format("{}: formula '{}' comes out endless", claim.where, formula));
    compare(relation, figure, computed.value);
  }

  void compare(const Relation& relation, const Figure& figure, double computed) {
    const Written& written = figure.written;
    double claimed = written.quantity.value, allowed = tolerance(written),
           slack = input_slack(claim, context, relation.computed);
    double difference = computed - claimed;
    bool holds = relation.is == Bound::equal      ? std::fabs(difference) <= allowed + slack
                 : relation.is == Bound::at_least ? claimed >= computed - allowed - slack
                                                  : claimed <= computed + allowed + slack;
    std::string sum = fmt::format("{} = {}", relation.computed.text(), printed(computed, figure));
    if (holds) return add_holding(relation, figure, computed, sum, allowed);
    double ratio = computed != 0 ? claimed / computed : 0;
    bool single = relation.computed.names().size() == 1 && relation.computed.text() == relation.computed.names()[0];
    std::string because = ratio > 0 ? slip(ratio, written.quantity.dimension) : "";
    if (relation.is != Bound::equal) {
      return add(single ? "contradiction" : "sum", Weight::wrong,
                 fmt::format("{} is said to be {}, yet it must be {} {}", figure.name, written.text,
                             relation.is == Bound::at_least ? "at least" : "at most", sum));
    }
    if (ratio > 0 && is_prefix_slip(ratio) && written.quantity.dimension.power[static_cast<size_t>(Base::byte)] != 0)
      return add(
          "unit", Weight::wrong,
          fmt::format("{} is said to be {}, but {}: they differ by {}", figure.name, written.text, sum, because));
    if (cut_not_rounded(written, computed))
      return add(
          "rounding", Weight::misleading,
          fmt::format("{} is said to be {}, but {}: the figure was cut, not rounded", figure.name, written.text, sum));
    add(single ? "contradiction" : "sum", Weight::wrong,
        fmt::format("{} is said to be {}, but {}{}{}", figure.name, written.text, sum, off_by(claimed, computed),
                    because.empty() ? "" : ", " + because));
  }

  void add_holding(const Relation& relation, const Figure& figure, double computed, const std::string& sum,
                   double allowed) {
    double difference = std::fabs(computed - figure.written.quantity.value);
    bool equal = relation.is == Bound::equal;
    if (equal && difference > 1e-6 * std::fabs(computed)) {
      const char* why = difference <= allowed ? "the difference lies within the digits written"
                                              : "the difference lies within the rounding of its inputs";
      return add("rounding", Weight::note,
                 fmt::format("{} of {} agrees with {}; {}", figure.name, figure.written.text, sum, why));
    }
    add("sum", Weight::note, fmt::format("{} of {} follows: {}", figure.name, figure.written.text, sum));
  }
};

}  // namespace

std::string shown(const Figure& figure) { return figure.written.text; }

namespace {

// A price of tokens, which no GPU hour has.
bool by_token(const Figure& figure) {
  return figure.name == "price" && figure.written.quantity.dimension == parse_unit("$/token", "price").dimension;
}

}  // namespace

std::vector<Relation> implied_relations(const Claim& claim) {
  static constexpr std::pair<const char*, const char*> rules[] = {
      {"cost", "gpu_hours * price"},
      {"gpu_hours", "gpus * duration"},
      {"duration", "gpu_hours / gpus"},
      {"duration", "tokens / tokens_per_second"},
      {"tokens_per_second", "tokens_per_second_per_gpu * gpus"},
      {"total_flops", "flops_per_token * tokens"},
      {"gpus", "nodes * gpus_per_node"},
      {"margin", "(revenue - cost) / cost"},
      {"cache", "cache_per_token * context * sequences"},
      {"weights", "parameters * bytes_per_parameter"},
      // The same where the claim leaves the model's own figures to its name.
      {"total_flops", "model.flops_per_token * tokens"},
      {"cache", "model.cache_per_token * context * sequences"},
      {"weights", "model.parameters * bytes_per_parameter"},
      {"parameters", "model.parameters"},
      {"active_parameters", "model.active_parameters"},
      {"cache_per_token", "model.cache_per_token"},
      {"flops_per_token", "model.flops_per_token"},
  };
  std::vector<Relation> out;
  for (auto [target, formula] : rules) {
    auto given = [&](const Relation& r) { return r.claimed == target; };
    if (!claim.claims(target) || std::any_of(claim.relations.begin(), claim.relations.end(), given)) continue;
    Expression expression(formula, claim.where);
    auto names = expression.names();
    bool there = std::all_of(names.begin(), names.end(), [&](const std::string& n) {
      if (!n.starts_with("model.")) return claim.find(n) && !by_token(*claim.find(n));
      return !claim.model.empty() && (names.size() == 1 || !claim.find(n.substr(6)));
    });
    if (there) out.push_back({target, std::move(expression), relation_of(claim.find(target)->written.bound), true});
  }
  return out;
}

void check_relations(const Claim& claim, const Context& context, Verdict& verdict) {
  Judge judge{claim, context, verdict};
  for (const auto& relation : claim.relations) judge(relation);
  for (const auto& relation : implied_relations(claim)) judge(relation);
}

}  // namespace octet::plan
