#include "octet/base/terminal.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>

#include "octet/base/units.h"

namespace octet {

namespace {
std::atomic<bool> line_open{false};  // a progress line without its newline is on the screen
}

bool is_terminal(std::FILE* stream) { return ::isatty(::fileno(stream)) == 1; }

bool colour_allowed(std::FILE* stream) {
  const char *no = std::getenv("NO_COLOR"), *term = std::getenv("TERM");
  return is_terminal(stream) && !(no && *no) && !(term && std::string_view(term) == "dumb");
}

int terminal_width(std::FILE* stream) {
  winsize size{};
  return ::ioctl(::fileno(stream), TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

void write_stderr(std::string_view text) noexcept {
  std::fwrite(text.data(), 1, text.size(), stderr);
  std::fflush(stderr);
}

void progress_pause() {
  if (line_open.exchange(false)) write_stderr("\n");
}

Progress::Progress(std::string label, double total)
    : label_(std::move(label)), total_(total), start_(Clock::now()), drawn_(start_), terminal_(is_terminal(stderr)) {}

Progress::~Progress() {
  if (!terminal_) return;
  draw();
  progress_pause();
}

void Progress::update(double done, std::string_view detail) {
  done_ = done, detail_ = detail;
  auto interval = terminal_ ? std::chrono::milliseconds(100) : std::chrono::milliseconds(30000);
  if (Clock::now() - drawn_ >= interval) draw();
}

void Progress::redraw() { draw(); }

void Progress::draw() {
  drawn_ = Clock::now();
  double share = total_ > 0 ? std::clamp(done_ / total_, 0.0, 1.0) : 0;
  double elapsed = std::chrono::duration<double>(drawn_ - start_).count();
  std::string left = share >= 1  ? format_duration(elapsed) + " in all"
                     : share > 0 ? format_duration(elapsed * (1 - share) / share) + " left"
                                 : "";
  if (!terminal_) {
    write_stderr(fmt::format("{}: {:.0f} %  {}  {}\n", label_, share * 100, left, detail_));
    return;
  }
  constexpr int cells = 24;
  int eighths = static_cast<int>(share * cells * 8 + 0.5);
  constexpr const char* part[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  std::string bar;
  for (int i = 0; i < eighths / 8; ++i) bar += "█";
  bar += part[eighths % 8];
  int drawn = eighths / 8 + (eighths % 8 != 0);
  std::string text = fmt::format("{:>3.0f} %  {}  {}", share * 100, left, detail_);
  int room = std::max(0, terminal_width(stderr) - static_cast<int>(label_.size()) - cells - 4);
  if (static_cast<int>(text.size()) > room) text.resize(static_cast<size_t>(room));
  write_stderr(fmt::format("\r{} {}{:{}} {}\033[K", label_, bar, "", cells - drawn, text));
  line_open = true;
}

}  // namespace octet
