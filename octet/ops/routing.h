// The pairs (token, chosen expert) in the order in which experts take them: chunk of tokens by chunk, in a chunk expert
// by expert, for an expert token by token.
#pragma once
#include <cstdint>
#include <vector>

namespace octet::ops {

struct Routing {
  int64_t tokens, chosen, experts, chunk_tokens, chunks;
  std::vector<int32_t> pair;   // [tokens * chosen]: token * chosen + k
  std::vector<int64_t> start;  // [chunks * experts + 1]: where the pairs of (chunk, expert) begin
  int64_t begin(int64_t chunk, int64_t expert) const { return start[chunk * experts + expert]; }
  int64_t end(int64_t chunk, int64_t expert) const { return start[chunk * experts + expert + 1]; }
  int64_t token(int64_t place) const { return pair[place] / chosen; }
};

// indices [tokens, chosen] in 0 .. experts-1, else Bug.
Routing route(const int64_t* indices, int64_t tokens, int64_t chosen, int64_t experts, int64_t chunk_tokens);

}  // namespace octet::ops
