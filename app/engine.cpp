#include "app/engine.h"

#include <unistd.h>

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
  execv(engine.c_str(), arguments);  // returns only if it could not
}

}  // namespace octet::app
