#include "octet/ops/routing.h"

#include <algorithm>

#include "octet/base/error.h"
#include "octet/ops/parallel.h"

namespace octet::ops {

Routing route(const int64_t* indices, int64_t tokens, int64_t chosen, int64_t experts, int64_t chunk_tokens) {
  check(tokens * chosen <= INT32_MAX, "experts: too many tokens in one call");
  Routing r{tokens, chosen, experts, chunk_tokens, (tokens + chunk_tokens - 1) / chunk_tokens, {}, {}};
  r.pair.resize(tokens * chosen);
  r.start.assign(r.chunks * experts + 1, tokens * chosen);
  parallel(r.chunks, 4 * tokens * chosen, [&](int64_t chunk) {  // a counting sort each
    int64_t first = chunk * chunk_tokens * chosen, last = std::min((chunk + 1) * chunk_tokens, tokens) * chosen;
    std::vector<int64_t> place(experts, 0);
    for (int64_t p = first; p < last; ++p) {
      check(indices[p] >= 0 && indices[p] < experts, "experts: index of an expert that is not there");
      ++place[indices[p]];
    }
    int64_t at = first;
    for (int64_t e = 0; e < experts; ++e) {
      r.start[chunk * experts + e] = at;
      at += std::exchange(place[e], at);
    }
    for (int64_t p = first; p < last; ++p) r.pair[place[indices[p]]++] = static_cast<int32_t>(p);
  });
  return r;
}

}  // namespace octet::ops
