#include "octet/text/reply/reply.h"

#include <algorithm>

#include "octet/base/error.h"

namespace octet::text {

namespace {

constexpr std::string_view think_begin = "<think>", think_end = "</think>";

const ToolMarks* marks_of(ToolMarkup markup) {
  switch (markup) {
    case ToolMarkup::none:
      return nullptr;
    case ToolMarkup::deepseek:
      return &deepseek_marks;
    case ToolMarkup::kimi:
      return &kimi_marks;
  }
  return nullptr;
}

}  // namespace

ReplyFormat reply_format(std::string_view prompt, std::string_view template_source) {
  ReplyFormat format;
  bool kimi = template_source.find(kimi_marks.calls_begin) != template_source.npos;
  format.tools = kimi ? ToolMarkup::kimi : ToolMarkup::deepseek;
  std::string_view end = trim_back(prompt);
  if (end.ends_with(think_begin))
    format.thinking = Thinking::open;
  else if (!end.ends_with(think_end) && template_source.find("think>") != template_source.npos)
    format.thinking = Thinking::marked;
  return format;
}

Reply::Reply(ReplyFormat format) : format_(format), marks_(marks_of(format.tools)) {
  state_ = format.thinking == Thinking::open     ? State::reasoning
           : format.thinking == Thinking::marked ? State::start
                                                 : State::content;
  skips_blanks_ = state_ == State::reasoning;
}

std::vector<ReplyEvent> Reply::push(std::string_view piece) {
  buffer_ += piece;
  while (!buffer_.empty() && step(Ended::no)) {
  }
  return std::exchange(events_, {});
}

std::vector<ReplyEvent> Reply::finish() {
  while (!buffer_.empty() && step(Ended::yes)) {
  }
  check(buffer_.empty(), "a finished reply has text left");
  if (state_ == State::arguments) add(ReplyEvent::Kind::call_end, "");
  state_ = State::content;
  return std::exchange(events_, {});
}

void Reply::add(ReplyEvent::Kind kind, std::string_view text) {
  using Kind = ReplyEvent::Kind;
  bool of_call = kind != Kind::reasoning && kind != Kind::content,
       mark = kind == Kind::call_start || kind == Kind::call_end;
  if (text.empty() && !mark) return;
  if (!mark && !events_.empty() && events_.back().kind == kind)
    events_.back().text += text;
  else
    events_.push_back({kind, std::string(text), of_call ? call_ : -1});
}

void Reply::give(size_t bytes) {
  std::string_view text = std::string_view(buffer_).substr(0, bytes);
  if (state_ == State::arguments)
    add(ReplyEvent::Kind::call_arguments, text);
  else
    add(state_ == State::reasoning ? ReplyEvent::Kind::reasoning : ReplyEvent::Kind::content, text);
  drop(bytes);
}

bool Reply::step(Ended ended) {
  if (skips_blanks_) {
    drop(buffer_.size() - trim_front(buffer_).size());
    if (buffer_.empty()) return false;
    skips_blanks_ = false;
  }
  switch (state_) {
    case State::start:
      return step_start(ended);
    case State::reasoning:
    case State::content:
      return step_text(ended);
    case State::calls:
      return step_calls(ended);
    case State::arguments:
      return step_arguments(ended);
  }
  return false;
}

bool Reply::step_start(Ended ended) {
  std::string_view text = trim_front(buffer_);
  if (text.starts_with(think_begin)) {
    drop(buffer_.size() - text.size() + think_begin.size());
    state_ = State::reasoning;
    skips_blanks_ = true;
    return true;
  }
  if (ended == Ended::no && think_begin.starts_with(text)) return false;
  state_ = State::content;
  return true;
}

bool Reply::step_text(Ended ended) {
  std::string_view text = buffer_;
  size_t thought_ends = state_ == State::reasoning ? text.find(think_end) : text.npos;
  size_t calls = marks_ ? text.find(marks_->calls_begin) : text.npos;
  if (calls < thought_ends) return step_call_mark(calls, ended);
  if (thought_ends != text.npos) {
    size_t words = trim_back(text.substr(0, thought_ends)).size();
    give(words);
    drop(thought_ends - words + think_end.size());
    state_ = State::content;
    skips_blanks_ = true;
    return true;
  }
  if (ended == Ended::yes) {
    size_t cut = marks_ ? cut_mark(text, marks_->calls_begin) : 0;
    give(cut > 0 ? trim_back(text.substr(0, text.size() - cut)).size() : text.size());
    buffer_.clear();
    return false;
  }
  size_t begun = marks_ ? begun_mark(text, marks_->calls_begin) : 0;
  if (state_ == State::reasoning) begun = std::max(begun, begun_mark(text, think_end));
  give(trim_back(text.substr(0, text.size() - begun)).size());
  return false;
}

// The mark of calls stands at `at`; whether it opens any is to be seen.
bool Reply::step_call_mark(size_t at, Ended ended) {
  std::string_view text = buffer_, after = trim_front(text.substr(at + marks_->calls_begin.size()));
  size_t words = trim_back(text.substr(0, at)).size();
  CallHead head = read_call_head(*marks_, after);
  if (head.found == CallHead::Found::something_else) {
    give(at + marks_->calls_begin.size());
    return true;
  }
  if (head.found == CallHead::Found::cut_short) {
    give(words);
    if (ended == Ended::yes) end_in_head(head);
    return false;
  }
  size_t before = text.size() - after.size() - words;
  give(words);
  open_call(std::move(head), before);
  return true;
}

// Takes the head, and `before` bytes of marks and white space before it, off the buffer.
void Reply::open_call(CallHead head, size_t before) {
  drop(before + head.length);
  ++call_;
  fence_ = head.fence;
  state_ = State::arguments;
  skips_blanks_ = true;
  add(ReplyEvent::Kind::call_start, head.name);
}

// The answer has ended within this head.
void Reply::end_in_head(const CallHead& head) {
  buffer_.clear();
  if (!head.name.empty()) open_call(head, 0);
}

bool Reply::step_calls(Ended ended) {
  std::string_view text = trim_front(buffer_);
  size_t before = buffer_.size() - text.size();
  if (text.starts_with(marks_->calls_end)) {
    drop(before + marks_->calls_end.size());
    state_ = State::content;
    skips_blanks_ = true;
    return true;
  }
  if (marks_->calls_end.starts_with(text)) {  // nothing but blanks, too
    if (ended == Ended::yes) buffer_.clear();
    return false;
  }
  CallHead head = read_call_head(*marks_, text);
  if (head.found == CallHead::Found::cut_short) {
    if (ended == Ended::yes) end_in_head(head);
    return false;
  }
  if (head.found == CallHead::Found::complete) {
    open_call(std::move(head), before);
    return true;
  }
  drop(before);
  state_ = State::content;
  return true;
}

bool Reply::step_arguments(Ended ended) {
  std::string_view text = buffer_;
  size_t end = text.find(marks_->call_end);
  if (end == text.npos) {
    give(ended == Ended::yes ? cut_arguments(*marks_, text, fence_).size() : sure_arguments(*marks_, text, fence_));
    if (ended == Ended::yes) buffer_.clear();
    return false;
  }
  size_t words = trim_arguments(text.substr(0, end), fence_).size();
  give(words);
  drop(end - words + marks_->call_end.size());
  add(ReplyEvent::Kind::call_end, "");
  state_ = State::calls;
  return true;
}

}  // namespace octet::text
