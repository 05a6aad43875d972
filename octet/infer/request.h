// What an engine is asked, and what it tells of the answer while it comes. Token ids only, no text.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "octet/infer/sampling.h"
#include "octet/infer/token_mask.h"

namespace octet::infer {

// Why an answer ended. `cancelled`: by whom asked. `failed`: octet's own fault, told in the end event.
enum class Finish { stop, length, cancelled, failed };
const char* name(Finish finish);  // as in OpenAI's finish_reason

enum class Trace { none, experts };

struct Request {
  std::vector<int64_t> prompt;
  Sampling sampling;
  int64_t max_tokens = 1024;         // and never beyond the context
  std::vector<int64_t> stop_tokens;  // the end token is not part of the answer
  std::string client;                // whose turn it is counts by client; empty is one client of its own
  int alternatives = 0;              // most probable tokens told with each token, 0 to 20
  Trace trace = Trace::none;
  std::shared_ptr<TokenMask> mask;  // none: every token may come
};

// One token of the answer, as it was decided.
struct TokenEvent {
  int64_t token = 0;
  float logprob = 0;                                                // log softmax of the unchanged logits
  std::vector<Choice> alternatives;                                 // of the unchanged logits, most probable first
  enum class Source { sampled, drafted } source = Source::sampled;  // drafted: MTP proposed it and it was accepted
  // With Trace::experts, for the position whose logits chose this token: a list a layer with routed experts, in order.
  struct Layer {
    std::vector<int16_t> experts;  // best first
    std::vector<float> weights;    // as multiplied into the experts' outputs
  };
  std::vector<Layer> layers;
};

struct EndEvent {
  Finish finish = Finish::stop;
  std::string error;  // of Finish::failed
  int64_t prompt_tokens = 0, answer_tokens = 0;
  int64_t cached_tokens = 0;                        // of the prompt, found in the cache
  int64_t drafted_tokens = 0, accepted_tokens = 0;  // by MTP
  double seconds_queued = 0, seconds_prefill = 0, seconds_decode = 0;
  double seconds_shared = 0;  // of its steps, each divided by the answers that shared it
};

// Who listens to an answer. Called on the engine's thread, which waits: hand over and return. `end` is the last call.
class Listener {
 public:
  virtual ~Listener() = default;
  virtual void token(const TokenEvent& event) = 0;
  // After the tokens of a step, once all answers of the step have heard theirs: the time to wake others, who would
  // otherwise take the engine's processors while it tells the rest.
  virtual void step_told() {}
  virtual void end(const EndEvent& event) = 0;
};

}  // namespace octet::infer
