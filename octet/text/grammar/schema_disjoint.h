// Whether two schemas can be told apart: `oneOf` is a choice only if no value fits two of its options.
#pragma once
#include "octet/base/json.h"

namespace octet::text {

// Where "#/..." points to in `document`; null if nowhere.
const Json* follow_pointer(const Json& document, std::string_view reference);

enum class Disjoint { unknown, yes };

// yes only if it is certain: the types differ, or the listed values, or those of a member that both require.
Disjoint are_disjoint(const Json& document, const Json& a, const Json& b);

}  // namespace octet::text
