#include "octet/text/bpe/tokenizer_events.h"

namespace octet::text {

namespace {

constexpr size_t max_depth = 100;

}  // namespace

Json TokenizerEvents::read(std::string_view text, const std::string& where, TokenizerFile& file) {
  TokenizerEvents events(where, file);
  Json::sax_parse(text.begin(), text.end(), &events);
  if (!events.has_vocab_) events.fail("model.vocab is missing");
  if (!events.has_merges_) events.fail("model.merges is missing");
  return std::move(events.root_);
}

void TokenizerEvents::fail(std::string_view sentence) const {
  throw Error(ErrorKind::config, fmt::format("{}: {}", where_, sentence));
}

bool TokenizerEvents::parse_error(size_t, const std::string&, const Json::exception& error) {
  std::string_view message = error.what();
  if (auto bracket = message.find("] "); bracket != message.npos) message.remove_prefix(bracket + 2);
  throw Error(ErrorKind::file, fmt::format("{}: not valid JSON: {}", where_, printable(message, 200)));
}

// Puts a value of the rest where it belongs; a container among them stays open.
bool TokenizerEvents::value(Json v) {
  switch (place_) {
    case Place::vocab: {
      std::string& key = keys_.back();
      if (!v.is_number_integer() || v < 0 || v >= max_token_ids)
        fail(fmt::format("model.vocab: '{}': expected an id from 0 to {}, found {}", printable(key), max_token_ids - 1,
                         printable(dump(v))));
      file_.vocab.emplace_back(std::move(key), v.get<int32_t>());
      return true;
    }
    case Place::merges:
    case Place::merge:
      fail(fmt::format("model.merges: expected pairs of tokens, found {}", printable(dump(v))));
    case Place::rest:
      break;
  }
  if (open_.empty())
    root_ = std::move(v);
  else if (open_.back()->is_array())
    open_.back()->push_back(std::move(v));
  else
    (*open_.back())[keys_.back()] = std::move(v);
  return true;
}

bool TokenizerEvents::open(Json v) {
  if (open_.size() >= max_depth) fail(fmt::format("JSON nested deeper than {} levels", max_depth));
  Json* parent = open_.empty() ? nullptr : open_.back();
  value(std::move(v));
  open_.push_back(!parent ? &root_ : parent->is_array() ? &parent->back() : &(*parent)[keys_.back()]);
  keys_.emplace_back();
  return true;
}

bool TokenizerEvents::at_model_key(std::string_view key) const {
  return open_.size() == 2 && keys_[0] == "model" && keys_[1] == key;
}

bool TokenizerEvents::start_object(size_t) {
  if (place_ == Place::rest && at_model_key("vocab")) {
    if (has_vocab_) fail("model.vocab is given twice");
    has_vocab_ = true;
    place_ = Place::vocab;
    keys_.emplace_back();
    return true;
  }
  return place_ == Place::rest ? open(Json::object()) : value(Json::object());
}

bool TokenizerEvents::start_array(size_t) {
  if (place_ == Place::rest && at_model_key("merges")) {
    if (has_merges_) fail("model.merges is given twice");
    has_merges_ = true;
    place_ = Place::merges;
    return true;
  }
  if (place_ == Place::merges) {
    place_ = Place::merge;
    pair_.clear();
    return true;
  }
  return place_ == Place::rest ? open(Json::array()) : value(Json::array());
}

bool TokenizerEvents::key(std::string& k) {
  keys_.back() = std::move(k);
  return true;
}

bool TokenizerEvents::string(std::string& s) {
  if (place_ == Place::merges)
    add_merge(s);
  else if (place_ == Place::merge)
    pair_.push_back(std::move(s));
  else
    return value(std::move(s));
  return true;
}

bool TokenizerEvents::end() {
  switch (place_) {
    case Place::vocab:
      keys_.pop_back();
      place_ = Place::rest;
      break;
    case Place::merges:
      place_ = Place::rest;
      break;
    case Place::merge:
      if (pair_.size() != 2) fail(fmt::format("model.merges: a list of {} tokens, expected 2", pair_.size()));
      file_.merges.emplace_back(std::move(pair_[0]), std::move(pair_[1]));
      place_ = Place::merges;
      break;
    case Place::rest:
      open_.pop_back();
      keys_.pop_back();
      break;
  }
  return true;
}

void TokenizerEvents::add_merge(const std::string& line) {
  size_t space = line.find(' ');
  if (space == line.npos || line.find(' ', space + 1) != line.npos)
    fail(fmt::format("model.merges: '{}': expected two tokens with a space between", printable(line)));
  file_.merges.emplace_back(line.substr(0, space), line.substr(space + 1));
}

}  // namespace octet::text
