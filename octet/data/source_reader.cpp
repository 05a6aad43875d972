#include "octet/data/source_reader.h"

#include <algorithm>

#include "octet/base/error.h"
#include "octet/base/random.h"

namespace octet::data {

SourceReader::SourceReader(const Source& source, uint64_t seed) : source_(source), seed_(seed) {
  for (const auto& path : source.shards) {
    shards_.emplace_back(path);
    first_.push_back(documents_);
    documents_ += shards_.back().documents();
    tokens_ += shards_.back().tokens();
  }
  if (documents_ == 0) throw Error(ErrorKind::config, fmt::format("the source '{}' has no documents", source.name));
  begin_epoch();
}

std::pair<const Shard*, int64_t> SourceReader::find(int64_t index) const {
  auto after = std::upper_bound(first_.begin(), first_.end(), index);
  auto shard = static_cast<size_t>(after - first_.begin()) - 1;
  return {&shards_[shard], index - first_[shard]};
}

int64_t SourceReader::next() {
  int64_t document = (*order_)(position_);
  if (++position_ == documents_) {
    position_ = 0;
    ++epoch_;
    begin_epoch();
  }
  auto [shard, at] = find(document);
  drawn_ += shard->length(at);
  return document;
}

void SourceReader::go_to(int64_t epoch, int64_t position, int64_t drawn) {
  check(position >= 0 && position < documents_, "a position beyond the source");
  epoch_ = epoch;
  position_ = position;
  drawn_ = drawn;
  begin_epoch();
}

void SourceReader::begin_epoch() {
  Random random = Random::named(seed_, "order of " + source_.name, static_cast<uint64_t>(epoch_));
  order_.emplace(documents_, std::array<uint32_t, 2>{random.bits32(), random.bits32()});
}

}  // namespace octet::data
