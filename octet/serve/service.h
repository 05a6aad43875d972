// What all routes share: the model as the outside knows it, the engine, and who may ask for how much.
#pragma once
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "octet/arch/generation.h"
#include "octet/chat/prompt.h"
#include "octet/chat/structure.h"
#include "octet/infer/engine.h"
#include "octet/serve/cost.h"
#include "octet/serve/keys.h"
#include "octet/serve/metrics.h"
#include "octet/serve/openai/requests.h"

namespace octet::serve {

struct ServedModel {
  std::vector<std::string> names;  // the first is what answers say
  arch::Config config;
  arch::GenerationConfig generation;
  text::Tokenizer tokenizer;
  std::optional<chat::PromptMaker> prompts;        // none: no template, so no chats
  std::shared_ptr<chat::GrammarFactory> grammars;  // none: no structured output
  int64_t created = 0;                             // Unix time
};

enum class LogPrompts { no, yes };

struct ServiceOptions {
  std::string version;
  ApiKeys keys;
  int64_t per_client = 0;  // answers under way and waiting; 0: only the engine's limits
  std::vector<std::string> cors_origins;
  std::string only_host;                     // no requests for other hosts than it and the loopback; empty: any
  std::vector<std::string> trusted_proxies;  // peers whose X-Forwarded-For is believed
  LogPrompts log_prompts = LogPrompts::no;
  Price price;
};

// How many answers each client has under way or waiting.
class ClientSlots {
 public:
  explicit ClientSlots(int64_t most) : most_(most) {}

  // Places that are given back with it.
  class Held {
   public:
    Held() = default;
    Held(ClientSlots* slots, std::string client, int64_t count)
        : slots_(slots), client_(std::move(client)), count_(count) {}
    Held(Held&& other) noexcept { swap(other); }
    Held& operator=(Held&& other) noexcept {
      swap(other);
      return *this;
    }
    ~Held() {
      if (slots_) slots_->release(client_, count_);
    }

   private:
    void swap(Held& other) {
      std::swap(slots_, other.slots_);
      std::swap(client_, other.client_);
      std::swap(count_, other.count_);
    }
    ClientSlots* slots_ = nullptr;
    std::string client_;
    int64_t count_ = 0;
  };
  std::optional<Held> take(const std::string& client, int64_t count);  // none: too many

 private:
  int64_t most_;
  std::mutex mutex_;
  std::map<std::string, int64_t> counts_;
  void release(const std::string& client, int64_t count);
};

class Service {
 public:
  Service(ServedModel model, std::unique_ptr<infer::Engine> engine, ServiceOptions options);

  const ServedModel model;
  const ServiceOptions options;
  const CostModel cost;
  const std::vector<int64_t> expert_layers;  // indices of the layers with routed experts
  Metrics metrics;
  ClientSlots slots;
  infer::Engine& engine() const { return *engine_; }
  ModelFacts facts() const;
  const std::string& name() const { return model.names.front(); }
  // ApiError if a prompt of so many bytes cannot fit the context, whatever its tokens: it is not worth encoding.
  void check_prompt_bytes(size_t bytes, const char* param) const;
  void check_model(const std::string& asked) const;  // ApiError 404 if it is another's name; "" is the one here
  std::string new_id(std::string_view prefix);       // "chatcmpl-5f3c...", never twice
  int retry_after() const;                           // seconds until a place in the queue is likely

  // Refuses new answers and waits for the running ones; see Engine::drain.
  bool drain(double seconds);
  bool draining() const { return draining_; }

 private:
  std::unique_ptr<infer::Engine> engine_;
  std::atomic<bool> draining_{false};
  std::atomic<uint64_t> ids_{0};
  size_t longest_token_;  // bytes
  uint64_t id_seed_;
};

}  // namespace octet::serve
