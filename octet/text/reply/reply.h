// A model's answer as it streams: pieces of text in, events out. Thoughts, what is said and calls of tools come apart,
// and no mark of theirs is ever part of the text, wherever the pieces are cut.
//
// The events of all pieces together do not depend on how the text was cut. What looks like a mark and turns out to be
// none (a call without a name, a mark that words follow) is given as text, so nothing of the answer is lost but the
// marks themselves and the white space around them. Where the answer ends within the marks of a call, the limit of its
// tokens has cut it: those marks are no text either. If the function's name was whole there is a call with what it had
// of arguments, else nothing.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "octet/text/reply/markup.h"

namespace octet::text {

enum class Thinking {
  none,    // <think> is a word like others
  marked,  // the answer may begin with <think>
  open,    // the prompt ended with <think>: the answer begins with a thought
};
enum class ToolMarkup { none, deepseek, kimi };

struct ReplyFormat {
  Thinking thinking = Thinking::none;
  ToolMarkup tools = ToolMarkup::none;
};

// What to expect of an answer to `prompt`, made by a template with this source. The tool marks are DeepSeek's unless
// the template has Kimi's: they are what tools.h tells a model to write when its template says nothing of tools.
ReplyFormat reply_format(std::string_view prompt, std::string_view template_source);

struct ReplyEvent {
  enum class Kind { reasoning, content, call_start, call_arguments, call_end } kind;
  std::string text;  // a piece of the thought, the content or a call's arguments; of call_start: the function's name
  int call = -1;     // of the call events: its number, from 0
  bool operator==(const ReplyEvent&) const = default;
};

class Reply {
 public:
  explicit Reply(ReplyFormat format);

  // The events that are sure after this piece. Pieces hold whole characters, as the stream decoder gives them.
  std::vector<ReplyEvent> push(std::string_view piece);

  // The rest, once the answer has ended; a call that was not closed is closed. Nothing may be pushed afterwards.
  std::vector<ReplyEvent> finish();

 private:
  enum class State {
    start,      // where <think> may stand
    reasoning,  //
    content,    //
    calls,      // after a call: another call, the end of the calls, or content
    arguments,  // inside a call
  };

  ReplyFormat format_;
  const ToolMarks* marks_ = nullptr;  // null: no calls
  State state_;
  std::string buffer_;         // text that is not sure yet
  bool skips_blanks_ = false;  // right after a mark: white space here belongs to it
  Fence fence_ = Fence::none;
  int call_ = -1;
  std::vector<ReplyEvent> events_;

  enum class Ended { no, yes };  // whether the text can still grow

  bool step(Ended ended);  // one decision; false if it needs more text
  bool step_start(Ended ended);
  bool step_text(Ended ended);
  bool step_calls(Ended ended);
  bool step_arguments(Ended ended);
  bool step_call_mark(size_t at, Ended ended);
  void open_call(CallHead head, size_t before);
  void end_in_head(const CallHead& head);
  void drop(size_t bytes) { buffer_.erase(0, bytes); }
  void give(size_t bytes);  // from the buffer's front, as text of the state
  void add(ReplyEvent::Kind kind, std::string_view text);
};

}  // namespace octet::text
