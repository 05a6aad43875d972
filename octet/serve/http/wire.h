// Answers as the bytes that HTTP/1 sends: heads and chunks.
#pragma once
#include <ctime>
#include <string>

#include "octet/serve/http/message.h"

namespace octet::serve::http {

std::string_view reason(int status);

// How the receiver finds the body's end.
enum class Framing { length, chunked, until_close };
enum class Connection { keep, close };

// Status line and headers with the empty line. `length` is the body's, for Framing::length; `now` is the Date's.
std::string head_text(const Response& response, Framing framing, size_t length, Connection connection,
                      std::time_t now = std::time(nullptr));

void append_chunk(std::string& out, std::string_view data);  // nothing for no data, which would be the last chunk
inline constexpr std::string_view last_chunk = "0\r\n\r\n";

// "a%2Fb" is "a/b"; what is no escape stays as it is.
std::string percent_decoded(std::string_view text);

bool same_name(std::string_view a, std::string_view b);  // header names, without regard to case

}  // namespace octet::serve::http
