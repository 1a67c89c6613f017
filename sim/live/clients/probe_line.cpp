#include "sim/live/clients/probe_line.hpp"

#include <cmath>
#include <system_error>

#include "sim/base/ensure.hpp"

namespace drdrill::live {
namespace {

/// Askers that only a stall had needed let go of their connections after this long.
constexpr auto idle_max = std::chrono::seconds(2);

std::size_t askers_for(const ProbePlan& plan) {
  // All that can be under way at once, and two for those that overrun their deadline a little.
  return static_cast<std::size_t>(std::ceil(plan.rate * to_seconds(plan.deadline))) + 2;
}

}  // namespace

Prober::Line::Line(ProbePlan plan, Clock::time_point epoch,
                   std::function<void(const Sample&)> publish)
    : plan_(std::move(plan)),
      epoch_(epoch),
      publish_(std::move(publish)),
      askers_max_(askers_for(plan_)),
      judge_(plan_.kind, plan_.over_a_second) {
  ENSURE(plan_.rate > 0 && plan_.question, std::string(row_of(plan_.kind).id));
}

void Prober::Line::start() {
  keeper_ = std::thread([this] { keep_time(); });
}

void Prober::Line::stop() {
  stop_.request();
  if (keeper_.joinable()) keeper_.join();
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
    for (const auto& asker : askers_) asker->handed.notify_all();
  }
  // Nobody adds askers any more.
  for (const auto& asker : askers_)
    if (asker->thread.joinable()) asker->thread.join();
}

Offset Prober::Line::settled_until() const {
  const std::lock_guard lock(mutex_);
  const Offset asked = pending_.empty() ? now() : pending_.front().asked;
  return plan_.over_a_second ? asked - judged_second : asked;
}

ProbeSampling Prober::Line::sampling() const {
  const std::lock_guard lock(mutex_);
  return {plan_.kind, from_seconds(1 / plan_.rate), longest_gap_};
}

void Prober::Line::keep_time() {
  const Duration period = from_seconds(1 / plan_.rate);
  auto due = Clock::now();
  while (stop_.wait_until(due)) {
    put_question();
    // What was missed because the machine was busy is not asked afterwards.
    due = std::max(due + period, Clock::now());
  }
}

void Prober::Line::put_question() {
  const std::lock_guard lock(mutex_);
  const std::uint64_t question = first_pending_ + pending_.size();
  pending_.push_back({now()});
  const Offset asked = pending_.back().asked;
  if (asked_last_) longest_gap_ = std::max(longest_gap_, asked - *asked_last_);
  asked_last_ = asked;
  Asker* asker = free_asker();
  if (asker == nullptr) {
    settle(question, Outcome::unable);
    return;
  }
  asker->task = question;
  asker->handed.notify_one();
}

/// Null when we cannot put more questions at once.
Prober::Line::Asker* Prober::Line::free_asker() {
  if (!idle_.empty()) {
    Asker* asker = idle_.back();
    idle_.pop_back();
    return asker;
  }
  if (askers_.size() == askers_max_) return nullptr;
  auto asker = std::make_unique<Asker>();
  asker->question = plan_.question();
  try {
    asker->thread = std::thread([this, made = asker.get()] { run(*made); });
  } catch (const std::system_error&) {  // no more threads: our own want
    return nullptr;
  }
  askers_.push_back(std::move(asker));
  return askers_.back().get();
}

void Prober::Line::run(Asker& asker) {
  std::unique_lock lock(mutex_);
  while (true) {
    asker.handed.wait_for(lock, idle_max, [&] { return ending_ || asker.task; });
    if (asker.task) {
      answer(asker, *asker.task, lock);
    } else if (ending_) {
      return;
    } else if (asker.connected) {
      asker.question->disconnect();
      asker.connected = false;
    }
  }
}

void Prober::Line::answer(Asker& asker, std::uint64_t question,
                          std::unique_lock<std::mutex>& lock) {
  const Offset asked = pending_[question - first_pending_].asked;
  lock.unlock();
  const Deadline deadline = epoch_ + asked + plan_.deadline;
  // When we come too late to ask at all, the system is not to blame.
  const Reply reply = Clock::now() < deadline ? asker.question->ask(deadline)
                                              : unable("the deadline passed before we asked");
  lock.lock();
  asker.task.reset();
  asker.connected = true;
  idle_.push_back(&asker);
  settle(question, reply.outcome);
}

/// With the mutex held, so that samples are published in order.
void Prober::Line::settle(std::uint64_t question, Outcome outcome) {
  Pending& settled = pending_[question - first_pending_];
  settled.answer = Answered{settled.asked, now(), outcome};
  while (!pending_.empty() && pending_.front().answer) {
    const auto sample = judge_.take(*pending_.front().answer);
    pending_.pop_front();
    ++first_pending_;
    if (sample) publish_(*sample);
  }
}

}  // namespace drdrill::live
