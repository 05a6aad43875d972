// A source's documents in the order of one epoch after another.
#pragma once
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "octet/data/packing.h"
#include "octet/data/permutation.h"
#include "octet/data/shard.h"

namespace octet::data {

class SourceReader {
 public:
  SourceReader(const Source& source, uint64_t seed);  // Error{file} for a bad shard, Error{config} if it is empty

  const Source& source() const { return source_; }
  const std::vector<Shard>& shards() const { return shards_; }
  int64_t documents() const { return documents_; }
  int64_t tokens() const { return tokens_; }  // once through

  // The shard that holds document `index`, and the document's number there.
  std::pair<const Shard*, int64_t> find(int64_t index) const;

  int64_t next();  // the next document's index

  int64_t epoch() const { return epoch_; }
  int64_t position() const { return position_; }  // documents taken in this epoch
  int64_t drawn() const { return drawn_; }        // tokens taken in all
  void go_to(int64_t epoch, int64_t position, int64_t drawn);

 private:
  Source source_;
  uint64_t seed_;
  std::vector<Shard> shards_;
  std::vector<int64_t> first_;  // of each shard: the index of its first document
  int64_t documents_ = 0, tokens_ = 0, epoch_ = 0, position_ = 0, drawn_ = 0;
  std::optional<Permutation> order_;
  void begin_epoch();
};

}  // namespace octet::data
