// The terminal: whether colours are welcome, how wide it is, and a progress line with the time left.
#pragma once
#include <chrono>
#include <cstdio>
#include <string>
#include <string_view>

namespace octet {

bool is_terminal(std::FILE* stream);
bool colour_allowed(std::FILE* stream);  // a terminal, NO_COLOR unset or empty, TERM not "dumb"
int terminal_width(std::FILE* stream);   // 80 if unknown

// Messages are a courtesy: where stderr is closed, full or gone, they are lost and the work goes on.
void write_stderr(std::string_view text) noexcept;

// One line on stderr, redrawn at most ten times a second: "label  ███████▌    62 %  1m20s left  detail".
// Where stderr is no terminal, a plain line every 30 seconds instead, so that logs stay readable.
class Progress {
 public:
  explicit Progress(std::string label, double total);
  ~Progress();  // leaves the last state on the screen and ends the line
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  void update(double done, std::string_view detail = "");
  void redraw();  // at once, for the line below it is about to end

 private:
  using Clock = std::chrono::steady_clock;
  std::string label_, detail_;
  double total_, done_ = 0;
  Clock::time_point start_, drawn_;
  bool terminal_;
  void draw();
};

// Ends a progress line being shown so that another message can be printed; the next update draws it again.
void progress_pause();

}  // namespace octet
