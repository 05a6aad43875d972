// What Python's str knows of Unicode, on well-formed UTF-8: code points, white space, case, lines.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace octet::text::jinja::unicode {

bool is_space(char32_t c);      // str.isspace
bool is_printable(char32_t c);  // str.isprintable, with code points yet unassigned taken as printable

// Takes the code point at the front off `rest`, which is not empty.
char32_t take(std::string_view& rest);

size_t length(std::string_view text);                     // code points
size_t offset(std::string_view text, size_t code_point);  // bytes before it; the size of `text` beyond the end

enum class Side { left, right, both };
std::string_view strip(std::string_view text, Side side);
std::string_view strip(std::string_view text, Side side, std::string_view characters);

std::string upper(std::string_view text);
std::string lower(std::string_view text);       // with the final sigma
std::string capitalize(std::string_view text);  // str.capitalize
std::string title(std::string_view text);       // str.title: each run of letters begins large
bool is_cased(char32_t c);

// str.splitlines: \n, \r\n, \r, \v, \f, \x1c to \x1e, U+0085, U+2028, U+2029; without the ends.
std::vector<std::string_view> lines(std::string_view text);

}  // namespace octet::text::jinja::unicode
