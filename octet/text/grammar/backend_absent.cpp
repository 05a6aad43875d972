// In a build without XGrammar: structured output is refused by name, all else works.
#include "octet/base/error.h"
#include "octet/text/grammar/backend.h"

namespace octet::text {

namespace {

[[noreturn]] void no_token_masks() {
  throw Error(ErrorKind::unsupported, "structured output needs XGrammar, and this octet was built without it",
              "build with ./run build, or cmake -DOCTET_XGRAMMAR=DIR with its unpacked sources");
}

}  // namespace

struct CompiledGrammar::Impl {};
struct GrammarBackend::Impl {};
struct GrammarState::Impl {};

bool has_token_masks() { return false; }

CompiledGrammar::CompiledGrammar(std::unique_ptr<const Impl> impl) : impl_(std::move(impl)) {}
CompiledGrammar::~CompiledGrammar() = default;
size_t CompiledGrammar::bytes() const { return 0; }

GrammarBackend::GrammarBackend(const MaskVocabulary&, size_t) {}
GrammarBackend::~GrammarBackend() = default;
std::shared_ptr<const CompiledGrammar> GrammarBackend::compile(const std::string&, const std::string&) {
  no_token_masks();
}

GrammarState::GrammarState(std::shared_ptr<const CompiledGrammar>) { no_token_masks(); }
GrammarState::GrammarState(GrammarState&&) noexcept = default;
GrammarState::~GrammarState() = default;
void GrammarState::fill(std::span<uint32_t>) { no_token_masks(); }
bool GrammarState::accept(int32_t) { no_token_masks(); }
void GrammarState::rollback(int64_t) { no_token_masks(); }
bool GrammarState::complete() { no_token_masks(); }

}  // namespace octet::text
