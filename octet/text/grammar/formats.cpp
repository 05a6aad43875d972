#include "octet/text/grammar/formats.h"

#include <string>

namespace octet::text {

namespace {

// A day that exists, in the years 0001 to 9999: months of 31 and of 30 days, February, and its 29th in leap years
// (divisible by 4, and by 400 if by 100).
#define OCTET_DATE                                                                                                 \
  "(?:(?:(?:000[1-9]|00[1-9]\\d|0[1-9]\\d\\d|[1-9]\\d{3})-"                                                        \
  "(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\\d|30)|02-(?:0[1-9]|1\\d|2[0-8])))" \
  "|(?:\\d\\d(?:0[48]|[2468][048]|[13579][26])|(?:0[48]|[2468][048]|[13579][26])00)-02-29)"
// RFC 3339, without leap seconds, which few readers take.
#define OCTET_TIME "(?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(?:\\.\\d{1,6})?(?:Z|[+-](?:[01]\\d|2[0-3]):[0-5]\\d)"
#define OCTET_LABEL "[A-Za-z0-9](?:[A-Za-z0-9-]{0,30}[A-Za-z0-9])?"
#define OCTET_HOST OCTET_LABEL "(?:\\." OCTET_LABEL "){0,3}"
#define OCTET_BYTE "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)"
#define OCTET_GROUP "[0-9a-f]{1,4}"

struct Format {
  std::string_view name, pattern;
};

constexpr Format formats[] = {
    {"date", OCTET_DATE},
    {"time", OCTET_TIME},
    {"date-time", OCTET_DATE "T" OCTET_TIME},
    {"duration",
     "P(?:\\d{1,4}W|(?:\\d{1,4}Y(?:\\d{1,4}M(?:\\d{1,4}D)?)?|\\d{1,4}M(?:\\d{1,4}D)?|\\d{1,4}D)"
     "(?:T(?:\\d{1,4}H(?:\\d{1,4}M(?:\\d{1,4}S)?)?|\\d{1,4}M(?:\\d{1,4}S)?|\\d{1,4}S))?"
     "|T(?:\\d{1,4}H(?:\\d{1,4}M(?:\\d{1,4}S)?)?|\\d{1,4}M(?:\\d{1,4}S)?|\\d{1,4}S))"},
    {"email", "[A-Za-z0-9_+-]+(?:\\.[A-Za-z0-9_+-]+)*@" OCTET_LABEL "(?:\\." OCTET_LABEL "){1,2}"},
    {"hostname", OCTET_HOST},
    {"ipv4", "(?:" OCTET_BYTE "\\.){3}" OCTET_BYTE},
    {"ipv6", "(?:" OCTET_GROUP ":){7}" OCTET_GROUP "|::(?:" OCTET_GROUP "(?::" OCTET_GROUP "){0,5})?|" OCTET_GROUP
             "(?::" OCTET_GROUP "){0,2}::(?:" OCTET_GROUP "(?::" OCTET_GROUP "){0,3})?"},
    {"uuid", "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"},
    {"uri", "(?:https?|ftp)://" OCTET_HOST "(?::[1-9]\\d{0,3})?(?:/(?:[A-Za-z0-9._~-]|%[0-9A-F]{2})*)*"
            "(?:\\?[A-Za-z0-9._~=&-]*)?(?:#[A-Za-z0-9._~-]*)?"},
};

#undef OCTET_DATE
#undef OCTET_TIME
#undef OCTET_LABEL
#undef OCTET_HOST
#undef OCTET_BYTE
#undef OCTET_GROUP

}  // namespace

std::optional<std::string_view> format_pattern(std::string_view name) {
  for (const Format& format : formats)
    if (format.name == name) return format.pattern;
  return std::nullopt;
}

std::vector<std::string> known_formats() {
  std::vector<std::string> names;
  for (const Format& format : formats) names.emplace_back(format.name);
  return names;
}

}  // namespace octet::text
