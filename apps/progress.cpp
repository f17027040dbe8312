#include "progress.hpp"

#include <fmt/format.h>
#include <unistd.h>  // isatty, write

#include <array>        // array
#include <atomic>       // atomic
#include <csignal>      // raise, sigaction
#include <string_view>  // string_view

#include "report.hpp"  // grouped

namespace jackdaw::apps {
namespace {

constexpr std::string_view wipe = "\r\033[K";
constexpr std::array interrupts{SIGINT, SIGTERM};

std::atomic<int> watched_file{-1};  // -1: no line is shown

void put(int file, std::string_view text) noexcept {
  // A terminal that does not take the line goes without.
  [[maybe_unused]] const auto written = write(file, text.data(), text.size());
}

/// Calls only what a signal handler may. SA_RESETHAND has restored the default, which is to die.
extern "C" void wipe_and_die(int signal) {
  if (const int file = watched_file.load(); file >= 0) put(file, wipe);
  raise(signal);
}

/// Leaves alone what the caller's parent set to be ignored, as nohup does.
void handle(int signal, bool on) noexcept {
  struct sigaction now {};
  sigaction(signal, nullptr, &now);
  const auto from = on ? SIG_DFL : &wipe_and_die;
  if (now.sa_handler != from) return;
  struct sigaction next {};
  next.sa_handler = on ? &wipe_and_die : SIG_DFL;
  if (on) next.sa_flags = static_cast<int>(SA_RESETHAND);
  sigaction(signal, &next, nullptr);
}

}  // namespace

bool Progress::is_watched() noexcept { return isatty(STDERR_FILENO) == 1; }

Progress::Progress(Options options) : options_(std::move(options)) {
  watched_file.store(options_.file);
  for (const int signal : interrupts) handle(signal, true);
  thread_ = std::jthread([this](const std::stop_token& stop) { show(stop); });
}

Progress::~Progress() {
  thread_.request_stop();
  thread_.join();
  for (const int signal : interrupts) handle(signal, false);
  watched_file.store(-1);
  put(options_.file, wipe);
}

void Progress::show(const std::stop_token& stop) {
  using Clock = std::chrono::steady_clock;
  const auto start = Clock::now();
  std::unique_lock hold(mutex_);
  while (!tick_.wait_for(hold, stop, options_.every, [&] { return stop.stop_requested(); })) {
    if (stop.stop_requested()) return;
    const double time = std::chrono::duration<double>(Clock::now() - start).count();
    auto line = fmt::format("{}{}", wipe, options_.count ? "" : options_.thing + ", ");
    if (options_.count) {
      const auto count = options_.count();
      line += fmt::format("{} {}, {:.2f} million/s, ", grouped(count), options_.thing,
                          static_cast<double>(count) / time / 1e6);
    }
    put(options_.file, line + fmt::format("{:.0f} s", time));
  }
}

}  // namespace jackdaw::apps
