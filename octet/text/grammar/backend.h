// What octet asks of XGrammar. backend_xgrammar.cpp gives it; backend_absent.cpp stands in where octet is built
// without.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "octet/text/grammar/grammar.h"

namespace octet::text {

// A model's vocabulary as masks see it.
struct MaskVocabulary {
  std::vector<std::string> tokens;  // by id: the bytes that a token adds to a text; "" for one that is never allowed
  int64_t size = 0;                 // the model's, at least tokens.size()
  std::vector<int32_t> stop_tokens;
};

class GrammarBackend {
 public:
  // `cache_bytes` for the masks of rules that grammars share.
  GrammarBackend(const MaskVocabulary& vocabulary, size_t cache_bytes);
  ~GrammarBackend();
  // `ebnf` as print.h writes it. Error{request} beginning with `where` if XGrammar will not have it.
  std::shared_ptr<const CompiledGrammar> compile(const std::string& ebnf, const std::string& where);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace octet::text
