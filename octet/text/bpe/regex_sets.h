// What matches one character in a pattern: a literal, an escape, a set in brackets.
#pragma once
#include "octet/text/bpe/regex_cursor.h"
#include "octet/text/bpe/unicode.h"

namespace octet::text::regex {

enum class Case { kept, ignored };  // ignored: within (?i:

// Takes one from the cursor, which is not at the end.
CodePointSet parse_single(Cursor& cursor, Case letters);

}  // namespace octet::text::regex
