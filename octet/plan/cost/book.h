// Price books: dated TOML files, one value a line, each with its tag and source.
//
//   title = "…"        date = 2025-01-31        subject = "tco"
//   [values]
//   server = { value = "258,001 $/node", low = "…", high = "…", tag = "stated", source = "…" }
//
// low and high may be left out (then the value is exact); tag is measured, stated or assumed. A negative value, a
// missing source, an unknown key, an unknown unit or a range out of order is Error{config}.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "octet/plan/cost/sheet.h"

namespace octet::plan {

struct Book {
  std::string title, date, subject, path;
  std::vector<Input> values;
};

Book read_book(const std::filesystem::path& path);
Book parse_book(std::string_view toml, const std::string& where);

// A path, or the name of a book in `folder` ("h200-tco"). Error{usage} with the nearest name.
Book find_book(const std::string& name, const std::filesystem::path& folder);
std::vector<std::string> book_names(const std::filesystem::path& folder);

// The book's values become the sheet's inputs.
void enter(const Book& book, Sheet& sheet);

// One value given by hand, "rental_price=3 $/GPU-hour". It must be in the book; its dimension must stay.
void set_value(Book& book, const std::string& assignment);

// The book with everything that is paid multiplied (values with dollars above the line).
Book scale_prices(Book book, double factor);

}  // namespace octet::plan
