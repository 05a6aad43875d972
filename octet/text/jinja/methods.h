// The methods of Python's str, list and dict that templates may call, and loop.cycle and loop.changed.
//
// str: strip lstrip rstrip split rsplit splitlines startswith endswith upper lower title capitalize replace find rfind
//      index count join format removeprefix removesuffix partition rpartition zfill ljust rjust center isspace
//      isdigit isalpha isalnum isupper islower (the last five on ASCII)
// list: append pop index count copy; tuple: index count; dict: get items keys values pop copy
#pragma once
#include <string_view>

#include "octet/text/jinja/runtime.h"

namespace octet::text::jinja {

using Method = Value (*)(Runtime& runtime, const Value& self, const Args& args);

// The method of that name; null if Python has none either. Error{config} for one that Python has and octet has not.
Method find_method(const Runtime& runtime, const Value& self, std::string_view name);

Method find_text_method(std::string_view name);    // methods_text.cpp
Method find_search_method(std::string_view name);  // methods_search.cpp: of str, those that look for something
Method find_container_method(const Value& self, std::string_view name);  // methods_container.cpp

}  // namespace octet::text::jinja
