// The filters that templates may use, `value | name(arguments)`, as in jinja2; tojson as transformers defines it.
//
// on text:    capitalize format indent lower replace string title trim upper wordcount safe (gives the value back)
// on numbers: abs float int round
// on lists:   batch count dictsort first items join last length list map max min reject rejectattr reverse select
//             selectattr sort sum unique
// on all:     attr d default tojson
#pragma once
#include <string_view>

#include "octet/text/jinja/runtime.h"

namespace octet::text::jinja {

using Filter = Value (*)(Runtime& runtime, const Value& value, const Args& args);

Filter find_filter(std::string_view name);         // null if there is none
Filter find_text_filter(std::string_view name);    // filters_text.cpp, numbers too
Filter find_list_filter(std::string_view name);    // filters_list.cpp
Filter find_choice_filter(std::string_view name);  // filters_choice.cpp: map, select, reject, ...

}  // namespace octet::text::jinja
