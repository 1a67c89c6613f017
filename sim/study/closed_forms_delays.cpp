#include <algorithm>

#include "sim/study/closed_forms.hpp"
#include "sim/study/sample.hpp"

namespace drdrill::study {
namespace {

/// The latest of so many restores that run in parallel.
Sample latest(std::uint64_t seed, std::string_view name, int shards) {
  return {seed, name, [restore = Sampler({Shape::exponential, 10}), shards](RandomStream& stream) {
            double last = 0;
            for (int i = 0; i < shards; ++i) last = std::max(last, restore.draw(stream));
            return last;
          }};
}

}  // namespace

std::vector<ClosedForm> play_three_stages(std::uint64_t seed) {
  const Sampler a({Shape::exponential, 40});
  const Sampler b({Shape::exponential, 300});
  const Sampler c({Shape::exponential, 10});
  const Sample sum(seed, "40 + 300 + 10",
                   [&](RandomStream& s) { return a.draw(s) + b.draw(s) + c.draw(s); });
  return {{"mean", 350, sum.mean(), 0.005},
          {"standard deviation", 302.820079, sum.deviation(), 0.01},
          {"P(> 600)", 0.161541, sum.above(600), 0.015},
          {"p50", 260.863842, sum.quantile(0.50), 0.01},
          {"p95", 951.820401, sum.quantile(0.95), 0.01},
          {"p99", 1434.651774, sum.quantile(0.99), 0.02}};
}

std::vector<ClosedForm> play_two_stages(std::uint64_t seed) {
  const Sampler a({Shape::exponential, 5});
  const Sampler b({Shape::exponential, 10});
  const Sample sum(seed, "5 + 10", [&](RandomStream& s) { return a.draw(s) + b.draw(s); });
  return {{"mean", 15, sum.mean(), 0.005},
          {"standard deviation", 11.180340, sum.deviation(), 0.01},
          {"P(> 30)", 0.097095, sum.above(30), 0.02},
          {"p50", 12.279472, sum.quantile(0.50), 0.01},
          {"p95", 36.761383, sum.quantile(0.95), 0.01},
          {"p99", 52.958079, sum.quantile(0.99), 0.02}};
}

std::vector<ClosedForm> play_erlang(std::uint64_t seed) {
  const Sample x(seed, "erlang", {Shape::erlang, 30, 3});
  return {{"mean", 30, x.mean(), 0.005},
          {"standard deviation", 17.320508, x.deviation(), 0.01},
          {"P(> 60)", 0.061969, x.above(60), 0.025},
          {"P(<= 15)", 0.191153, x.up_to(15), 0.02}};
}

std::vector<ClosedForm> play_latest(std::uint64_t seed) {
  const Sample three = latest(seed, "three shards", 3);
  return {{"of 3: mean", 18.333333, three.mean(), 0.005},
          {"of 3: standard deviation", 11.666667, three.deviation(), 0.01},
          {"of 3: P(<= 20)", 0.646462, three.up_to(20), 0.01},
          {"of 3: p95", 40.773442, three.quantile(0.95), 0.01},
          {"of 6: mean", 24.5, latest(seed, "six shards", 6).mean(), 0.005}};
}

/// The critical path by itself, each activity normal with the mean and the variance that PERT gives
/// it. (The whole network would be later: other paths are sometimes the longest.)
std::vector<ClosedForm> play_pert(std::uint64_t seed) {
  struct Activity {
    double least, likely, most;
  };
  constexpr std::array<Activity, 5> path{{{1, 2, 3}, {1, 2, 3}, {1, 4, 7}, {3, 4, 11}, {1, 2, 3}}};
  const Sample weeks(seed, "pert", [&](RandomStream& stream) {
    double sum = 0;
    for (const Activity& a : path)
      sum += (a.least + 4 * a.likely + a.most) / 6 +
             (a.most - a.least) / 6 * unit_normal(stream.next());
    return sum;
  });
  return {{"mean, weeks", 15, weeks.mean(), 0.001},
          {"standard deviation", 1.763834, weeks.deviation(), 0.005},
          {"P(<= 16)", 0.714625, weeks.up_to(16), 0.005},
          {"99 % date", 19.103292, weeks.quantile(0.99), 0.005}};
}

std::vector<ClosedForm> play_triangular(std::uint64_t seed) {
  const Sampler lease({Shape::uniform, 20, 30});
  const Sampler loop({Shape::uniform, 0, 10});
  const Sample sum(seed, "lease + loop",
                   [&](RandomStream& s) { return lease.draw(s) + loop.draw(s); });
  const Sample triangle(seed, "triangle", {Shape::triangular, 20, 30, 40});
  return {{"sum: mean", 30, sum.mean(), 0.001},
          {"sum: standard deviation", 4.082483, sum.deviation(), 0.005},
          {"sum: P(<= 35)", 0.875, sum.up_to(35), 0.005},
          {"as one draw: mean", 30, triangle.mean(), 0.001},
          {"as one draw: standard deviation", 4.082483, triangle.deviation(), 0.005},
          {"as one draw: P(<= 35)", 0.875, triangle.up_to(35), 0.005}};
}

std::vector<ClosedForm> play_lognormal(std::uint64_t seed) {
  const Sample x(seed, "lognormal", {Shape::lognormal, 10, 1});
  return {{"mean", 16.487213, x.mean(), 0.01},
          {"standard deviation", 21.611974, x.deviation(), 0.04},
          {"p50", 10, x.quantile(0.50), 0.01},
          {"p95", 51.802515, x.quantile(0.95), 0.015},
          {"P(> 30)", 0.135969, x.above(30), 0.015}};
}

std::vector<ClosedForm> play_weibull(std::uint64_t seed) {
  const Sample x(seed, "weibull", {Shape::weibull, 1000, 0.8});
  return {{"mean", 1133.003096, x.mean(), 0.01}, {"p50", 632.458198, x.quantile(0.50), 0.01}};
}

}  // namespace drdrill::study
