// HTML to plain text, for prose: the main part of a page, blocks as lines, pre as it is, links and styles dropped.
#pragma once
#include <string>
#include <string_view>

namespace octet::data {

// Takes any bytes: what is no well-formed HTML comes out as text somehow. If an element has role="main" or is <main>,
// the text is its; else the body's.
std::string html_to_text(std::string_view html);

}  // namespace octet::data
