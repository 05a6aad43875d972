#include "octet/arch/inventory.h"
#include "octet/serve/http/wire.h"
#include "octet/serve/routes/context.h"

namespace octet::serve {

namespace {

Json model_object(const Service& service, const std::string& name) {
  return {{"id", name},          {"object", "model"},      {"created", service.model.created},
          {"owned_by", "octet"}, {"root", service.name()}, {"max_model_len", service.engine().context()}};
}

const arch::Experts* first_experts(const arch::Config& config) {
  for (const auto& layer : config.layers)
    if (const auto* experts = std::get_if<arch::Experts>(&layer.ffn)) return experts;
  return nullptr;
}

}  // namespace

http::Answer models(Context& context) {
  Json list = Json::array();
  for (const auto& name : context.service.model.names) list.push_back(model_object(context.service, name));
  return json_response({{"object", "list"}, {"data", std::move(list)}});
}

http::Answer one_model(Context& context) {
  std::string name = http::percent_decoded(context.request.path.substr(std::string_view("/v1/models/").size()));
  context.service.check_model(name);
  return json_response(model_object(context.service, name.empty() ? context.service.name() : name));
}

http::Answer health(Context&) { return json_response({{"status", "ok"}}); }

http::Answer metrics(Context& context) {
  http::Response out;
  out.type = Metrics::text_type;
  out.body = context.service.metrics.text();
  return out;
}

http::Answer octet_model(Context& context) {
  Service& service = context.service;
  const auto& config = service.model.config;
  auto summary = arch::summarise(config, service.engine().context());
  infer::Sampling sampling = default_sampling(service.model.generation);
  Json experts;
  if (const auto* e = first_experts(config))
    experts = {
        {"layers", service.expert_layers}, {"routed", e->n_routed}, {"chosen", e->top_k}, {"shared", e->n_shared}};
  return json_response({{"name", service.name()},
                        {"version", service.options.version},
                        {"context", service.engine().context()},
                        {"vocab", config.vocab},
                        {"layers", config.n_layers()},
                        {"experts", std::move(experts)},
                        {"mtp", !config.mtp_layers.empty()},
                        {"thinking", service.model.prompts && service.model.prompts->thinks()},
                        {"parameters", summary.parameters},
                        {"active_parameters", summary.active_parameters},
                        {"cache_bytes_per_token", service.engine().statistics().cache_bytes_per_token},
                        {"sampling",
                         {{"temperature", sampling.temperature},
                          {"top_p", sampling.top_p},
                          {"top_k", sampling.top_k},
                          {"min_p", sampling.min_p},
                          {"repetition_penalty", sampling.repetition_penalty}}}});
}

http::Answer octet_experts(Context& context) {
  return json_response(
      {{"layers", context.service.expert_layers}, {"load", context.service.engine().statistics().expert_load}});
}

}  // namespace octet::serve
