#include "sim/study/closed_forms.hpp"
#include "sim/study/machines.hpp"

namespace drdrill::study {
namespace {

using Values = std::array<double, batches>;

constexpr Duration hour{3'600'000'000'000};
constexpr Duration longest = hour * 2'000'000;  // what 64 bits of nanoseconds hold, nearly
constexpr double hours_a_year = 8760;

double hours(Duration d) {
  return to_seconds(d) / 3600;
}

/// The shares of time in which so many are failed, by batch: each the mean of several long runs.
struct Shares {
  Values none{};
  Values one{};
  Values down{};  // fewer than needed work
};

Shares shares_of(Machines& machines, std::size_t failed_when_down, int runs) {
  Shares shares;
  for (std::size_t i = 0; i < batches; ++i) {
    for (int run = 0; run < runs; ++run) {
      machines.start();
      machines.run(longest);
      const std::vector<double> share = machines.take();
      shares.none[i] += share[0] / runs;
      shares.one[i] += share[1] / runs;
      for (std::size_t k = failed_when_down; k < share.size(); ++k)
        shares.down[i] += share[k] / runs;
    }
  }
  return shares;
}

Estimate mean_time_to_failure(Machines& machines, int replications) {
  return estimate_with([&](std::size_t) {
    double sum = 0;
    for (int r = 0; r < replications; ++r) {
      machines.start();
      sum += hours(machines.run(longest, true));
    }
    return sum / replications;
  });
}

/// Down at two instants, having been up at the first.
void play_transient(std::uint64_t seed, std::vector<ClosedForm>& forms) {
  constexpr int replications = 100'000;
  Machines machine(1, 1, 1, seed, "transient");
  Values after_1{};
  Values after_4{};
  for (std::size_t i = 0; i < batches; ++i) {
    for (int r = 0; r < replications; ++r) {
      machine.start();
      machine.run(hour);
      after_1[i] += machine.works() ? 0 : 1.0 / replications;
      machine.run(4 * hour);
      after_4[i] += machine.works() ? 0 : 1.0 / replications;
    }
  }
  forms.push_back({"1 - A(1 h)", 1 - 0.999115627, estimate(after_1), 0.08});
  forms.push_back({"1 - A(4 h)", 1 - 0.997475740, estimate(after_4), 0.05});
}

Estimate quiet_months(std::uint64_t seed) {
  constexpr int replications = 10'000;
  Machines machine(1, 1, 1, seed, "months");
  return estimate_with([&](std::size_t) {
    int none = 0;
    for (int r = 0; r < replications; ++r) {
      machine.start();
      machine.run(720 * hour, true);
      none += machine.works() ? 1 : 0;
    }
    return static_cast<double>(none) / replications;
  });
}

}  // namespace

std::vector<ClosedForm> play_two_states(std::uint64_t seed) {
  Machines machine(1, 1, 1, seed, "two states");
  Values down{};
  Values down_a_year{};
  Values failures{};
  for (std::size_t i = 0; i < batches; ++i) {
    machine.start();
    const Offset now = machine.run(longest);
    failures[i] = static_cast<double>(machine.outages()) / (hours(now) / hours_a_year);
    down[i] = machine.take()[1];
    down_a_year[i] = down[i] * hours_a_year;
  }
  std::vector<ClosedForm> forms{{"1 - A", 1 - 0.996015936, estimate(down), 0.03},
                                {"hours down a year", 34.900398, estimate(down_a_year), 0.03},
                                {"failures a year", 8.725100, estimate(failures), 0.02}};
  play_transient(seed, forms);
  forms.push_back({"P(no failure in 30 days)", 0.486752, quiet_months(seed), 0.01});
  return forms;
}

std::vector<ClosedForm> play_two_of_three(std::uint64_t seed) {
  Machines machines(3, 2, 1, seed, "two of three, one crew");
  const Shares shares = shares_of(machines, 2, 20);
  Machines to_failure(3, 2, 1, seed, "to failure, one crew");
  Machines unrepaired(3, 2, 0, seed, "to failure, no repair");
  return {{"p0", 0.988048190, estimate(shares.none), 0.0001},
          {"p1", 0.011856578, estimate(shares.one), 0.005},
          {"unavailability", 9.523204e-05, estimate(shares.down), 0.05},
          {"hours to the first outage", 42'500, mean_time_to_failure(to_failure, 400), 0.04},
          {"the same without repair", 833.333333, mean_time_to_failure(unrepaired, 4'000), 0.01}};
}

std::vector<ClosedForm> play_two_of_three_three_crews(std::uint64_t seed) {
  Machines machines(3, 2, 3, seed, "two of three, three crews");
  return {{"unavailability", 4.749182e-05, estimate(shares_of(machines, 2, 20).down), 0.05}};
}

std::vector<ClosedForm> play_four_of_six(std::uint64_t seed) {
  Machines machines(6, 4, 2, seed, "four of six, two crews");
  return {{"unavailability", 1.885850e-06, estimate(shares_of(machines, 3, 8).down), 0.25}};
}

}  // namespace drdrill::study
