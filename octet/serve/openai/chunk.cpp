#include "octet/serve/openai/chunk.h"

#include "octet/serve/stream/sse.h"

namespace octet::serve {

ChunkWriter::ChunkWriter(const Json& frame, Usage usage) : head_(dump(frame)), usage_(usage) {
  head_.back() = ',';
  head_ += "\"choices\":";
}

void ChunkWriter::append(std::string& out, const Json& choices) const {
  std::string chunk = head_ + dump(choices);
  chunk += usage_ == Usage::tell ? ",\"usage\":null}" : "}";
  sse::append_text(out, chunk);
}

void ChunkWriter::append_last(std::string& out, const Json& usage, const Json& cost) const {
  if (usage_ == Usage::omit) return;
  sse::append_text(out, fmt::format(R"({}[],"usage":{},"octet_cost":{}}})", head_, dump(usage), dump(cost)));
}

}  // namespace octet::serve
