// The views on what something costs. They answer different questions and are never added to each other:
//
//   rental        what the run's GPU hours would cost at a market price, and nothing else
//   amortised     the same hours at what they cost the owner of the machines: capital by annuity, power, room, idle
//   time organisation  a year of the company that could make the run: its whole fleet, its people, its failures
#pragma once
#include "octet/plan/cost/book.h"
#include "octet/plan/cost/sheet.h"

namespace octet::plan {

// Lines pretraining, context_extension, post_training, gpu_hours, dollars, dollars_per_trillion_tokens, days.
Sheet rental_view(const Book& run);
// Lines capital_hour, operating_hour, hour, dollars. `tco` may lack `busy` (then the GPUs never idle).
Sheet amortised_view(const Book& run, const Book& tco);
// Lines a year: servers, network, storage …, power, colocation, hands, staff, year; of which failures, experiments;
// the run's share of the fleet's hours.
Sheet organisation_view(const Book& run, const Book& organisation);

// Lines capital_hour ($1.154), operating_hour ($0.438), hour ($1.59).
Sheet tco_view(const Book& tco);
// Lines r1_zero, sft_data, r1, gpu_hours (147K), dollars ($294K).
Sheet r1_view(const Book& book);
// Lines cost ($87,072), revenue, margin, rates a node, dollars a million tokens.
Sheet serving_day_view(const Book& book);
// Whether a published figure for the day's revenue is the one to use: not after a count or a price has been set.
bool has_published_revenue(const Book& day);

// A run that is only hours times a price.
struct Hours {
  Range value;  // GPU hours
  Tag tag = Tag::stated;
  std::string source;
};
Sheet plain_run_view(const Hours& hours, double dollars_per_gpu_hour);

}  // namespace octet::plan
