#include <jackdaw/scheduler.hpp>

#include <cstdio>

struct Range {
  long first, last;
};
jackdaw::Sum<long> total;

void add_up(jackdaw::JobContext& job, const Range& range) {
  if (range.first == range.last) {
    total += range.first;
    return;
  }
  const long middle = (range.first + range.last) / 2;
  job.spawn<add_up>(range.first, middle);  // may run on another rank
  job.spawn<add_up>(middle + 1, range.last);
}

int main(int argc, char** argv) {
  jackdaw::Scheduler scheduler(argc, argv);
  if (scheduler.rank() == 0) scheduler.submit<add_up>(1, 100000);
  scheduler.run();  // returns on every rank when no job is left anywhere
  const long sum = scheduler.reduce(total);
  if (scheduler.rank() == 0) std::printf("the sum is %ld\n", sum);
}
