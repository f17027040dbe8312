#include "bench/benches.hpp"
#include "jackdaw/pool.hpp"
#include "jackdaw/reducer.hpp"

namespace jackdaw::apps::bench {

/// How many independent jobs can one thread outside the pool get done in a second?
void measure_jobs(const Options& options, Figures& figures) {
  constexpr long jobs = 2'000'000;
  constexpr long shared_jobs = 500'000;
  Pool pool(options.config);
  Sample spawned, submitted, from_job;
  for (int round = 0; round < options.rounds; ++round) {
    Sum<long> sum;
    const double spawning = seconds([&] {
      for (long i = 0; i < jobs; ++i) pool.spawn([&sum] { sum += 1; });
      pool.wait();
    });
    const double submitting = seconds([&] {
      for (long i = 0; i < shared_jobs; ++i) (void)pool.submit([&sum] { sum += 1; });
      pool.wait();
    });
    const double inside = seconds([&] {
      pool.spawn([&sum](JobContext& job) {
        for (long i = 0; i < jobs; ++i) job.spawn([&sum] { sum += 1; });
      });
      pool.wait();
    });
    expect(sum.value() == 2 * jobs + shared_jobs, "the number of jobs");
    spawned.add(jobs / spawning);
    submitted.add(shared_jobs / submitting);
    from_job.add(jobs / inside);
  }
  figures.add("jobs.per_second", spawned, "jobs/s",
              "spawned by one thread outside, until all are done");
  figures.add("jobs.submitted_per_second", submitted, "jobs/s", "the same, each with a handle");
  figures.add("jobs.from_job_per_second", from_job, "jobs/s", "spawned by one job");
}

}  // namespace jackdaw::apps::bench
