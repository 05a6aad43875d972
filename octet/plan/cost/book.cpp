#include "octet/plan/cost/book.h"

#include <algorithm>
#include <chrono>

#include "octet/base/error.h"
#include "octet/base/file.h"

namespace octet::plan {

namespace {

// Percentages are shares or yearly rates, and a building draws no less than the machines in it.
void check_range(const std::string& key, const std::string& unit, const Written& written, const std::string& place) {
  double value = written.quantity.value;
  if (unit == "%" && value > 1)
    throw Error(ErrorKind::config, fmt::format("{}: expected 0 to 100 %, found '{}'", place, written.text));
  if (key == "pue" && value < 1)
    throw Error(ErrorKind::config, fmt::format("{}: expected 1 x or more, found '{}'", place, written.text),
                "PUE is all that the building draws over what its machines draw");
}

// "2025-02-27".
void check_date(const Fields& fields, const std::string& date) {
  int year = 0, month = 0, day = 0, end = 0;
  bool form =
      std::sscanf(date.c_str(), "%4d-%2d-%2d%n", &year, &month, &day, &end) == 3 && date.size() == 10 && end == 10;
  using namespace std::chrono;
  if (!form || !year_month_day(std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                               std::chrono::day(static_cast<unsigned>(day)))
                    .ok())
    fields.fail("date", "a day such as 2025-02-27");
}

Input read_value(const std::string& key, const Fields& fields, const std::string& where) {
  std::string place = where + ": " + key;
  Written mid = parse_quantity(fields.string("value"), place);
  check_range(key, mid.unit_words, mid, place);
  Input input{key, mid.unit_words, {}, mid.quantity.dimension, Tag::assumed, fields.string("source")};
  input.value.mid = input.value.low = input.value.high = mid.quantity.value;
  for (auto [name, target] : {std::pair{"low", &input.value.low}, {"high", &input.value.high}}) {
    if (!fields.has(name)) continue;
    Written end = parse_quantity(fields.string(name), place + "." + name);
    check_range(key, input.unit, end, place + "." + name);
    if (end.quantity.dimension != input.dimension)
      throw Error(ErrorKind::config,
                  fmt::format("{}: {} '{}' has another unit than value '{}'", place, name, end.text, mid.text));
    *target = end.quantity.value;
  }
  if (input.value.low > input.value.mid || input.value.mid > input.value.high)
    throw Error(ErrorKind::config, fmt::format("{}: the range is out of order: low {}, value {}, high {}", place,
                                               format_quantity(input.value.low, input.unit), mid.text,
                                               format_quantity(input.value.high, input.unit)));
  std::string tag = fields.one_of("tag", {"measured", "stated", "assumed"});
  input.tag = tag == "measured" ? Tag::measured : tag == "stated" ? Tag::stated : Tag::assumed;
  if (input.source.empty()) fields.fail("source", "where the figure comes from");
  fields.finish();
  return input;
}

}  // namespace

Book parse_book(std::string_view toml, const std::string& where) {
  Json json = parse_toml(toml, where);
  Fields fields(json, where);
  Book book{fields.string("title"), fields.string("date"), fields.string("subject"), where, {}};
  check_date(fields, book.date);
  Fields values = fields.object("values");
  fields.finish();
  for (const auto& [key, value] : json["values"].items())
    book.values.push_back(read_value(key, values.object(key), where));
  return book;
}

Book read_book(const std::filesystem::path& path) {
  return parse_book(read_file(path, size_t{16} << 20), path.string());
}

std::vector<std::string> book_names(const std::filesystem::path& folder) {
  std::vector<std::string> out;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(folder, ignored))
    if (entry.path().extension() == ".toml") out.push_back(entry.path().stem().string());
  std::sort(out.begin(), out.end());
  return out;
}

Book find_book(const std::string& name, const std::filesystem::path& folder) {
  if (name.find('/') != std::string::npos || name.ends_with(".toml")) return read_book(name);
  auto names = book_names(folder);
  if (std::find(names.begin(), names.end(), name) == names.end())
    throw Error(ErrorKind::usage, fmt::format("no price book '{}' in {}", printable(name), folder.string()),
                names.empty() ? "set OCTET_HOME to octet's folder, or give a path" : unknown_name_hint(name, names));
  return read_book(folder / (name + ".toml"));
}

void enter(const Book& book, Sheet& sheet) {
  for (const Input& input : book.values) sheet.input(input);
}

void set_value(Book& book, const std::string& assignment) {
  size_t equals = assignment.find('=');
  std::string key = assignment.substr(0, equals);
  if (equals == std::string::npos)
    throw Error(ErrorKind::usage, fmt::format("--set {}: expected key=value", printable(assignment)),
                "for example --set 'rental_price=3 $/GPU-hour'");
  std::vector<std::string> known;
  for (Input& input : book.values) {
    known.push_back(input.key);
    if (input.key != key) continue;
    Written value = parse_quantity(assignment.substr(equals + 1), "--set " + key);
    if (value.quantity.dimension != input.dimension)
      throw Error(ErrorKind::usage, fmt::format("--set {}: expected {}, found '{}'", key, input.unit, value.text));
    check_range(key, input.unit, value, "--set " + key);
    double mid = value.quantity.value;
    input.value = {mid, mid, mid};
    input.tag = Tag::assumed, input.source = "--set " + assignment, input.set = true;
    return;
  }
  throw Error(ErrorKind::usage, fmt::format("--set: no value '{}' in '{}'", printable(key), book.title),
              unknown_name_hint(key, known));
}

Book scale_prices(Book book, double factor) {
  for (Input& input : book.values)
    if (input.dimension.power[static_cast<size_t>(Base::dollar)] > 0)
      for (double* end : {&input.value.low, &input.value.mid, &input.value.high}) *end *= factor;
  return book;
}

}  // namespace octet::plan
