#include "app/torch/line_editor.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <histedit.h>
#include <langinfo.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <clocale>
#include <cstdio>
#include <string_view>

namespace octet::app {

struct LineEditor::State {
  EditLine* edit = nullptr;
  History* history = nullptr;
  HistEvent event{};
  std::filesystem::path file;
  std::string prompt, last;

  static char* show_prompt(EditLine* edit) {
    void* self = nullptr;
    el_get(edit, EL_CLIENTDATA, &self);
    return static_cast<State*>(self)->prompt.data();
  }
};

namespace {

constexpr int kept_lines = 1000;

// Without a locale the terminal speaks UTF-8 all the same, and in C's own every letter beyond ASCII would be dropped.
void take_locale() {
  bool found = std::setlocale(LC_CTYPE, "") != nullptr;
  if (!found || std::string_view(::nl_langinfo(CODESET)) == "ANSI_X3.4-1968") std::setlocale(LC_CTYPE, "C.UTF-8");
}

// A line as libedit's history files have it: vis(3), here all in octal.
std::string encoded(const std::string& line) {
  std::string out;
  for (char c : line) {
    bool plain = c > ' ' && c < 127 && c != '\\';
    out += plain ? std::string(1, c) : fmt::format("\\{:03o}", static_cast<unsigned char>(c));
  }
  return out + "\n";
}

// At once, so that a terminal that is closed takes nothing with it, and at the end, so that several sessions can share
// the file. A history that cannot be kept is no reason to disturb.
void append(const std::filesystem::path& file, const std::string& line) {
  int fd = ::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (fd < 0) return;
  struct stat info {};
  bool empty = ::fstat(fd, &info) == 0 && info.st_size == 0;
  std::string text = (empty ? "_HiStOrY_V2_\n" : "") + encoded(line);
  if (::write(fd, text.data(), text.size()) < 0) errno = 0;
  ::close(fd);
}

}  // namespace

LineEditor::LineEditor(std::filesystem::path history_file) : state_(std::make_unique<State>()) {
  take_locale();
  auto& s = *state_;
  s.file = std::move(history_file);
  s.history = history_init();
  history(s.history, &s.event, H_SETSIZE, kept_lines);
  history(s.history, &s.event, H_SETUNIQUE, 1);
  if (!s.file.empty()) {
    std::error_code ignored;
    std::filesystem::create_directories(s.file.parent_path(), ignored);
    int lines = history(s.history, &s.event, H_LOAD, s.file.c_str());
    if (lines > 2 * kept_lines) {  // it has grown by a line at a time: only what is kept stays
      std::filesystem::path shorter = s.file.string() + fmt::format(".{}", ::getpid());
      if (history(s.history, &s.event, H_SAVE, shorter.c_str()) >= 0) std::filesystem::rename(shorter, s.file, ignored);
    }
  }
  s.edit = el_init("octet", stdin, stdout, stderr);
  el_set(s.edit, EL_CLIENTDATA, state_.get());
  el_set(s.edit, EL_PROMPT, &State::show_prompt);
  el_set(s.edit, EL_EDITOR, "emacs");
  el_set(s.edit, EL_HIST, history, s.history);
  el_set(s.edit, EL_BIND, "^R", "em-inc-search-prev", nullptr);
  el_source(s.edit, nullptr);  // the user's own .editrc
}

LineEditor::~LineEditor() {
  el_end(state_->edit);
  history_end(state_->history);
}

std::optional<std::string> LineEditor::read(const std::string& prompt) {
  auto& s = *state_;
  std::string text;
  s.prompt = prompt;
  for (;;) {
    int count = 0;
    errno = 0;
    const char* line = el_gets(s.edit, &count);
    if (!line || count <= 0) {
      if (errno == EINTR) {  // Ctrl-C: what was typed is dropped
        std::fputs("\n", stdout);
        el_reset(s.edit);
        return "";
      }
      return std::nullopt;
    }
    text.append(line, static_cast<size_t>(count));
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
    if (!text.ends_with('\\')) break;
    text.back() = '\n';
    s.prompt = std::string(prompt.size() > 2 ? prompt.size() - 2 : 0, ' ') + "… ";
  }
  if (text.find_first_not_of(" \n") == text.npos) return text;
  history(s.history, &s.event, H_ENTER, text.c_str());
  if (!s.file.empty() && text != s.last) append(s.file, text);
  s.last = text;
  return text;
}

}  // namespace octet::app
