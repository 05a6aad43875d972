// The parts of XGrammar that octet does not build, for the linker's sake: its grammar compiler refers to them.
#include "json_schema_converter.h"
#include "lark_converter.h"
#include "structural_tag.h"
#include "support/logging.h"

namespace xgrammar {

Grammar JSONSchemaToGrammar(const std::string&, bool, std::optional<int>, std::optional<std::pair<std::string, std::string>>,
                            bool, std::optional<int>, bool, JSONFormat, std::vector<std::string>) {
  XGRAMMAR_LOG(FATAL) << "XGrammar's JSON Schema converter is not part of this build";
  XGRAMMAR_UNREACHABLE();
}

Grammar LarkToGrammar(const std::string&, const std::optional<TokenizerInfo>&, const std::vector<NamedGrammar>&) {
  XGRAMMAR_LOG(FATAL) << "XGrammar's Lark converter is not part of this build";
  XGRAMMAR_UNREACHABLE();
}

Result<Grammar, StructuralTagError> StructuralTagToGrammar(const std::string&, const std::optional<TokenizerInfo>&) {
  XGRAMMAR_LOG(FATAL) << "XGrammar's structural tags are not part of this build";
  XGRAMMAR_UNREACHABLE();
}

}  // namespace xgrammar
