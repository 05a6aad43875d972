#include "octet/io/index.h"

#include "octet/base/error.h"
#include "octet/base/file.h"
#include "octet/base/json.h"

namespace octet::io {

namespace {

[[noreturn]] void refuse_index(std::string sentence) { throw Error(ErrorKind::file, std::move(sentence)); }

// The keys of the index are octet's own business; what else stands at the top ("metadata") is skipped, whatever it is.
class IndexReader : public nlohmann::json_sax<Json> {
 public:
  explicit IndexReader(const std::string& where) : where_(where) {}
  std::map<std::string, std::string> take() {
    if (!found_) refuse_index(fmt::format("{}: weight_map: expected an object, but it is missing", where_));
    return std::move(map_);
  }

  bool null() override { return scalar("null"); }
  bool boolean(bool) override { return scalar("true or false"); }
  bool number_integer(number_integer_t n) override { return scalar(fmt::format("{}", n)); }
  bool number_unsigned(number_unsigned_t n) override { return scalar(fmt::format("{}", n)); }
  bool number_float(number_float_t, const string_t& s) override { return scalar(s); }
  bool binary(binary_t&) override { return scalar("binary data"); }
  bool string(string_t& s) override {
    if (!inside() || depth_ != 2) return scalar("a string");
    if (s.find('/') != s.npos || s.find('\\') != s.npos || s.find('\0') != s.npos || s.starts_with(".") ||
        !s.ends_with(".safetensors"))
      refuse_index(fmt::format("{}: tensor '{}': expected the name of a .safetensors file beside the index, found '{}'",
                               where_, printable(key_), printable(s)));
    if (!map_.emplace(key_, s).second)
      refuse_index(fmt::format("{}: tensor '{}' stands twice in weight_map", where_, printable(key_)));
    return true;
  }
  bool start_object(size_t) override {
    if (inside() && depth_ == 1) {
      if (found_) refuse_index(fmt::format("{}: weight_map stands twice", where_));
      found_ = true;
    } else if (inside()) {
      return scalar("an object");
    }
    ++depth_;
    return true;
  }
  bool start_array(size_t) override {
    if (depth_ == 0 || inside()) return scalar("a list");
    ++depth_;
    return true;
  }
  bool key(string_t& key) override {
    if (depth_ == 1) top_ = key;
    key_ = key;
    return true;
  }
  bool end_object() override { return --depth_, true; }
  bool end_array() override { return --depth_, true; }
  bool parse_error(size_t position, const std::string&, const nlohmann::detail::exception&) override {
    refuse_index(fmt::format("{}: not valid JSON at byte {}", where_, position));
  }

 private:
  const std::string& where_;
  std::map<std::string, std::string> map_;
  std::string top_, key_;
  bool found_ = false;
  int depth_ = 0;

  bool inside() const { return depth_ > 0 && top_ == "weight_map"; }
  bool scalar(const std::string& found) const {
    if (depth_ == 0) refuse_index(fmt::format("{}: expected an object, found {}", where_, found));
    if (inside() && depth_ == 1)
      refuse_index(fmt::format("{}: weight_map: expected an object, found {}", where_, found));
    if (inside())
      refuse_index(fmt::format("{}: tensor '{}': expected a file name, found {}", where_, printable(key_), found));
    return true;
  }
};

}  // namespace

std::map<std::string, std::string> parse_index(std::string_view text, const std::string& where) {
  IndexReader reader(where);
  Json::sax_parse(text.begin(), text.end(), &reader);
  return reader.take();
}

std::map<std::string, std::string> read_index(const std::filesystem::path& path) {
  return parse_index(read_file(path), path.string());
}

}  // namespace octet::io
