// tokenizer.json as a stream of JSON events: "vocab" and "merges" go into lists, all else into a small value.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "octet/base/json.h"
#include "octet/text/bpe/tokenizer_file.h"

namespace octet::text {

class TokenizerEvents : public nlohmann::json_sax<Json> {
 public:
  // Fills vocab and merges of `file` and returns the rest. Error{file} if it is no JSON, Error{config} if one of the
  // two lists is missing or holds something else.
  static Json read(std::string_view text, const std::string& where, TokenizerFile& file);

  bool null() override { return value(nullptr); }
  bool boolean(bool b) override { return value(b); }
  bool number_integer(int64_t n) override { return value(n); }
  bool number_unsigned(uint64_t n) override { return value(n); }
  bool number_float(double d, const std::string&) override { return value(d); }
  bool string(std::string& s) override;
  bool binary(Json::binary_t&) override { return value(nullptr); }
  bool start_object(size_t) override;
  bool key(std::string& k) override;
  bool end_object() override { return end(); }
  bool start_array(size_t) override;
  bool end_array() override { return end(); }
  bool parse_error(size_t position, const std::string& token, const Json::exception& error) override;

 private:
  enum class Place { rest, vocab, merges, merge };  // merge: a pair written as a list

  TokenizerEvents(const std::string& where, TokenizerFile& file) : where_(where), file_(file) {}
  bool value(Json v);
  bool open(Json v);
  bool end();
  bool at_model_key(std::string_view key) const;
  void add_merge(const std::string& line);
  [[noreturn]] void fail(std::string_view sentence) const;

  const std::string& where_;
  TokenizerFile& file_;
  Json root_;
  std::vector<Json*> open_;        // from the root inwards
  std::vector<std::string> keys_;  // of each open value: the key that was read last
  Place place_ = Place::rest;
  bool has_vocab_ = false, has_merges_ = false;
  std::vector<std::string> pair_;  // merge: what was read of it
};

}  // namespace octet::text
