// Takes out of a grammar what can never be completed, so that a mask never leads into a dead end.
#pragma once
#include <string>

#include "octet/text/grammar/rules.h"

namespace octet::text {

// `rules` without what matches no finite text (empty sets, rules that always need themselves) and without rules that
// the root does not reach. Error{request} beginning with `where` if nothing at all is left.
Rules prune(const Rules& rules, const std::string& where);

}  // namespace octet::text
