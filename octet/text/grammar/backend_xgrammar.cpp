// The only file that knows XGrammar (0.2.8): masks over a vocabulary from a grammar in its EBNF.
#include <time.h>
#include <xgrammar/xgrammar.h>

#include <stdexcept>

#include "octet/base/error.h"
#include "octet/text/grammar/backend.h"

// XGrammar is compiled to report through these. Its warnings say nothing that octet's user could act on.
namespace xgrammar {
[[noreturn]] void LogFatalImpl(const std::string&, int, const std::string& message) {
  throw std::runtime_error(message);
}
void LogMessageImpl(const std::string&, int, int, const std::string&) {}
}  // namespace xgrammar

namespace octet::text {

namespace {

// The time an answer may take in masks, of the thread's own: far above what useful grammars need (microseconds a
// token), far below what would hold up the answers beside it. Both for 2,048 tokens, and in proportion.
constexpr double patience_seconds = 0.2, patience_seconds_a_token = 0.002, patience_tokens = 2048;

double thread_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

class Stopwatch {
 public:
  explicit Stopwatch(double& total) : total_(total), begin_(thread_seconds()) {}
  ~Stopwatch() { total_ += thread_seconds() - begin_; }

 private:
  double& total_;
  double begin_;
};

}  // namespace

struct CompiledGrammar::Impl {
  xgrammar::CompiledGrammar grammar;
  int64_t vocab_size;
  std::vector<int32_t> stop_tokens;
};

struct GrammarBackend::Impl {
  xgrammar::TokenizerInfo tokens;
  xgrammar::GrammarCompiler compiler;
  int64_t vocab_size;
  std::vector<int32_t> stop_tokens;
};

struct GrammarState::Impl {
  std::shared_ptr<const CompiledGrammar> grammar;
  xgrammar::GrammarMatcher matcher;
  int64_t accepted = 0;
  double seconds = 0;
  enum class Completeness { unknown, no, yes } completeness = Completeness::unknown;
  std::vector<uint32_t> scratch = {};

  const CompiledGrammar::Impl& compiled() const { return grammar->impl(); }

  void only_stop_tokens(std::span<uint32_t> bits) const {
    std::ranges::fill(bits, 0);
    for (int32_t id : compiled().stop_tokens) bits[static_cast<size_t>(id) / 32] |= 1u << (id % 32);
  }

  void fill(std::span<uint32_t> bits) {
    check(bits.size() == static_cast<size_t>(compiled().vocab_size + 31) / 32, "a mask of another vocabulary's size");
    if (matcher.IsTerminated()) return only_stop_tokens(bits);
    Stopwatch stopwatch(seconds);
    auto words = static_cast<int64_t>(bits.size());
    DLTensor tensor{};
    tensor.data = bits.data();
    tensor.device = {kDLCPU, 0};
    tensor.ndim = 1;
    tensor.dtype = xgrammar::GetBitmaskDLType();
    tensor.shape = &words;
    matcher.FillNextTokenBitmask(&tensor);
    // Bits beyond the vocabulary name no token.
    if (int64_t rest = compiled().vocab_size % 32; rest != 0) bits.back() &= (1u << rest) - 1;
  }

  void lose_patience() const {
    double scale = std::max(1.0, static_cast<double>(compiled().vocab_size) / patience_tokens);
    if (seconds > scale * (patience_seconds + patience_seconds_a_token * static_cast<double>(accepted)))
      throw Error(ErrorKind::request,
                  fmt::format("the grammar is too ambiguous to follow: {:.1f} s for {} tokens", seconds, accepted),
                  "write it so that each text can be read in few ways");
  }
};

bool has_token_masks() { return true; }

CompiledGrammar::CompiledGrammar(std::unique_ptr<const Impl> impl) : impl_(std::move(impl)) {}
CompiledGrammar::~CompiledGrammar() = default;
size_t CompiledGrammar::bytes() const { return impl_->grammar.MemorySizeBytes(); }

GrammarBackend::GrammarBackend(const MaskVocabulary& vocabulary, size_t cache_bytes) {
  // RAW: the tokens are bytes already, as the tokenizer's own byte alphabet spells them.
  xgrammar::TokenizerInfo tokens(vocabulary.tokens, xgrammar::VocabType::RAW, static_cast<int>(vocabulary.size),
                                 vocabulary.stop_tokens);
  // One thread: errors in XGrammar's other threads would end the program.
  xgrammar::GrammarCompiler compiler(tokens, 1, true, static_cast<int64_t>(cache_bytes));
  impl_ = std::make_unique<Impl>(Impl{tokens, compiler, vocabulary.size, vocabulary.stop_tokens});
}

GrammarBackend::~GrammarBackend() = default;

std::shared_ptr<const CompiledGrammar> GrammarBackend::compile(const std::string& ebnf, const std::string& where) {
  try {
    auto impl = std::make_unique<CompiledGrammar::Impl>(
        CompiledGrammar::Impl{impl_->compiler.CompileGrammar(ebnf), impl_->vocab_size, impl_->stop_tokens});
    return std::make_shared<const CompiledGrammar>(std::move(impl));
  } catch (const std::runtime_error& error) {
    throw Error(ErrorKind::request, fmt::format("{}: XGrammar refuses it: {}", where, printable(error.what(), 300)));
  }
}

GrammarState::GrammarState(std::shared_ptr<const CompiledGrammar> grammar)
    : impl_(std::make_unique<Impl>(Impl{grammar, xgrammar::GrammarMatcher(grammar->impl().grammar)})) {}
GrammarState::GrammarState(GrammarState&&) noexcept = default;
GrammarState::~GrammarState() = default;

void GrammarState::fill(std::span<uint32_t> bits) {
  impl_->fill(bits);
  impl_->lose_patience();
}

bool GrammarState::accept(int32_t token) {
  if (token < 0 || token >= impl_->compiled().vocab_size || impl_->matcher.IsTerminated()) return false;
  Stopwatch stopwatch(impl_->seconds);
  if (!impl_->matcher.AcceptToken(token)) return false;
  ++impl_->accepted;
  impl_->completeness = Impl::Completeness::unknown;
  return true;
}

void GrammarState::rollback(int64_t tokens) {
  check(tokens >= 0 && tokens <= impl_->accepted, "a rollback beyond the beginning");
  if (tokens == 0) return;
  impl_->matcher.Rollback(static_cast<int>(tokens));
  impl_->accepted -= tokens;
  impl_->completeness = Impl::Completeness::unknown;
}

bool GrammarState::complete() {
  using enum Impl::Completeness;
  if (impl_->matcher.IsTerminated()) return true;
  if (!impl_->matcher.IsCompleted()) return false;
  if (impl_->completeness == unknown) {
    auto words = static_cast<size_t>(impl_->compiled().vocab_size + 31) / 32;
    std::vector<uint32_t> only_stops(words);
    impl_->scratch.resize(words);
    impl_->fill(impl_->scratch);
    impl_->only_stop_tokens(only_stops);
    impl_->completeness = impl_->scratch == only_stops ? yes : no;
  }
  return impl_->completeness == yes;
}

}  // namespace octet::text
