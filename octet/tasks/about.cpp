#include "octet/tasks/family.h"
#include "octet/tasks/known.h"

namespace octet::tasks {

Problem ask_known(const std::vector<Known>& list, Random& random, Split split) {
  const Known& known = random.pick(list);
  Problem p;
  p.question = ask(known.wordings, random, split, {});
  p.answer = expand(random.pick(known.answers), random);
  p.key = known.key;
  p.kind = KeyKind::phrases;
  return p;
}

Problem make_about(Random& random, Split split) {
  double u = random.uniform();
  return ask_known(u < 0.4 ? about_octet() : u < 0.75 ? about_v3() : about_terms(), random, split);
}

}  // namespace octet::tasks
