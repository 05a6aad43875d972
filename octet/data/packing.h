// Packing: an endless, deterministic, resumable stream of batches over token shards.
//
// A batch has exactly `tokens_per_batch` tokens: rows of `sequence_length`, each filled with whole documents. No
// document crosses a row, and cu_seqlens bounds every piece, so that attention may run a piece at a time or a row at a
// time under a mask. How a row is filled:
//   - documents come in the order of the mixture (below); the next one is placed if it fits in what is left of the row;
//   - if not, and it is prose (every token is a target) and half the row is free, its head fills the row; its rest
//     waits behind the others and comes as a piece of its own, positions from 0 again;
//   - if not, the longest waiting document that fits is placed out of turn, and the next one begins the next row; when
//     none fits, the head of a waiting piece of prose fills the row; when there is none, the head of the next chat
//     does, with every target -1, and that chat comes whole afterwards (padding(): usually below 1 %). A chat is cut
//     only if it is longer than a row.
//
// Order: each source shows all of its documents in an order that is a pure function of (seed, source, epoch), then all
// again in another. Mixture: the next document comes from the source whose drawn tokens are furthest below its weight's
// share, so shares hold in tokens, not in documents. The state is a few integers; a restored stream goes on exactly as
// the uninterrupted one (held by packing_test).
#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "octet/base/json.h"

namespace octet::data {

struct Source {
  std::string name;
  std::vector<std::filesystem::path> shards;  // files of shard.h
  double weight = 1;                          // share of the tokens, relative to the other sources'; > 0
};

struct PackingOptions {
  int64_t tokens_per_batch = 16384;  // a multiple of sequence_length
  int64_t sequence_length = 1024;
  uint64_t seed = 0;
};

// T = tokens_per_batch. All vectors have T entries but cu_seqlens.
struct PackedBatch {
  std::vector<int32_t> tokens;
  std::vector<int32_t> targets;    // the next token of the same document (also over a cut); -1: none, or not trained on
  std::vector<int32_t> targets2;   // the token after next, for MTP; -1 too where tokens[t + 1] is of another piece
  std::vector<int32_t> positions;  // from 0 in each piece
  std::vector<int64_t> cu_seqlens;  // 0, …, T: piece i is tokens cu_seqlens[i] … cu_seqlens[i + 1] - 1
};

class PackedStream {
 public:
  // Maps the shards. Error{file} for a bad shard, Error{config} for no source, an empty source, a weight that is not
  // positive, shards of different tokenizers, or a batch that is no multiple of the sequence.
  PackedStream(std::vector<Source> sources, PackingOptions options);
  ~PackedStream();
  PackedStream(PackedStream&&) noexcept;
  PackedStream& operator=(PackedStream&&) noexcept;

  PackedBatch next();

  // What restore() needs to go on: {"batches", "sources": [{"name", "epoch", "position", "tokens"}],
  // "waiting": [[source, document, offset], …], "data": fingerprint of the sources, sequence length and seed}.
  Json state() const;
  // Error{config} if the state was taken with other data, another sequence length or seed. The batch may be another.
  void restore(const Json& state);

  int64_t total_tokens() const;               // of all sources, once through
  int64_t epoch(size_t source) const;         // how often that source has been shown whole
  double padding() const;                     // share of the tokens so far that are filling without a target
  const std::string& tokenizer_hash() const;  // of the tokenizer that made the shards (document.h: hash_of its file)

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace octet::data
