// Who answers in `octet chat`: a model that is loaded here, or a server.
#pragma once
#include <functional>
#include <memory>
#include <string>

#include "app/torch/model_flags.h"
#include "octet/infer/generator.h"

namespace octet::app {

class Partner {
 public:
  virtual ~Partner() = default;
  virtual std::string title() const = 0;

  struct Said {
    std::string text;
    enum class End { whole, stopped } end = End::whole;  // stopped: `on_text` did not want more
  };
  virtual Said answer(const Json& messages, const SamplingFlags& sampling,
                      const std::function<bool(std::string_view)>& on_text) = 0;

  virtual std::string settings(const SamplingFlags& sampling) const = 0;  // Error{usage} for what is out of range
  virtual std::string stats() const = 0;                                  // of the last answer
  virtual const infer::ExpertTrace& trace() const = 0;
};

std::unique_ptr<Partner> make_local_partner(const ModelFlags& flags);

// `url`: of octet serve, or of another server of OpenAI's API; OPENAI_API_KEY is its key, if it is set. An empty
// `model` is the server's own.
std::unique_ptr<Partner> make_remote_partner(const std::string& url, const std::string& model);

}  // namespace octet::app
