#include <cstdlib>

#include "app/torch/chat_partner.h"
#include "octet/base/units.h"
#include "octet/serve/http/client.h"

namespace octet::app {
namespace {

using serve::http::Client;

// The value of a key that is there and not null.
const Json* member(const Json& object, const char* key) {
  if (!object.is_object()) return nullptr;
  auto at = object.find(key);
  return at == object.end() || at->is_null() ? nullptr : &*at;
}

double number_in(const Json* object, const char* key) {
  const Json* value = object ? member(*object, key) : nullptr;
  return value && value->is_number() ? value->get<double>() : 0;
}

// What a server says of itself where it is an octet; null elsewhere.
Json ask_model(const Client& client, const std::vector<serve::http::Header>& headers) {
  std::string body;
  int status = client.request("GET", "/octet/model", headers, "", [&](std::string_view piece) {
    body += piece;
    return body.size() < (1 << 20);
  });
  if (status == 401)
    throw Error(ErrorKind::usage, fmt::format("{}: an API key is needed", client.url()), "set OPENAI_API_KEY");
  if (status != 200) return Json();
  try {
    Json about = parse_json(body, client.url());
    return about.is_object() ? about : Json();
  } catch (const Error&) {  // another server, which has a page for every path
    return Json();
  }
}

// Layers with experts, as octet's own server lists them; none where anything is amiss.
infer::ExpertTrace empty_trace(const Json& about) {
  constexpr int64_t most_experts = 1 << 20;
  infer::ExpertTrace out;
  try {
    if (const Json* experts = member(about, "experts"))
      for (const Json& layer : experts->at("layers")) {
        auto routed = experts->at("routed").get<int64_t>();
        if (routed < 1 || routed > most_experts) return {};
        out.layers.push_back({layer.get<int64_t>(), routed, {}, {}});
      }
  } catch (const Json::exception&) {
    return {};
  }
  return out;
}

class RemotePartner : public Partner {
 public:
  RemotePartner(const std::string& url, std::string model) : client_(url), model_(std::move(model)) {
    headers_ = {{"Content-Type", "application/json"}};
    if (const char* key = std::getenv("OPENAI_API_KEY"); key && *key)
      headers_.push_back({"Authorization", fmt::format("Bearer {}", key)});
    about_ = ask_model(client_, headers_);
    const Json* name = member(about_, "name");
    if (model_.empty() && name && name->is_string()) model_ = name->get<std::string>();
    trace_ = empty_trace(about_);
  }

  std::string title() const override {
    return fmt::format("{} at {}", model_.empty() ? "a model" : model_, client_.url());
  }

  Said answer(const Json& messages, const SamplingFlags& sampling,
              const std::function<bool(std::string_view)>& on_text) override {
    for (auto& layer : trace_.layers) layer.chosen.clear(), layer.weights.clear();
    Said out;
    std::string held, other;  // other: what is no event, in the end an error or an answer in one piece
    bool events = false;
    auto take_line = [&](std::string_view line) {
      if (line.ends_with('\r')) line.remove_suffix(1);
      if (!line.starts_with("data:")) {
        other.append(line).append("\n");
        return true;
      }
      line.remove_prefix(std::min(line.find_first_not_of(' ', 5), line.size()));
      events = true;
      return line.empty() || line == "[DONE]" || take(parse_json(line, client_.url()), out, on_text);
    };
    int status = client_.request("POST", "/v1/chat/completions", headers_, dump(request(messages, sampling)),
                                 [&](std::string_view piece) {
                                   held += piece;
                                   size_t begin = 0;
                                   for (size_t end; (end = held.find('\n', begin)) != held.npos; begin = end + 1)
                                     if (!take_line(std::string_view(held).substr(begin, end - begin))) return false;
                                   held.erase(0, begin);
                                   return held.size() + other.size() < (1 << 24);
                                 });
    if (out.end == Said::End::stopped) return out;
    if (!held.empty() && !take_line(held)) return out;
    if (status != 200) refuse(status, other);
    if (!events) take(parse_json(other, client_.url()), out, on_text);
    return out;
  }

  std::string settings(const SamplingFlags& sampling) const override {
    Json given = request(Json::array(), sampling);
    for (const char* key : {"messages", "model", "stream", "stream_options", "octet_trace"}) given.erase(key);
    return fmt::format("{}  (the rest is the server's own)\n", dump(given));
  }

  std::string stats() const override {
    if (!cost_.is_object()) throw Error(ErrorKind::usage, "no answer with figures yet, so there is nothing to report");
    auto number = [&](const char* key) { return number_in(&cost_, key); };
    return fmt::format("prompt   {} tokens, {} of them from the cache\n", number("prompt_tokens"),
                       number("cached_tokens")) +
           fmt::format("answer   {} tokens in {}; {:.1f} tokens/s; {} of {} guesses right\n", number("answer_tokens"),
                       format_duration(number("seconds_decode")), number("tokens_per_second"),
                       number("accepted_tokens"), number("drafted_tokens")) +
           fmt::format("cost     {}, {:.3g} J, {:.3g} dollars at an assumed {} W\n", format_flops(number("flops")),
                       number("joules"), number("dollars"), number_in(member(cost_, "price"), "watts"));
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

  // One event of the stream, or an answer in one piece; false when no more is wanted.
  bool take(const Json& event, Said& out, const std::function<bool(std::string_view)>& on_text) {
    if (member(event, "error")) refuse(200, dump(event));
    const Json *choices = member(event, "choices"), *cost = member(event, "octet_cost");
    if (cost) cost_ = *cost;
    if (!event.is_object() || (choices && !choices->is_array())) refuse_event(event);
    for (const Json& choice : choices ? *choices : Json::array()) {
      const Json *delta = member(choice, "delta"), *message = delta ? delta : member(choice, "message");
      if (!choice.is_object() || (message && !message->is_object())) refuse_event(event);
      if (const Json* trace = member(choice, "octet_trace")) take_experts(*trace, event);
      const Json* content = message ? member(*message, "content") : nullptr;
      if (!content) continue;
      if (!content->is_string()) refuse_event(event);
      const auto& text = content->get_ref<const std::string&>();
      out.text += text;
      if (text.empty() || on_text(text)) continue;
      out.end = Said::End::stopped;
      return false;
    }
    return true;
  }

  void take_experts(const Json& tokens, const Json& event) {
    try {
      for (const Json& token : tokens) {
        Json experts = token.value("experts", Json::array()), weights = token.value("weights", Json::array());
        for (size_t l = 0; l < trace_.layers.size() && l < experts.size() && l < weights.size(); ++l) {
          auto chosen = experts.at(l).get<std::vector<int64_t>>();
          for (int64_t e : chosen)
            if (e < 0 || e >= trace_.layers[l].experts) refuse_event(event);
          trace_.layers[l].chosen.push_back(std::move(chosen));
          trace_.layers[l].weights.push_back(weights.at(l).get<std::vector<float>>());
        }
      }
    } catch (const Json::exception&) {
      refuse_event(event);
    }
  }

  [[noreturn]] void refuse_event(const Json& event) const {
    throw Error(ErrorKind::request, fmt::format("{}: expected an answer of OpenAI's chat API, found {}", client_.url(),
                                                printable(dump(event), 200)));
  }

  [[noreturn]] void refuse(int status, const std::string& body) const {
    std::string message = fmt::format("status {}", status);
    try {
      Json error = parse_json(body, "an error").at("error");
      message = error.is_string() ? error.get<std::string>() : error.at("message").get<std::string>();
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
