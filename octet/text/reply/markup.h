// The marks that models put around tool calls, and reading the head of a call.
//
// DeepSeek-V3 (T = function):   CALLS_BEGIN CALL_BEGIN T SEP name \n ```json \n {arguments} \n ``` CALL_END ...
// CALLS_END DeepSeek-V3.1:                CALLS_BEGIN CALL_BEGIN name SEP {arguments} CALL_END ... CALLS_END Kimi K2:
// the latter, with other marks and functions.name:0 for the name Both of DeepSeek's forms are read wherever DeepSeek's
// marks stand. White space between the parts does not matter.
#pragma once
#include <string>
#include <string_view>

namespace octet::text {

struct ToolMarks {
  std::string_view calls_begin, call_begin, separator, call_end, calls_end;
};

inline constexpr ToolMarks deepseek_marks = {"<｜tool▁calls▁begin｜>", "<｜tool▁call▁begin｜>", "<｜tool▁sep｜>",
                                             "<｜tool▁call▁end｜>", "<｜tool▁calls▁end｜>"};
inline constexpr ToolMarks kimi_marks = {"<|tool_calls_section_begin|>", "<|tool_call_begin|>",
                                         "<|tool_call_argument_begin|>", "<|tool_call_end|>",
                                         "<|tool_calls_section_end|>"};

enum class Fence { none, backticks };  // whether ``` stands around the arguments

// The head of a call at the front of a text: from CALL_BEGIN to where its arguments begin.
struct CallHead {
  enum class Found { complete, cut_short, something_else } found;
  size_t length = 0;  // of the head, if complete
  std::string name;   // also of one that is cut short, if it is sure to be the whole name; else empty
  Fence fence = Fence::none;
};
CallHead read_call_head(const ToolMarks& marks, std::string_view text);

// The arguments' text before CALL_END without the fence and white space at its end; the same where the text has ended
// before CALL_END, perhaps within it or the fence; and how much of a text that still grows is sure to belong to it.
std::string_view trim_arguments(std::string_view text, Fence fence);
std::string_view cut_arguments(const ToolMarks& marks, std::string_view text, Fence fence);
size_t sure_arguments(const ToolMarks& marks, std::string_view text, Fence fence);

// Bytes at the end of `text` that may be the beginning of `mark` (and not the whole of it).
size_t begun_mark(std::string_view text, std::string_view mark);

// The same where the text has ended: only what is long enough that nothing but the mark can have been meant.
size_t cut_mark(std::string_view text, std::string_view mark);

inline constexpr std::string_view blanks = " \t\r\n";
std::string_view trim_front(std::string_view text);
std::string_view trim_back(std::string_view text);

}  // namespace octet::text
