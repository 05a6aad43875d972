#include "app/engine.h"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>

namespace octet::app {
namespace {

char** arguments = nullptr;

}  // namespace

void keep_arguments(char** argv) { arguments = argv; }

void become_engine() {
  namespace fs = std::filesystem;
  std::error_code unknown;
  fs::path self = fs::read_symlink("/proc/self/exe", unknown), engine = self.parent_path() / "octet-engine";
  if (!arguments || unknown || engine == self || !fs::exists(engine, unknown)) return;
  // OpenMP's threads spin while they wait for one another, by default for a millisecond. Where another program wants
  // the cores, the thread that is waited for then does not run, and all is ten times slower; a shorter wait costs
  // nothing on an idle machine. The runtime reads this when it is loaded, so it must be said before.
  if (!std::getenv("OMP_WAIT_POLICY")) setenv("GOMP_SPINCOUNT", "3000", /*overwrite=*/0);
  execv(engine.c_str(), arguments);  // returns only if it could not
}

}  // namespace octet::app
