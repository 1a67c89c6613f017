// SimGrid: `simgrid hold PENDING EVENTS` or `simgrid mm1 CUSTOMERS`, with timers of its kernel, which
// are several times faster than its actors. One actor sleeps, because a simulation without actors
// is over.
#include <string>

#include <simgrid/kernel/Timer.hpp>
#include <simgrid/s4u.hpp>

#include "workload.hpp"

namespace {

using simgrid::kernel::timer::Timer;
namespace sg4 = simgrid::s4u;

Exponential numbers;
CpuClock watch;
std::uint64_t handled = 0;
std::uint64_t warm = 0;
std::uint64_t last = 0;
double began = 0;

double now() {
  return sg4::Engine::get_clock();
}

void finish(double count, double answer) {
  print(watch.passed_ns(), count, answer);
  std::fflush(stdout);
  std::_Exit(0);  // millions of pending timers are not worth tidying up
}

void hold() {
  if (++handled == warm) {
    began = now();
    watch.start();
  }
  if (handled == last) finish(static_cast<double>(last - warm), now() - began);
  Timer::set(now() + numbers.draw(1), hold);
}

Sojourns queue;
std::uint64_t customers = 0;

void depart() {
  if (queue.depart(now())) Timer::set(now() + numbers.draw(service_mean), depart);
  if (queue.served() == customers) finish(static_cast<double>(customers), queue.mean());
}

void arrive() {
  if (queue.arrive(now())) Timer::set(now() + numbers.draw(service_mean), depart);
  Timer::set(now() + numbers.draw(arrival_mean), arrive);
}

}  // namespace

int main(int argc, char** words) {
  sg4::Engine engine(&argc, words);
  auto* zone = sg4::create_full_zone("zone");
  auto* host = zone->create_host("host", 1e9)->seal();
  zone->seal();
  sg4::Actor::create("sleeper", host, [] { sg4::this_actor::sleep_for(1e12); });
  if (std::string(words[1]) == "hold") {
    const auto pending = std::strtoull(words[2], nullptr, 10);
    warm = 5 * pending;
    last = warm + std::strtoull(words[3], nullptr, 10);
    for (std::uint64_t i = 0; i < pending; ++i) Timer::set(numbers.draw(1), hold);
  } else {
    customers = std::strtoull(words[2], nullptr, 10);
    Timer::set(numbers.draw(arrival_mean), arrive);
    watch.start();
  }
  engine.run();
}
