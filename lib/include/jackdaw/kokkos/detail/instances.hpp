#pragma once
/// \file
/// Instances of a space, and which of them have kernels of a job in flight.

#include <cstddef>    // size_t
#include <exception>  // current_exception, exception_ptr, rethrow_exception
#include <memory>     // make_unique, shared_ptr, unique_ptr
#include <mutex>      // lock_guard, mutex
#include <thread>     // this_thread
#include <utility>    // move
#include <vector>     // vector

#include "jackdaw/kokkos/completion.hpp"  // Completion

namespace jackdaw::kokkos::detail {

/// One job at a time has the use of an instance, until its kernels are done, whoever finds that:
/// the job itself, or one that finds no instance free. For as long as that one waits, it may be
/// that nobody comes to the other. Thread-safety: any thread.
template <typename Space>
class Instances {
  struct Flight {
    std::size_t index;           // of its instance
    bool is_launched = false;    // all of it, so that it is over when its instance is done
    bool is_over = false;        // and its instance is free, or another's
    std::exception_ptr error{};  // that the device has told
  };

 public:
  explicit Instances(std::vector<Space> spaces)
      : spaces_(std::move(spaces)), flights_(spaces_.size(), nullptr) {}
  [[nodiscard]] bool empty() const noexcept { return spaces_.empty(); }

  /// The use of one, if any is free.
  class Lease {
   public:
    Lease() = default;
    explicit Lease(std::shared_ptr<Instances> of) : of_(std::move(of)), flight_(of_->begin()) {}
    Lease(Lease&&) noexcept = default;
    Lease& operator=(Lease&& other) noexcept {
      of_.swap(other.of_);
      flight_.swap(other.flight_);
      return *this;
    }
    /// Waits for what is in flight, which may use what its job has.
    ~Lease() {
      if (flight_ != nullptr) of_->end(*flight_);
    }
    [[nodiscard]] explicit operator bool() const noexcept { return flight_ != nullptr; }
    [[nodiscard]] const Space& space() const noexcept { return of_->spaces_[flight_->index]; }
    void set_launched() noexcept { of_->set_launched(*flight_); }
    /// \throws what the device tells
    [[nodiscard]] bool is_over() { return of_->is_over(*flight_); }

   private:
    std::shared_ptr<Instances> of_;
    std::unique_ptr<Flight> flight_;
  };

 private:
  [[nodiscard]] std::unique_ptr<Flight> begin() {
    const std::lock_guard hold(mutex_);
    for (std::size_t i = 0; i < flights_.size(); ++i) {
      if (flights_[i] == nullptr) return begin_on(i);
    }
    for (std::size_t i = 0; i < flights_.size(); ++i) {
      ask(*flights_[i]);
      if (flights_[i] == nullptr) return begin_on(i);
    }
    return nullptr;
  }
  void set_launched(Flight& flight) noexcept {
    const std::lock_guard hold(mutex_);
    flight.is_launched = true;
  }
  [[nodiscard]] bool is_over(Flight& flight) {
    const std::lock_guard hold(mutex_);
    ask(flight);
    if (flight.error) std::rethrow_exception(flight.error);
    return flight.is_over;
  }
  /// Asks until it is over, and does not fence: that ends the process where a kernel has failed.
  void end(Flight& flight) noexcept {
    set_launched(flight);
    for (;;) {
      {
        const std::lock_guard hold(mutex_);
        ask(flight);
        if (flight.is_over) return;
      }
      std::this_thread::yield();
    }
  }

  // Under the mutex:
  [[nodiscard]] std::unique_ptr<Flight> begin_on(std::size_t index) {
    auto flight = std::make_unique<Flight>(Flight{index});
    flights_[index] = flight.get();
    return flight;
  }
  void ask(Flight& flight) noexcept {
    if (flight.is_over || !flight.is_launched) return;
    try {
      if (!Completion<Space>::is_done(spaces_[flight.index])) return;
    } catch (...) {
      flight.error = std::current_exception();
    }
    flight.is_over = true;
    flights_[flight.index] = nullptr;
  }

  const std::vector<Space> spaces_;
  std::mutex mutex_;              // of the next, and of what it points to
  std::vector<Flight*> flights_;  // one for each instance; null: it is free
};

}  // namespace jackdaw::kokkos::detail
