// Who may use whom: reads every include of octet/ and holds it to the table. The upper half knows no torch.
#include <gtest/gtest.h>

#include <regex>
#include <set>
#include <sstream>

#include "octet/base/file.h"
#include "octet/base/testing_sanitized.h"

namespace octet {
namespace {

// A folder, the folders it names in the table, and with them what those may use.
const std::map<std::string, std::set<std::string>> table = {
    {"base", {}},
    {"kernels", {"base"}},
    {"io", {"base"}},
    {"text", {"base"}},
    {"tasks", {"base"}},
    {"arch", {"base"}},
    {"plan", {"arch"}},
    {"data", {"text", "tasks", "io"}},
    {"ops", {"kernels"}},
    {"model", {"arch", "io", "ops"}},
    {"convert", {"arch", "io", "kernels"}},
    {"dist", {"ops", "plan"}},
    {"infer", {"model"}},
    {"chat", {"infer", "text"}},
    {"eval", {"chat", "data", "tasks"}},
    {"train", {"data", "model", "plan"}},
    {"post", {"train", "eval"}},
    {"serve", {"chat", "plan"}},
};
const std::set<std::string> torch_free = {"base", "kernels", "io", "text", "tasks", "arch", "plan", "data"};

std::set<std::string> allowed(const std::string& folder) {
  std::set<std::string> all{folder};
  for (const auto& used : table.at(folder)) all.merge(allowed(used));
  return all;
}

struct Include {
  std::string file, folder, path;
};

std::vector<Include> includes() {
  std::vector<Include> list;
  const std::regex pattern(R"re(^\s*#include\s+[<"]([^>"]+)[>"])re");
  for (const auto& entry : fs::recursive_directory_iterator(fs::path(OCTET_SOURCE_DIR) / "octet")) {
    if (entry.path().extension() != ".cpp" && entry.path().extension() != ".h") continue;
    std::string name = fs::relative(entry.path(), OCTET_SOURCE_DIR).string();
    std::string folder = name.substr(6, name.find('/', 6) - 6);
    std::istringstream text(read_file(entry.path()));
    for (std::string line; std::getline(text, line);)
      if (std::smatch match; std::regex_search(line, match, pattern)) list.push_back({name, folder, match[1]});
  }
  return list;
}

TEST(Layering, FoldersUseOnlyThoseTheTableAllows) {
  OCTET_LONG_IF_SANITIZED();
  auto list = includes();
  ASSERT_GT(list.size(), 50u);
  for (const auto& i : list) {
    ASSERT_TRUE(table.contains(i.folder)) << i.file << ": the folder is not in the table";
    if (!i.path.starts_with("octet/")) continue;
    std::string used = i.path.substr(6, i.path.find('/', 6) - 6);
    EXPECT_TRUE(allowed(i.folder).contains(used)) << i.file << " includes " << i.path;
  }
}

TEST(Layering, TheUpperHalfKnowsNoTorch) {
  OCTET_LONG_IF_SANITIZED();
  for (const auto& i : includes()) {
    if (!torch_free.contains(i.folder)) continue;
    EXPECT_FALSE(i.path.starts_with("ATen") || i.path.starts_with("torch") || i.path.starts_with("c10")) << i.file;
  }
}

// A file compiled for an instruction set includes intrinsics and plain headers only: an inline function of another
// header compiled there could be the copy that the linker keeps for all processors.
TEST(Layering, InstructionSetFilesIncludePlainHeadersOnly) {
  OCTET_LONG_IF_SANITIZED();
  const std::regex isa(R"(_(scalar|avx2|avx512|amx)\.cpp$)");
  const std::set<std::string> plain = {"immintrin.h", "cstdint", "stdint.h", "cstddef",
                                       "stddef.h",    "math.h",  "string.h"};
  for (const auto& i : includes()) {
    if (!std::regex_search(i.file, isa)) continue;
    EXPECT_TRUE(plain.contains(i.path) || i.path.starts_with("octet/kernels/")) << i.file << " includes " << i.path;
  }
}

}  // namespace
}  // namespace octet
