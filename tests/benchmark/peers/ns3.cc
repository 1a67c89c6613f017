// ns-3: `ns3 hold PENDING EVENTS SCHEDULER` or `ns3 mm1 CUSTOMERS SCHEDULER`, with callbacks, which
// is how ns-3 is used.
#include <string>

#include "ns3/core-module.h"
#include "workload.hpp"

namespace {

Exponential numbers;
CpuClock watch;
std::uint64_t left = 0;

void hold() {
  if (left-- == 0) {
    ns3::Simulator::Stop();
    return;
  }
  ns3::Simulator::Schedule(ns3::Seconds(numbers.draw(1)), &hold);
}

Sojourns queue;
std::uint64_t customers = 0;

double now() {
  return ns3::Simulator::Now().GetSeconds();
}

void depart() {
  if (queue.depart(now()))
    ns3::Simulator::Schedule(ns3::Seconds(numbers.draw(service_mean)), &depart);
  if (queue.served() == customers) ns3::Simulator::Stop();
}

void arrive() {
  if (queue.arrive(now()))
    ns3::Simulator::Schedule(ns3::Seconds(numbers.draw(service_mean)), &depart);
  ns3::Simulator::Schedule(ns3::Seconds(numbers.draw(arrival_mean)), &arrive);
}

void use(const std::string& scheduler) {
  ns3::ObjectFactory factory;
  factory.SetTypeId("ns3::" + scheduler);
  ns3::Simulator::SetScheduler(factory);
}

}  // namespace

int main(int, char** words) {
  if (std::string(words[1]) == "hold") {
    const auto pending = std::strtoull(words[2], nullptr, 10);
    const auto events = std::strtoull(words[3], nullptr, 10);
    use(words[4]);
    for (std::uint64_t i = 0; i < pending; ++i)
      ns3::Simulator::Schedule(ns3::Seconds(numbers.draw(1)), &hold);
    left = 5 * pending;  // into the steady state
    ns3::Simulator::Run();
    left = events;
    const double began = now();
    watch.start();
    ns3::Simulator::Run();
    print(watch.passed_ns(), static_cast<double>(events), now() - began);
  } else {
    customers = std::strtoull(words[2], nullptr, 10);
    use(words[3]);
    ns3::Simulator::Schedule(ns3::Seconds(numbers.draw(arrival_mean)), &arrive);
    watch.start();
    ns3::Simulator::Run();
    print(watch.passed_ns(), static_cast<double>(customers), queue.mean());
  }
}
