#include "app/torch/line_editor.h"

#include <histedit.h>

#include <cerrno>
#include <clocale>
#include <cstdio>

namespace octet::app {

struct LineEditor::State {
  EditLine* edit = nullptr;
  History* history = nullptr;
  HistEvent event{};
  std::filesystem::path file;
  std::string prompt;

  static char* show_prompt(EditLine* edit) {
    void* self = nullptr;
    el_get(edit, EL_CLIENTDATA, &self);
    return static_cast<State*>(self)->prompt.data();
  }
};

LineEditor::LineEditor(std::filesystem::path history_file) : state_(std::make_unique<State>()) {
  std::setlocale(LC_CTYPE, "");
  auto& s = *state_;
  s.file = std::move(history_file);
  s.history = history_init();
  history(s.history, &s.event, H_SETSIZE, 1000);
  history(s.history, &s.event, H_SETUNIQUE, 1);
  if (!s.file.empty()) history(s.history, &s.event, H_LOAD, s.file.c_str());
  s.edit = el_init("octet", stdin, stdout, stderr);
  el_set(s.edit, EL_CLIENTDATA, state_.get());
  el_set(s.edit, EL_PROMPT, &State::show_prompt);
  el_set(s.edit, EL_EDITOR, "emacs");
  el_set(s.edit, EL_HIST, history, s.history);
  el_set(s.edit, EL_BIND, "^R", "em-inc-search-prev", nullptr);
  el_source(s.edit, nullptr);  // the user's own .editrc
}

LineEditor::~LineEditor() {
  auto& s = *state_;
  if (!s.file.empty()) {
    std::error_code ignored;
    std::filesystem::create_directories(s.file.parent_path(), ignored);
    history(s.history, &s.event, H_SAVE, s.file.c_str());
  }
  el_end(s.edit);
  history_end(s.history);
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
  if (text.find_first_not_of(" \n") != text.npos) history(s.history, &s.event, H_ENTER, text.c_str());
  return text;
}

}  // namespace octet::app
