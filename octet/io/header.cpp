#include "octet/io/header.h"

#include <algorithm>
#include <set>

#include "octet/base/json.h"

namespace octet::io {

namespace {

constexpr size_t max_dimensions = 16;
constexpr uint64_t max_extent = uint64_t{1} << 62;

[[noreturn]] void refuse(std::string sentence, std::string hint = "") {
  throw Error(ErrorKind::file, std::move(sentence), std::move(hint));
}

// What the parser is inside of.
enum class Place { start, top, metadata, tensor, shape, offsets };

class HeaderReader : public nlohmann::json_sax<Json> {
 public:
  explicit HeaderReader(const std::string& where) : where_(where) {}
  Header take() { return std::move(header_); }

  bool null() override { wrong("null"); }
  bool boolean(bool) override { wrong("true or false"); }
  bool number_integer(number_integer_t n) override { wrong(fmt::format("{}", n)); }  // negative ones only
  bool number_float(number_float_t, const string_t& s) override { wrong(s); }
  bool binary(binary_t&) override { wrong("binary data"); }

  bool number_unsigned(number_unsigned_t n) override {
    if (place_ == Place::shape) {
      if (n > max_extent) wrong(fmt::format("{}", n));
      if (entry_.shape.size() == max_dimensions)
        refuse(fmt::format("{}: more than {} dimensions", at("shape"), max_dimensions));
      entry_.shape.push_back(static_cast<int64_t>(n));
    } else if (place_ == Place::offsets) {
      if (offsets_ == 2) refuse(fmt::format("{}: expected two offsets, found more", at("data_offsets")));
      (offsets_++ == 0 ? entry_.begin : entry_.end) = n;
    } else {
      wrong(fmt::format("{}", n));
    }
    return true;
  }

  bool string(string_t& s) override {
    if (place_ == Place::metadata) {
      if (!header_.metadata.emplace(key_, s).second)
        refuse(fmt::format("{}: __metadata__: '{}' stands twice", where_, printable(key_)));
    } else if (place_ == Place::tensor && key_ == "dtype") {
      if (!dtype_from_name(s, entry_.dtype))
        refuse(fmt::format("{}: '{}' is no dtype that octet knows", at("dtype"), printable(s)),
               fmt::format("known: {}", fmt::join(dtype_names(), ", ")));
    } else {
      wrong("the string '" + printable(s) + "'");
    }
    return true;
  }

  bool start_object(size_t) override {
    if (place_ == Place::start) {
      place_ = Place::top;
    } else if (place_ == Place::top && key_ == "__metadata__") {
      place_ = Place::metadata;
    } else if (place_ == Place::top) {
      place_ = Place::tensor;
      entry_ = HeaderEntry();
      entry_.name = key_;
      offsets_ = 0;
      seen_.clear();
    } else {
      wrong("an object");
    }
    return true;
  }

  bool key(string_t& key) override {
    key_ = key;
    if (place_ == Place::top && !names_.insert(key).second)
      refuse(fmt::format("{}: '{}' stands twice in the header", where_, printable(key)));
    if (place_ == Place::tensor) {
      if (key != "dtype" && key != "shape" && key != "data_offsets")
        refuse(fmt::format("{}: tensor '{}': expected dtype, shape and data_offsets, found '{}'", where_,
                           printable(entry_.name), printable(key)));
      if (!seen_.insert(key).second) refuse(fmt::format("{}: stands twice", at(key)));
    }
    return true;
  }

  bool end_object() override {
    if (place_ == Place::tensor) {
      for (const char* needed : {"dtype", "shape", "data_offsets"})
        if (!seen_.contains(needed)) refuse(fmt::format("{}: missing", at(needed)));
      header_.tensors.push_back(std::move(entry_));
    }
    if (place_ == Place::tensor || place_ == Place::metadata) place_ = Place::top;
    return true;
  }

  bool start_array(size_t) override {
    if (place_ == Place::tensor && key_ == "shape")
      place_ = Place::shape;
    else if (place_ == Place::tensor && key_ == "data_offsets")
      place_ = Place::offsets;
    else
      wrong("a list");
    return true;
  }

  bool end_array() override {
    if (place_ == Place::offsets && offsets_ != 2)
      refuse(fmt::format("{}: expected two offsets, found {}", at("data_offsets"), offsets_));
    place_ = Place::tensor;
    return true;
  }

  bool parse_error(size_t position, const std::string&, const nlohmann::detail::exception&) override {
    refuse(fmt::format("{}: the header is not valid JSON at byte {}", where_, position),
           "the file may be truncated or no safetensors file");
  }

 private:
  const std::string& where_;
  Header header_;
  HeaderEntry entry_;
  Place place_ = Place::start;
  std::string key_;
  std::set<std::string> names_;              // at the top
  std::set<std::string, std::less<>> seen_;  // keys of the tensor being read
  int offsets_ = 0;

  std::string at(std::string_view key) const {
    return fmt::format("{}: tensor '{}': {}", where_, printable(entry_.name), printable(key));
  }

  [[noreturn]] void wrong(const std::string& found) const {
    switch (place_) {
      case Place::start:
        refuse(fmt::format("{}: expected the header to be a JSON object, found {}", where_, found));
      case Place::top:
        refuse(fmt::format("{}: '{}': expected an object, found {}", where_, printable(key_), found));
      case Place::metadata:
        refuse(fmt::format("{}: __metadata__: '{}': expected a string, found {}", where_, printable(key_), found));
      case Place::tensor:
        refuse(fmt::format("{}: expected {}, found {}", at(key_), key_ == "dtype" ? "a string" : "a list", found));
      case Place::shape:
      case Place::offsets:
        refuse(fmt::format("{}: expected integers from 0 to 2^62, found {}", at(key_), found));
    }
    throw Bug("a place without a message", std::source_location::current());
  }
};

std::string shape_text(const std::vector<int64_t>& shape) { return fmt::format("[{}]", fmt::join(shape, ", ")); }

// The bytes that dtype and shape ask for; false if they exceed 2^62. Extents of 0 do not excuse the others: whoever
// multiplies them in another order must not overflow.
bool bytes_needed(const HeaderEntry& entry, uint64_t& bytes) {
  bytes = bytes_of(entry.dtype);
  bool empty = false;
  for (int64_t n : entry.shape) {
    empty = empty || n == 0;
    if (n > 0 && (__builtin_mul_overflow(bytes, static_cast<uint64_t>(n), &bytes) || bytes > max_extent)) return false;
  }
  if (empty) bytes = 0;
  return true;
}

}  // namespace

Header parse_header(std::string_view text, const std::string& where) {
  HeaderReader reader(where);
  Json::sax_parse(text.begin(), text.end(), &reader);
  return reader.take();
}

void check_layout(const Header& header, uint64_t data_bytes, const std::string& where) {
  std::vector<const HeaderEntry*> order;
  for (const auto& entry : header.tensors) {
    std::string at = fmt::format("{}: tensor '{}'", where, printable(entry.name));
    if (entry.begin > entry.end || entry.end > data_bytes)
      refuse(fmt::format("{}: data_offsets [{}, {}] lie outside the {} bytes of data", at, entry.begin, entry.end,
                         data_bytes),
             "the file may be truncated");
    uint64_t needed = 0;
    if (!bytes_needed(entry, needed) || needed != entry.end - entry.begin)
      refuse(fmt::format("{}: {} of shape {} does not fit data_offsets [{}, {}] of {} bytes", at, name(entry.dtype),
                         shape_text(entry.shape), entry.begin, entry.end, entry.end - entry.begin));
    order.push_back(&entry);
  }
  std::sort(order.begin(), order.end(), [](const HeaderEntry* a, const HeaderEntry* b) {
    return std::pair(a->begin, a->end) < std::pair(b->begin, b->end);
  });
  uint64_t covered = 0;
  for (const HeaderEntry* entry : order) {
    if (entry->begin != covered)
      refuse(fmt::format("{}: tensor '{}': expected to begin at byte {} of the data, found {} ({})", where,
                         printable(entry->name), covered, entry->begin,
                         entry->begin < covered ? "it overlaps the tensor before it" : "there is a hole before it"));
    covered = entry->end;
  }
  if (covered != data_bytes)
    refuse(fmt::format("{}: the tensors end at byte {} of the data, but the file holds {} bytes of it", where, covered,
                       data_bytes));
}

}  // namespace octet::io
