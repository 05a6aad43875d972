// Reading lines at a terminal with editing and history (libedit behind one file).
#pragma once
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace octet::app {

class LineEditor {
 public:
  explicit LineEditor(std::filesystem::path history_file);  // loaded now; each line is added as it is entered
  ~LineEditor();
  LineEditor(const LineEditor&) = delete;
  LineEditor& operator=(const LineEditor&) = delete;

  // One line without its end. A line that ends with a backslash goes on in the next. Ctrl-C gives an empty line; none
  // at the end of input (Ctrl-D).
  std::optional<std::string> read(const std::string& prompt);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace octet::app
