#include "sim/live/clients/prober.hpp"

#include <algorithm>

#include "sim/live/clients/probe_line.hpp"

namespace drdrill::live {

Prober::Prober(std::vector<ProbePlan> plans, Clock::time_point epoch, ChangeSignal& changed)
    : epoch_(epoch), changed_(changed) {
  for (ProbePlan& plan : plans)
    lines_.push_back(std::make_unique<Line>(std::move(plan), epoch,
                                            [this](const Sample& sample) { publish(sample); }));
}

Prober::~Prober() = default;

void Prober::start() {
  for (const auto& line : lines_) line->start();
}

void Prober::stop() {
  for (const auto& line : lines_) line->stop();
}

void Prober::publish(const Sample& sample) {
  {
    const std::lock_guard lock(mutex_);
    samples_.push_back(sample);
  }
  {
    const std::lock_guard lock(changed_.mutex);
    ++changed_.changes;
  }
  changed_.condition.notify_all();
}

void Prober::drain(SampleBuffer& out) {
  const std::lock_guard lock(mutex_);
  std::stable_sort(samples_.begin(), samples_.end(),
                   [](const Sample& a, const Sample& b) { return a.at < b.at; });
  out.samples.insert(out.samples.end(), samples_.begin(), samples_.end());
  samples_.clear();
}

std::vector<ProbeSampling> Prober::sampling() const {
  std::vector<ProbeSampling> out;
  for (const auto& line : lines_) out.push_back(line->sampling());
  return out;
}

Offset Prober::settled_until() const {
  Offset out = Clock::now() - epoch_;
  for (const auto& line : lines_) out = std::min(out, line->settled_until());
  return out;
}

}  // namespace drdrill::live
