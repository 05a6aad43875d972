// Which tokens may come next: what structured output asks of the sampler. An interface: the grammars that fill it know
// text, and this folder does not.
#pragma once
#include <cstdint>
#include <span>

namespace octet::infer {

// One answer's state. Used by the engine's thread alone.
class TokenMask {
 public:
  virtual ~TokenMask() = default;

  // Bit i of word i / 32 says whether token i may come next; `bits` has (vocabulary + 31) / 32 words, all overwritten.
  virtual void fill(std::span<uint32_t> bits) = 0;

  // Goes on past a token that fill() allowed. False if it did not allow it; then nothing has changed.
  virtual bool accept(int64_t token) = 0;

  // Takes the last `tokens` accepted ones back: the masks of a rejected draft are undone so.
  virtual void rollback(int64_t tokens) = 0;

  // The answer is complete and nothing may follow but an end token.
  virtual bool complete() const = 0;
};

}  // namespace octet::infer
