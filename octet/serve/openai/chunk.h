// The chunks of a streamed answer: all begin alike, and only what differs is made for each token.
#pragma once
#include "octet/base/json.h"

namespace octet::serve {

class ChunkWriter {
 public:
  enum class Usage { omit, tell };
  // `frame`: the fields that every chunk repeats. Usage::tell: each has "usage", null in all but the last.
  ChunkWriter(const Json& frame, Usage usage);

  void append(std::string& out, const Json& choices) const;                       // as an event
  void append_last(std::string& out, const Json& usage, const Json& cost) const;  // without choices, if usage is told

 private:
  std::string head_;  // {"id": ..., "choices":
  Usage usage_;
};

}  // namespace octet::serve
