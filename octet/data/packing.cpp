#include "octet/data/packing.h"

#include <algorithm>
#include <array>
#include <deque>

#include "octet/base/error.h"
#include "octet/data/document.h"
#include "octet/data/source_reader.h"

namespace octet::data {
namespace {

constexpr size_t lookahead = 64;  // documents waiting to be placed

struct Waiting {
  size_t source;
  int64_t document, offset;  // offset > 0: the rest of a document that was cut
};

}  // namespace

struct PackedStream::State {
  PackingOptions options;
  std::vector<SourceReader> readers;
  std::deque<Waiting> waiting;
  int64_t batches = 0, filled = 0, padded = 0;
  std::string fingerprint;

  // What is left of a waiting document, in its shard.
  struct Piece {
    const Shard* shard;
    int64_t begin, end, document_end;
  };
  Piece piece_of(const Waiting& w) const {
    auto [shard, at] = readers[w.source].find(w.document);
    int64_t end = shard->start(at + 1);
    return {shard, shard->start(at) + w.offset, end, end};
  }
  static int64_t length(const Piece& p) { return p.end - p.begin; }

  // Prose is learned from its second token on (a chat begins with the user's words), and may be cut anywhere.
  bool may_cut(const Waiting& w) const {
    auto [shard, at] = readers[w.source].find(w.document);
    int64_t begin = shard->start(at), size = shard->length(at);
    return size > options.sequence_length || (size > 1 && shard->learned(begin + 1));
  }

  void refill() {
    while (waiting.size() < lookahead) {
      size_t best = 0;
      for (size_t i = 1; i < readers.size(); ++i) {
        auto behind = [&](size_t s) { return static_cast<double>(readers[s].drawn()) / readers[s].source().weight; };
        if (behind(i) < behind(best)) best = i;
      }
      waiting.push_back({best, readers[best].next(), 0});
    }
  }

  static void append(PackedBatch& batch, const Piece& p, int64_t take, bool learn) {
    for (int64_t i = 0; i < take; ++i) {
      int64_t at = p.begin + i;
      bool next = at + 1 < p.document_end, second = at + 2 < p.document_end && i + 1 < take;
      batch.tokens.push_back(p.shard->token(at));
      batch.targets.push_back(learn && next && p.shard->learned(at + 1) ? p.shard->token(at + 1) : -1);
      batch.targets2.push_back(learn && second && p.shard->learned(at + 2) ? p.shard->token(at + 2) : -1);
      batch.positions.push_back(static_cast<int32_t>(i));
    }
    batch.cu_seqlens.push_back(static_cast<int64_t>(batch.tokens.size()));
  }

  void place(PackedBatch& batch, size_t i) {
    Piece p = piece_of(waiting[i]);
    append(batch, p, length(p), true);
    waiting.erase(waiting.begin() + static_cast<int64_t>(i));
  }

  // Cuts waiting document i after `room` tokens. Its rest waits behind the others, so that a long document spreads over
  // batches instead of filling one.
  void cut(PackedBatch& batch, size_t i, int64_t room) {
    append(batch, piece_of(waiting[i]), room, true);
    Waiting rest = waiting[i];
    rest.offset += room;
    waiting.erase(waiting.begin() + static_cast<int64_t>(i));
    waiting.push_back(rest);
  }

  void fill_row(PackedBatch& batch) {
    for (int64_t room = options.sequence_length; room > 0;) {
      auto before = static_cast<int64_t>(batch.tokens.size());
      refill();
      int64_t front = length(piece_of(waiting[0]));
      if (front <= room)
        place(batch, 0);
      else if (may_cut(waiting[0]) && 2 * room >= options.sequence_length)
        cut(batch, 0, room);
      else
        place_out_of_turn(batch, room);
      room -= static_cast<int64_t>(batch.tokens.size()) - before;
    }
  }

  void place_out_of_turn(PackedBatch& batch, int64_t room) {
    size_t longest = 0, prose = waiting.size();
    int64_t longest_size = 0;
    for (size_t i = 0; i < waiting.size(); ++i) {
      int64_t size = length(piece_of(waiting[i]));
      if (size <= room && size > longest_size) longest = i, longest_size = size;
      if (prose == waiting.size() && may_cut(waiting[i])) prose = i;
    }
    if (longest_size > 0) {
      place(batch, longest);
    } else if (prose < waiting.size()) {
      cut(batch, prose, room);
    } else {
      append(batch, piece_of(waiting[0]), room, false);
      padded += room;
    }
  }

  std::deque<Waiting> read_waiting(const Fields& fields, const Json& list) const {
    std::deque<Waiting> out;
    for (const Json& entry : list) {
      bool triple = entry.is_array() && entry.size() == 3;
      for (const Json& part : entry) triple = triple && part.is_number_integer() && part.get<int64_t>() >= 0;
      if (!triple) fields.fail("waiting", "entries [source, document, offset]");
      Waiting w{entry[0].get<size_t>(), entry[1].get<int64_t>(), entry[2].get<int64_t>()};
      if (w.source >= readers.size() || w.document >= readers[w.source].documents())
        fields.fail("waiting", "documents that exist");
      auto [shard, at] = readers[w.source].find(w.document);
      if (w.offset >= shard->length(at)) fields.fail("waiting", "offsets inside their documents");
      out.push_back(w);
    }
    return out;
  }
};

PackedStream::PackedStream(std::vector<Source> sources, PackingOptions options) : state_(std::make_unique<State>()) {
  auto wrong = [](std::string sentence) { throw Error(ErrorKind::config, std::move(sentence)); };
  if (sources.empty()) wrong("there is no source of training data");
  if (options.sequence_length < 2 || options.tokens_per_batch < options.sequence_length ||
      options.tokens_per_batch % options.sequence_length != 0)
    wrong(fmt::format("a batch of {} tokens is no multiple of the sequence length {} (at least 2)",
                      options.tokens_per_batch, options.sequence_length));
  State& s = *state_;
  s.options = options;
  uint64_t print = hash(fmt::format("{} {}", options.sequence_length, options.seed));
  for (const auto& source : sources) {
    if (!(source.weight > 0)) wrong(fmt::format("the weight of source '{}' must be greater than 0", source.name));
    s.readers.emplace_back(source, options.seed);
    const SourceReader& reader = s.readers.back();
    for (const auto& shard : reader.shards())
      if (shard.label().tokenizer_hash != s.readers[0].shards()[0].label().tokenizer_hash)
        wrong(
            fmt::format("the shards of '{}' and '{}' were made by different tokenizers", source.name, sources[0].name));
    print = hash(fmt::format("{} {} {} {}", source.name, source.weight, reader.documents(), reader.tokens()), print);
  }
  s.fingerprint = fmt::format("{:016x}", hash(tokenizer_hash(), print));
}

PackedStream::~PackedStream() = default;
PackedStream::PackedStream(PackedStream&&) noexcept = default;
PackedStream& PackedStream::operator=(PackedStream&&) noexcept = default;

PackedBatch PackedStream::next() {
  State& s = *state_;
  PackedBatch batch;
  auto total = static_cast<size_t>(s.options.tokens_per_batch);
  for (auto* list : {&batch.tokens, &batch.targets, &batch.targets2, &batch.positions}) list->reserve(total);
  batch.cu_seqlens.push_back(0);
  while (batch.tokens.size() < total) s.fill_row(batch);
  check(batch.tokens.size() == total, "a row was overfilled");
  ++s.batches;
  s.filled += s.options.tokens_per_batch;
  return batch;
}

Json PackedStream::state() const {
  const State& s = *state_;
  Json sources = Json::array(), waiting = Json::array();
  for (const auto& reader : s.readers)
    sources.push_back({{"name", reader.source().name},
                       {"epoch", reader.epoch()},
                       {"position", reader.position()},
                       {"tokens", reader.drawn()}});
  for (const auto& w : s.waiting) waiting.push_back(Json::array({w.source, w.document, w.offset}));
  return {{"batches", s.batches},  {"tokens", s.filled}, {"padding", s.padded},
          {"data", s.fingerprint}, {"sources", sources}, {"waiting", waiting}};
}

void PackedStream::restore(const Json& json) {
  State& s = *state_;
  constexpr int64_t most = int64_t{1} << 62;
  Fields fields(json, "the state of the data stream");
  if (fields.string("data") != s.fingerprint)
    throw Error(ErrorKind::config,
                "the state of the data stream belongs to other data, another sequence length or seed",
                "resume with the data and recipe that the run was started with");
  int64_t batches = fields.integer("batches", 0, most), filled = fields.integer("tokens", 0, most),
          padded = fields.integer("padding", 0, filled);
  const Json *sources = fields.find("sources"), *list = fields.find("waiting");
  if (!sources || !sources->is_array() || sources->size() != s.readers.size())
    fields.fail("sources", "one entry a source");
  if (!list || !list->is_array() || list->size() > lookahead + 1) fields.fail("waiting", "a list of waiting documents");

  std::deque<Waiting> waiting = s.read_waiting(fields, *list);
  std::vector<std::array<int64_t, 3>> places;
  for (size_t i = 0; i < s.readers.size(); ++i) {
    Fields source((*sources)[i], fmt::format("the state of the data stream: sources[{}]", i));
    source.known({"name"});
    places.push_back({source.integer("epoch", 0, most), source.integer("position", 0, s.readers[i].documents() - 1),
                      source.integer("tokens", 0, most)});
    source.finish();
  }
  fields.finish();
  // All of it holds: only now does anything change.
  for (size_t i = 0; i < s.readers.size(); ++i) s.readers[i].go_to(places[i][0], places[i][1], places[i][2]);
  s.waiting = std::move(waiting);
  s.batches = batches;
  s.filled = filled;
  s.padded = padded;
}

int64_t PackedStream::total_tokens() const {
  int64_t total = 0;
  for (const auto& reader : state_->readers) total += reader.tokens();
  return total;
}

int64_t PackedStream::epoch(size_t source) const { return state_->readers.at(source).epoch(); }

double PackedStream::padding() const {
  return state_->filled ? static_cast<double>(state_->padded) / static_cast<double>(state_->filled) : 0;
}

const std::string& PackedStream::tokenizer_hash() const {
  return state_->readers[0].shards()[0].label().tokenizer_hash;
}

}  // namespace octet::data
