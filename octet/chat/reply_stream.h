// An answer's tokens, one by one, as what is said: whole characters, without what follows a stop text, thoughts and
// calls apart.
#pragma once
#include <string>
#include <vector>

#include "octet/chat/answer.h"
#include "octet/text/bpe/stream_decoder.h"
#include "octet/text/reply/reply.h"

namespace octet::chat {

class ReplyStream {
 public:
  ReplyStream(const text::Tokenizer& tokenizer, text::ReplyFormat format, std::vector<std::string> stop_texts);

  // Text that stands before the answer's first token, and belongs to it: the head of a call that was decided already.
  std::vector<text::ReplyEvent> push_text(std::string_view text);
  std::vector<text::ReplyEvent> push(int64_t token);
  std::vector<text::ReplyEvent> finish();  // once the answer has ended

  bool stopped() const { return stops_.stopped(); }  // a stop text has come: no token matters any more

 private:
  text::StreamDecoder decoder_;
  StopTexts stops_;
  text::Reply reply_;
};

}  // namespace octet::chat
