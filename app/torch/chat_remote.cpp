#include <cstdlib>

#include "app/torch/chat_partner.h"
#include "octet/base/units.h"
#include "octet/serve/http/client.h"

namespace octet::app {
namespace {

using serve::http::Client;

// What a server says of itself where it is an octet; null elsewhere.
Json ask_model(const Client& client, const std::vector<serve::http::Header>& headers) {
  std::string body;
  int status = client.request("GET", "/octet/model", headers, "", [&](std::string_view piece) {
    body += piece;
    return body.size() < (1 << 20);
  });
  if (status == 401)
    throw Error(ErrorKind::usage, fmt::format("{}: an API key is needed", client.url()), "set OPENAI_API_KEY");
  return status == 200 ? parse_json(body, client.url()) : Json();
}

class RemotePartner : public Partner {
 public:
  RemotePartner(const std::string& url, std::string model) : client_(url), model_(std::move(model)) {
    headers_ = {{"Content-Type", "application/json"}};
    if (const char* key = std::getenv("OPENAI_API_KEY"); key && *key)
      headers_.push_back({"Authorization", fmt::format("Bearer {}", key)});
    about_ = ask_model(client_, headers_);
    if (model_.empty() && about_.is_object()) model_ = about_.value("name", "");
    if (about_.is_object() && about_["experts"].is_object())
      for (const Json& layer : about_["experts"]["layers"])
        trace_.layers.push_back({layer, about_["experts"]["routed"], {}, {}});
  }

  std::string title() const override {
    return fmt::format("{} at {}", model_.empty() ? "a model" : model_, client_.url());
  }

  Said answer(const Json& messages, const SamplingFlags& sampling,
              const std::function<bool(std::string_view)>& on_text) override {
    for (auto& layer : trace_.layers) layer.chosen.clear(), layer.weights.clear();
    Said out;
    std::string held, error;
    int status = client_.request(
        "POST", "/v1/chat/completions", headers_, dump(request(messages, sampling)), [&](std::string_view piece) {
          held += piece;
          for (size_t end; (end = held.find('\n')) != held.npos; held.erase(0, end + 1))
            if (held.starts_with("data: {") && !take(parse_json(held.substr(6, end - 6), client_.url()), out, on_text))
              return false;
          return held.size() < (1 << 24);
        });
    if (status != 200) refuse(status, held);
    return out;
  }

  std::string settings(const SamplingFlags& sampling) const override {
    Json given = request(Json::array(), sampling);
    for (const char* key : {"messages", "model", "stream", "stream_options", "octet_trace"}) given.erase(key);
    return fmt::format("{}  (the rest is the server's own)\n", dump(given));
  }

  std::string stats() const override {
    if (!cost_.is_object()) throw Error(ErrorKind::usage, "no answer with figures yet, so there is nothing to report");
    auto number = [&](const char* key) { return cost_.value(key, 0.0); };
    return fmt::format("prompt   {} tokens, {} of them from the cache\n", number("prompt_tokens"),
                       number("cached_tokens")) +
           fmt::format("answer   {} tokens in {}; {:.1f} tokens/s; {} of {} guesses right\n", number("answer_tokens"),
                       format_duration(number("seconds_decode")), number("tokens_per_second"),
                       number("accepted_tokens"), number("drafted_tokens")) +
           fmt::format("cost     {}, {:.3g} J, {:.3g} dollars at an assumed {} W\n", format_flops(number("flops")),
                       number("joules"), number("dollars"), cost_.value("price", Json::object()).value("watts", 0.0));
  }

  const infer::ExpertTrace& trace() const override { return trace_; }

 private:
  Client client_;
  std::string model_;
  std::vector<serve::http::Header> headers_;
  Json about_, cost_;
  infer::ExpertTrace trace_;

  Json request(const Json& messages, const SamplingFlags& s) const {
    Json out = {{"messages", messages},
                {"stream", true},
                {"stream_options", {{"include_usage", true}}},
                {"max_tokens", s.max_tokens}};
    if (!model_.empty()) out["model"] = model_;
    auto set = [&](const char* key, const auto& value) {
      if (value) out[key] = *value;
    };
    set("temperature", s.temperature);
    set("top_p", s.top_p);
    set("min_p", s.min_p);
    set("top_k", s.top_k);
    set("repetition_penalty", s.repetition_penalty);
    set("seed", s.seed);
    if (!s.stop.empty()) out["stop"] = s.stop;
    if (s.ignore_eos) out["ignore_eos"] = true;
    if (about_.is_object()) out["octet_trace"] = {{"experts", true}};
    return out;
  }

  // One event of the stream; false when no more is wanted.
  bool take(const Json& event, Said& out, const std::function<bool(std::string_view)>& on_text) {
    if (event.contains("error")) refuse(200, dump(event));
    if (event.contains("octet_cost")) cost_ = event["octet_cost"];
    for (const Json& choice : event.value("choices", Json::array())) {
      for (const Json& token : choice.value("octet_trace", Json::array())) take_experts(token);
      Json content = choice.value("delta", Json::object()).value("content", Json());
      if (!content.is_string() || content.get_ref<const std::string&>().empty()) continue;
      out.text += content.get<std::string>();
      if (on_text(content.get_ref<const std::string&>())) continue;
      out.end = Said::End::stopped;
      return false;
    }
    return true;
  }

  void take_experts(const Json& token) {
    Json experts = token.value("experts", Json::array());
    Json weights = token.value("weights", Json::array());
    for (size_t l = 0; l < trace_.layers.size() && l < experts.size() && l < weights.size(); ++l) {
      trace_.layers[l].chosen.push_back(experts[l].get<std::vector<int64_t>>());
      trace_.layers[l].weights.push_back(weights[l].get<std::vector<float>>());
    }
  }

  [[noreturn]] void refuse(int status, const std::string& body) const {
    std::string message = fmt::format("status {}", status);
    try {
      message = parse_json(body, "an error").at("error").at("message").get<std::string>();
    } catch (const std::exception&) {  // not in OpenAI's form: the status is all there is
    }
    throw Error(ErrorKind::request, fmt::format("{}: {}", client_.url(), printable(message, 300)));
  }
};

}  // namespace

std::unique_ptr<Partner> make_remote_partner(const std::string& url, const std::string& model) {
  return std::make_unique<RemotePartner>(url, model);
}

}  // namespace octet::app
