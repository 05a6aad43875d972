#include "octet/infer/request.h"

namespace octet::infer {

const char* name(Finish finish) {
  constexpr const char* names[] = {"stop", "length", "cancelled", "failed"};
  return names[static_cast<int>(finish)];
}

}  // namespace octet::infer
