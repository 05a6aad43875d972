#include "octet/serve/metrics.h"

#include <fmt/format.h>
#include <prometheus/counter.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>

namespace octet::serve {

namespace {

using prometheus::Histogram;
using prometheus::MetricFamily;
using prometheus::MetricType;
using Labels = prometheus::Labels;
using Buckets = Histogram::BucketBoundaries;

// vLLM's buckets, so that its dashboards fit.
const Buckets first_token_buckets = {0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75,
                                     1,     2.5,   5,    7.5,  10,   20,   40,   80,  160,  640, 2560};
const Buckets token_buckets = {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3,
                               0.4,    0.5,   0.75,   1,     2.5,  5,     7.5,  10,    20,  40,   80};
const Buckets request_buckets = {0.01, 0.03, 0.1, 0.3, 0.5, 0.8, 1,   1.5, 2,   2.5, 5,    10,
                                 15,   20,   30,  40,  50,  60,  120, 240, 480, 960, 1920, 7680};
const Buckets count_buckets = {1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000, 50000, 100000};

double resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  double total = 0, resident = 0;
  statm >> total >> resident;
  return resident * static_cast<double>(sysconf(_SC_PAGESIZE));
}

// Families made from numbers that are known as they stand.
class Snapshot {
 public:
  explicit Snapshot(Labels common) : common_(std::move(common)) {}
  void gauge(const char* name, const char* help, double value) { add(name, help, MetricType::Gauge, {}, value); }
  void counter(const char* name, const char* help, double value) { add(name, help, MetricType::Counter, {}, value); }
  // One more series of the family that was added last, or a first one.
  void add(const char* name, const char* help, MetricType type, const Labels& labels, double value) {
    if (families.empty() || families.back().name != name) families.push_back({name, help, type, {}});
    prometheus::ClientMetric metric;
    auto label = [&](const Labels& set) {
      for (const auto& [key, text] : set) {
        metric.label.emplace_back();
        metric.label.back().name = key;
        metric.label.back().value = text;
      }
    };
    label(common_);
    label(labels);
    if (type == MetricType::Gauge)
      metric.gauge.value = value;
    else
      metric.counter.value = value;
    families.back().metric.push_back(std::move(metric));
  }
  std::vector<MetricFamily> families;

 private:
  Labels common_;
};

}  // namespace

struct Metrics::State {
  Labels common;
  std::vector<int64_t> layers;
  std::function<infer::EngineStatistics()> statistics;
  prometheus::Registry registry;
  prometheus::Family<prometheus::Counter>* success;
  prometheus::Family<prometheus::Counter>* responses;
  Histogram *first_token, *next_token, *token_name_before, *mean_token, *latency, *queue, *prefill, *decode, *inference;
  Histogram *prompt_tokens, *answer_tokens;

  State(const std::string& model_name, std::vector<int64_t> l, std::function<infer::EngineStatistics()> s)
      : common{{"model_name", model_name}}, layers(std::move(l)), statistics(std::move(s)) {
    auto histogram = [&](const char* name, const char* help, const Buckets& buckets) {
      return &prometheus::BuildHistogram().Name(name).Help(help).Labels(common).Register(registry).Add({}, buckets);
    };
    first_token =
        histogram("vllm:time_to_first_token_seconds", "From a request to its first token", first_token_buckets);
    next_token = histogram("vllm:inter_token_latency_seconds", "Between two tokens of an answer", token_buckets);
    token_name_before = histogram("vllm:time_per_output_token_seconds",
                                  "Between two tokens of an answer (inter_token_latency's name before)", token_buckets);
    mean_token =
        histogram("vllm:request_time_per_output_token_seconds", "Mean time between tokens, by answer", token_buckets);
    latency = histogram("vllm:e2e_request_latency_seconds", "From a request to its last token", request_buckets);
    queue = histogram("vllm:request_queue_time_seconds", "Waiting before the first step", request_buckets);
    prefill = histogram("vllm:request_prefill_time_seconds", "Reading the prompt", request_buckets);
    decode = histogram("vllm:request_decode_time_seconds", "From first to last token", request_buckets);
    inference = histogram("vllm:request_inference_time_seconds", "Prefill and decode together", request_buckets);
    prompt_tokens = histogram("vllm:request_prompt_tokens", "Tokens of a prompt", count_buckets);
    answer_tokens = histogram("vllm:request_generation_tokens", "Tokens of an answer", count_buckets);
    success = &prometheus::BuildCounter()
                   .Name("vllm:request_success_total")
                   .Help("Answers, by why they ended")
                   .Labels(common)
                   .Register(registry);
    responses = &prometheus::BuildCounter()
                     .Name("octet_http_responses_total")
                     .Help("HTTP responses, by status")
                     .Labels(common)
                     .Register(registry);
    for (const char* reason : {"stop", "length", "tool_calls", "abort"}) success->Add({{"finished_reason", reason}});
  }

  void engine(Snapshot& out) const;
  void experts(Snapshot& out, const infer::EngineStatistics& s) const;
};

void Metrics::State::engine(Snapshot& out) const {
  infer::EngineStatistics s = statistics();
  auto number = [](int64_t n) { return static_cast<double>(n); };
  double usage = s.cache_blocks > 0 ? number(s.cache_blocks_used) / number(s.cache_blocks) : 0;
  out.gauge("vllm:num_requests_running", "Answers in the batch", number(s.running));
  out.gauge("vllm:num_requests_waiting", "Requests that wait for a place in it", number(s.waiting));
  out.gauge("vllm:kv_cache_usage_perc", "Share of the cache in use; 1 is all", usage);
  out.gauge("vllm:gpu_cache_usage_perc", "kv_cache_usage_perc by its name before", usage);
  out.counter("vllm:num_preemptions_total", "Answers that gave their cache up for a while", number(s.preemptions));
  out.counter("vllm:prompt_tokens_total", "Tokens of prompts", number(s.prompt_tokens));
  out.counter("vllm:generation_tokens_total", "Tokens of answers", number(s.answer_tokens));
  out.counter("vllm:prefix_cache_queries_total", "Tokens of prompts that were looked for in the cache",
              number(s.prompt_tokens));
  out.counter("vllm:prefix_cache_hits_total", "Of those, found", number(s.cached_tokens));
  out.counter("vllm:spec_decode_num_draft_tokens_total", "Tokens that MTP proposed", number(s.drafted_tokens));
  out.counter("vllm:spec_decode_num_accepted_tokens_total", "Of those, accepted", number(s.accepted_tokens));
  out.counter("octet_mtp_drafted_tokens_total", "Tokens that MTP proposed", number(s.drafted_tokens));
  out.counter("octet_mtp_accepted_tokens_total", "Of those, accepted", number(s.accepted_tokens));
  out.counter("octet_engine_steps_total", "Steps of the engine", number(s.steps));
  out.counter("octet_engine_model_seconds_total", "Time of the steps within the model", s.seconds_model);
  out.counter("octet_engine_overhead_seconds_total", "Time of the steps outside the model", s.seconds_overhead);
  out.gauge("octet_cache_bytes_per_token", "Bytes of cache that a token takes", number(s.cache_bytes_per_token));
  experts(out, s);
}

void Metrics::State::experts(Snapshot& out, const infer::EngineStatistics& s) const {
  auto label = [&](size_t l) { return std::to_string(l < layers.size() ? layers[l] : static_cast<int64_t>(l)); };
  for (size_t l = 0; l < s.expert_load.size(); ++l) {
    double total = 0, most = 0;
    for (int64_t n : s.expert_load[l]) total += static_cast<double>(n), most = std::max(most, static_cast<double>(n));
    double mean = total / static_cast<double>(std::max<size_t>(1, s.expert_load[l].size()));
    out.add("octet_expert_load_max_over_mean", "The busiest expert's load over the mean, by layer", MetricType::Gauge,
            {{"layer", label(l)}}, mean > 0 ? most / mean : 1);
  }
  for (size_t l = 0; l < s.expert_load.size(); ++l)
    for (size_t e = 0; e < s.expert_load[l].size(); ++e)
      out.add("octet_expert_load_total", "Times that an expert was chosen", MetricType::Counter,
              {{"layer", label(l)}, {"expert", std::to_string(e)}}, static_cast<double>(s.expert_load[l][e]));
}

Metrics::Metrics(const std::string& model_name, std::vector<int64_t> layers,
                 std::function<infer::EngineStatistics()> statistics)
    : state_(std::make_unique<State>(model_name, std::move(layers), std::move(statistics))) {}
Metrics::~Metrics() = default;

void Metrics::first_token(double seconds) { state_->first_token->Observe(seconds); }

void Metrics::next_token(double seconds) {
  state_->next_token->Observe(seconds);
  state_->token_name_before->Observe(seconds);
}

void Metrics::ended(const infer::EndEvent& end, std::string_view reason, double seconds, int64_t answer_tokens) {
  State& s = *state_;
  s.success->Add({{"finished_reason", std::string(reason)}}).Increment();
  s.latency->Observe(seconds);
  s.queue->Observe(end.seconds_queued);
  s.prefill->Observe(end.seconds_prefill);
  s.decode->Observe(end.seconds_decode);
  s.inference->Observe(end.seconds_prefill + end.seconds_decode);
  s.prompt_tokens->Observe(static_cast<double>(end.prompt_tokens));
  s.answer_tokens->Observe(static_cast<double>(answer_tokens));
  if (end.answer_tokens > 1) s.mean_token->Observe(end.seconds_decode / static_cast<double>(end.answer_tokens - 1));
}

void Metrics::responded(int status) { state_->responses->Add({{"status", std::to_string(status)}}).Increment(); }

std::string Metrics::text() const {
  Snapshot now(state_->common);
  state_->engine(now);
  now.gauge("process_resident_memory_bytes", "Memory of the process", resident_bytes());
  auto families = state_->registry.Collect();
  families.insert(families.end(), now.families.begin(), now.families.end());
  return prometheus::TextSerializer().Serialize(families);
}

}  // namespace octet::serve
