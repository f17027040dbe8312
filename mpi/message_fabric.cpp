#include "message_fabric.hpp"

#include <cstdlib>    // calloc
#include <cstring>    // memcpy
#include <new>        // bad_alloc
#include <stdexcept>  // runtime_error
#include <string>     // to_string

namespace jackdaw::mpi {

/// An operation on the receiver's memory: a fetch-and-add if `bytes` is 0, else a get.
struct MessageFabric::Request {
  std::uint64_t word = 0;
  std::uint64_t summand = 0;
  std::uint64_t offset = 0;
  std::uint64_t bytes = 0;
};

MessageFabric::MessageFabric(Mailbox& mailbox, std::size_t data_bytes)
    : mailbox_(mailbox),
      data_(static_cast<std::byte*>(std::calloc(data_bytes, 1))),
      bytes_(data_bytes) {
  if (data_ == nullptr) throw std::bad_alloc();
}

bool MessageFabric::accept(const Letter& letter) {
  if (letter.about != Mail::request && letter.about != Mail::add) return false;
  Request request;
  const bool whole = letter.body.size() == sizeof request;
  if (whole) std::memcpy(&request, letter.body.data(), sizeof request);
  if (!whole || request.word >= Word::count || request.offset > bytes_ ||
      request.bytes > bytes_ - request.offset) {
    throw std::runtime_error("rank " + std::to_string(letter.from) +
                             " asks for memory that is not there; do all ranks run one program?");
  }
  if (request.bytes > 0) {
    mailbox_.send(letter.from, Mail::answer, data().subspan(request.offset, request.bytes));
    return true;
  }
  const std::uint64_t old = words_[request.word];
  words_[request.word] += request.summand;
  if (letter.about == Mail::request)
    mailbox_.send(letter.from, Mail::answer, std::as_bytes(std::span(&old, 1)));
  return true;
}

void MessageFabric::wait_for_answer(std::span<std::byte> room) {
  constexpr int patience = 100;  // looks before others may run: an answer takes some 10 us
  Letter letter;
  for (int looks = 0;; ++looks) {
    if (!mailbox_.receive(letter)) {
      if (looks >= patience) mailbox_.network().relax();
    } else if (letter.about == Mail::answer) {
      if (letter.body.size() != room.size())
        throw std::runtime_error("an answer of another size than what was asked for");
      std::memcpy(room.data(), letter.body.data(), room.size());
      return;
    } else if (!accept(letter)) {
      mailbox_.keep(std::move(letter));
    }
  }
}

std::uint64_t MessageFabric::fetch_add(int rank, Word word, std::uint64_t summand) {
  std::uint64_t old = words_[word.index];
  if (rank == this->rank()) {
    words_[word.index] += summand;
    return old;
  }
  const Request request{.word = word.index, .summand = summand};
  mailbox_.send(rank, Mail::request, std::as_bytes(std::span(&request, 1)));
  wait_for_answer(std::as_writable_bytes(std::span(&old, 1)));
  return old;
}

std::uint64_t MessageFabric::read(int rank, Word word) { return fetch_add(rank, word, 0); }

void MessageFabric::add(int rank, Word word, std::uint64_t summand) {
  const Request request{.word = word.index, .summand = summand};
  mailbox_.send(rank, Mail::add, std::as_bytes(std::span(&request, 1)));
}

void MessageFabric::get(int rank, std::size_t offset, std::span<std::byte> room) {
  const Request request{.offset = offset, .bytes = room.size()};
  mailbox_.send(rank, Mail::request, std::as_bytes(std::span(&request, 1)));
  wait_for_answer(room);
}

}  // namespace jackdaw::mpi
