#pragma once
/// \file
/// The letters of a rank: those that came while something else was waited for, then new ones. It
/// counts the letters that nobody waits for, because a letter under way is work left.

#include <deque>    // deque
#include <utility>  // move

#include "network.hpp"  // Letter, Mail, Network

namespace jackdaw::mpi {

class Mailbox {
 public:
  explicit Mailbox(Network& network) : network_(network) {}
  Mailbox(const Mailbox&) = delete;
  Mailbox& operator=(const Mailbox&) = delete;

  void send(int to, Mail about, std::span<const std::byte> body = {}) {
    network_.send(to, about, body);
    if (!is_waited_for(about)) ++counts_.created;
  }
  /// The oldest letter that nobody has read. False: there is none.
  [[nodiscard]] bool next(Letter& letter) {
    if (kept_.empty()) return receive(letter);
    letter = std::move(kept_.front());
    kept_.pop_front();
    return true;
  }
  /// One that has just come. Who cannot use it keeps it.
  [[nodiscard]] bool receive(Letter& letter) {
    if (!network_.receive(letter)) return false;
    if (!is_waited_for(letter.about)) ++counts_.finished;
    return true;
  }
  void keep(Letter&& letter) { kept_.push_back(std::move(letter)); }
  [[nodiscard]] Network& network() noexcept { return network_; }

  /// Letters sent, and received, that nobody waits for. A letter is a job whose end is its receipt.
  [[nodiscard]] const Totals& counts() const noexcept { return counts_; }
  /// Some were received that nobody has read.
  [[nodiscard]] bool has_kept() const noexcept { return !kept_.empty(); }

 private:
  /// Requests come and go all the time while ranks look for work; counted, they would hide the end.
  [[nodiscard]] static bool is_waited_for(Mail about) noexcept {
    return about == Mail::request || about == Mail::answer;
  }

  Network& network_;
  std::deque<Letter> kept_;
  Totals counts_;
};

}  // namespace jackdaw::mpi
