#include "app/torch/chat_partner.h"
#include "octet/base/units.h"
#include "octet/chat/answer.h"
#include "octet/chat/expert_map.h"

namespace octet::app {
namespace {

class LocalPartner : public Partner {
 public:
  explicit LocalPartner(const ModelFlags& flags) : model_(flags.load()), generator_(model_.model, model_.context) {
    if (!model_.tokenizer || !model_.chat_template) chat::render_chat(model_, Json::array());  // says what is missing
  }

  std::string title() const override {
    return fmt::format("{} ({} layers, context {})", model_.path.filename().string(), model_.model->config.n_layers(),
                       format_thousands(model_.context));
  }

  Said answer(const Json& messages, const SamplingFlags& sampling,
              const std::function<bool(std::string_view)>& on_text) override {
    auto prompt = chat::render_chat(model_, messages);
    auto result = chat::answer(generator_, model_, prompt, sampling.options(model_), sampling.stop, on_text);
    last_ = std::move(result.generated);
    bool stopped = last_->finish == infer::Finish::cancelled;
    return {std::move(result.text), stopped ? Said::End::stopped : Said::End::whole};
  }

  std::string settings(const SamplingFlags& sampling) const override {
    auto o = sampling.options(model_);
    return fmt::format("temperature {}  top-p {}  top-k {}  min-p {}  repetition-penalty {}  max-tokens {}  seed {}\n",
                       o.sampling.temperature, o.sampling.top_p, o.sampling.top_k, o.sampling.min_p,
                       o.sampling.repetition_penalty, o.max_tokens,
                       sampling.seed ? std::to_string(*sampling.seed) : "random");
  }

  std::string stats() const override {
    if (!last_) throw Error(ErrorKind::usage, "no answer yet, so there is nothing to report");
    auto rate = [](double tokens, double seconds) { return seconds > 0 ? tokens / seconds : 0; };
    auto computed = static_cast<double>(last_->prompt_tokens - last_->reused_tokens);
    auto bytes = static_cast<double>(generator_.cache_bytes());
    double a_token = bytes / std::max<double>(1, static_cast<double>(generator_.cached_tokens()));
    return fmt::format("prompt   {} tokens, {} of them from the cache; {:.0f} tokens/s\n", last_->prompt_tokens,
                       last_->reused_tokens, rate(computed, last_->seconds_prefill)) +
           fmt::format("answer   {} tokens in {}; {:.1f} tokens/s\n", last_->tokens.size(),
                       format_duration(last_->seconds_decode),
                       rate(static_cast<double>(last_->tokens.size()), last_->seconds_decode)) +
           fmt::format("cache    {} tokens, {} ({} a token)\n", generator_.cached_tokens(), format_bytes(bytes),
                       format_bytes(a_token)) +
           fmt::format("experts  busiest over mean {:.2f}; /experts shows them\n",
                       chat::load_max_over_mean(generator_.trace()));
  }

  const infer::ExpertTrace& trace() const override { return generator_.trace(); }

 private:
  chat::ModelFolder model_;
  infer::Generator generator_;
  std::optional<infer::Generated> last_;
};

}  // namespace

std::unique_ptr<Partner> make_local_partner(const ModelFlags& flags) { return std::make_unique<LocalPartner>(flags); }

}  // namespace octet::app
