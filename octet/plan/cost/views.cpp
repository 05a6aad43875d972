#include "octet/plan/cost/views.h"

#include "octet/base/error.h"

namespace octet::plan {

Sheet rental_view(const Book& run) {
  Sheet s("rental", run.title + " at a rental price");
  enter(run, s);
  s.line("pretraining", "$", "pretraining", "pretraining_hours * rental_price");
  s.line("context_extension", "$", "context extension", "extension_hours * rental_price");
  s.line("post_training", "$", "post-training", "post_training_hours * rental_price");
  s.line("gpu_hours", "GPU-hours", "GPU hours", "pretraining_hours + extension_hours + post_training_hours");
  s.line("dollars", "$", "total", "pretraining + context_extension + post_training");
  s.line("hours_per_trillion", "GPU-hours/T tokens", "GPU hours a trillion tokens", "pretraining_hours / tokens");
  s.line("days_per_trillion", "days/T tokens", "days a trillion tokens", "hours_per_trillion / cluster");
  s.line("days", "days", "days on the cluster", "gpu_hours / cluster");
  return s;
}

namespace {

// Capital and operation of one GPU hour from a book of subject "tco".
void tco_lines(Sheet& s) {
  s.line("capital_node", "$/node", "capital a server",
         "server + network + storage + service + installation + software");
  s.line("payment", "$/node/month", "level monthly payment", "annuity(capital_node, interest, life)");
  s.line("capital_hour", "$/GPU-hour", "capital", "payment / gpus_per_node");
  s.line("power_hour", "$/GPU-hour", "electricity", "power * power_share * pue * electricity / gpus_per_node");
  s.line("colocation_hour", "$/GPU-hour", "colocation", "power * colocation / gpus_per_node");
  s.line("hands_hour", "$/GPU-hour", "remote hands and internet", "(hands + internet) / gpus_per_node");
  s.line("operating_hour", "$/GPU-hour", "operation", "power_hour + colocation_hour + hands_hour");
  s.line("hour", "$/GPU-hour", "an hour", "capital_hour + operating_hour");
}

}  // namespace

Sheet tco_view(const Book& tco) {
  Sheet s("amortised", tco.title);
  enter(tco, s);
  tco_lines(s);
  if (s.has("busy")) s.line("hour_at_work", "$/GPU-hour", "an hour at work", "hour / busy");
  return s;
}

Sheet amortised_view(const Book& run, const Book& tco) {
  Sheet s("amortised", run.title + " at its owner's cost");
  enter(run, s);
  enter(tco, s);
  tco_lines(s);
  s.line("gpu_hours", "GPU-hours", "GPU hours", "pretraining_hours + extension_hours + post_training_hours");
  const std::string idle = s.has("busy") ? " / busy" : "";
  s.line("hour_at_work", "$/GPU-hour", "an hour at work", "hour" + idle);
  s.line("capital", "$", "capital", "gpu_hours * capital_hour");
  s.line("electricity_paid", "$", "electricity", "gpu_hours * power_hour");
  s.line("colocation_paid", "$", "colocation", "gpu_hours * colocation_hour");
  s.line("hands_paid", "$", "remote hands and internet", "gpu_hours * hands_hour");
  s.line("idle", "$", "its part of the idle hours", "gpu_hours * (hour_at_work - hour)");
  s.line("dollars", "$", "total", "capital + electricity_paid + colocation_paid + hands_paid + idle");
  return s;
}

Sheet organisation_view(const Book& run, const Book& organisation) {
  Sheet s("organisation", organisation.title);
  enter(run, s);
  enter(organisation, s);
  s.line("servers_year", "$/year", "servers, by annuity", "annuity(servers, interest, life)");
  s.line("network_year", "$/year", "network, by annuity", "annuity(fleet * network, interest, life)");
  s.line("storage_year", "$/year", "storage, by annuity", "annuity(fleet * storage, interest, life)");
  s.line("setting_up_year", "$/year", "service, installation, software", "annuity(fleet * setting_up, interest, life)");
  s.line("power_year", "$/year", "electricity with PUE", "fleet * power * power_share * pue * electricity");
  s.line("colocation_year", "$/year", "colocation", "fleet * power * colocation");
  s.line("hands_year", "$/year", "remote hands and internet", "fleet * hands");
  s.line("staff_year", "$/year", "staff", "staff * pay");
  s.line("fleet_year", "$/year", "the fleet",
         "servers_year + network_year + storage_year + setting_up_year + power_year + colocation_year + hands_year");
  s.line("year", "$/year", "a year of the company", "fleet_year + staff_year");
  s.line("failures_year", "$/year", "of the fleet: lost to failures", "fleet_year * failures");
  s.line("experiments_year", "$/year", "of the fleet: research and failed experiments", "fleet_year * experiments");
  s.line("server_per_gpu", "$/GPU", "servers a GPU", "servers / fleet");
  s.line("capital", "$", "capital laid out", "servers + fleet * (network + storage + setting_up)");
  s.line("operation_life", "$", "operation over the fleet's life",
         "(power_year + colocation_year + hands_year) * life");
  s.line("run_hours", "GPU-hours", "the run's GPU hours", "pretraining_hours + extension_hours + post_training_hours");
  s.line("run_share", "%", "the run's share of the fleet's hours in a year", "run_hours / (fleet * [1 year])");
  s.line("run_rental", "$", "the run at its rental price", "run_hours * rental_price");
  s.line("year_over_run", "x", "a year of the company over the run", "year * [1 year] / run_rental");
  return s;
}

Sheet r1_view(const Book& book) {
  Sheet s("rental", book.title + " at a rental price");
  enter(book, s);
  s.line("r1_zero_hours", "GPU-hours", "R1-Zero", "r1_zero_cluster * r1_zero_time");
  s.line("gpu_hours", "GPU-hours", "GPU hours", "r1_zero_hours + sft_data_hours + r1_hours");
  s.line("r1_zero", "$", "R1-Zero", "r1_zero_hours * rental_price");
  s.line("sft_data", "$", "making the SFT data", "sft_data_hours * rental_price");
  s.line("r1", "$", "R1", "r1_hours * rental_price");
  s.line("dollars", "$", "total", "r1_zero + sft_data + r1");
  return s;
}

bool has_published_revenue(const Book& day) {
  bool there = false;
  for (const Input& input : day.values) {
    const bool counts = input.key == "input" || input.key == "hits" || input.key == "output";
    if (input.set && (counts || input.key.starts_with("price_"))) return false;
    there |= input.key == "published_revenue";
  }
  return there;
}

Sheet serving_day_view(const Book& book) {
  Sheet s("rental", book.title + " at a rental price");
  enter(book, s);
  if (s.has("hits") && s.has("input") && s.input_at("hits").value.mid > s.input_at("input").value.mid)
    throw Error(ErrorKind::config,
                fmt::format("{}: hits of {} are more than the input of {}", s.title(),
                            format_quantity(s.input_at("hits").value.mid, s.input_at("hits").unit),
                            format_quantity(s.input_at("input").value.mid, s.input_at("input").unit)),
                "hits are the part of the input that was found in the cache");
  s.line("cost", "$/day", "GPUs", "nodes * gpus_per_node * rental_price");
  s.line("misses", "tokens", "input not in the cache", "input - hits");
  s.line("hit_share", "%", "of the input found in the cache", "hits / input");
  s.line("revenue_hits", "$/day", "cached input at list price", "hits * price_hit / [1 day]");
  s.line("revenue_misses", "$/day", "other input at list price", "misses * price_miss / [1 day]");
  s.line("revenue_output", "$/day", "output at list price", "output * price_output / [1 day]");
  s.line("revenue", "$/day", "all tokens at R1's list price", "revenue_hits + revenue_misses + revenue_output");
  if (has_published_revenue(book)) {
    s.line("rounding", "$/day", "above the published figure, by rounding", "revenue - published_revenue");
    // What half a billion tokens either way, the last digit of the published counts, can change.
    s.line("rounding_bound", "$/day", "what the rounded counts may hide",
           "[0.5B tokens] * (price_miss + (price_miss - price_hit) + price_output) / [1 day]");
    s.line("margin", "%", "theoretical profit over cost", "(published_revenue - cost) / cost");
  } else {
    s.line("margin", "%", "theoretical profit over cost", "(revenue - cost) / cost");
  }
  s.line("input_rate", "tokens/s/node", "input a second and node of the whole fleet", "input / [1 day] / nodes");
  s.line("output_rate", "tokens/s/node", "output a second and node of the whole fleet", "output / [1 day] / nodes");
  s.line("cost_per_output", "$/M tokens", "GPUs over the output alone", "cost * [1 day] / output");
  return s;
}

Sheet plain_run_view(const Hours& hours, double dollars_per_gpu_hour) {
  Sheet s("rental", "A run at a rental price");
  Unit hour = parse_unit("GPU-hours", "hours"), price = parse_unit("$/GPU-hour", "price");
  double p = dollars_per_gpu_hour * price.scale;
  Range range{hours.value.low * hour.scale, hours.value.mid * hour.scale, hours.value.high * hour.scale};
  s.input({"hours", "GPU-hours", range, hour.dimension, hours.tag, hours.source});
  s.input({"rental_price", "$/GPU-hour", {p, p, p}, price.dimension, Tag::assumed, "--price"});
  s.line("gpu_hours", "GPU-hours", "GPU hours", "hours");
  s.line("dollars", "$", "total", "hours * rental_price");
  return s;
}

}  // namespace octet::plan
