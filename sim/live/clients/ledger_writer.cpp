#include "sim/live/clients/ledger_writer.hpp"

#include <algorithm>
#include <cmath>
#include <tuple>

#include "sim/base/ensure.hpp"

namespace drdrill::live {
namespace {

constexpr double records_a_second_of_a_lane = 200;
/// Records that are asked for at once when all are read back.
constexpr std::uint64_t chunk = 5000;
constexpr auto chunk_deadline = std::chrono::seconds(5);

/// Time without an acknowledgement that is longer is no time in which the stream was written.
constexpr Duration pause = std::chrono::seconds(1);

/// Makes runs of records that come in order of time.
class Runs {
 public:
  Runs(LedgerStream& stream, std::span<const Offset> cuts) : stream_(stream), cuts_(cuts) {}

  void add(Offset at, Fate fate) {
    auto& runs = stream_.runs;
    if (runs.empty() || runs.back().fate != fate || is_cut(runs.back().last, at))
      runs.push_back({at, at, 0, fate});
    runs.back().last = at;
    ++runs.back().count;
  }

 private:
  bool is_cut(Offset from, Offset to) const {
    return std::any_of(cuts_.begin(), cuts_.end(),
                       [&](Offset cut) { return from < cut && cut <= to; });
  }

  LedgerStream& stream_;
  std::span<const Offset> cuts_;
};

/// How fast records were acknowledged while any were, and how long none was.
void measure(const std::vector<Offset>& acknowledged, LedgerStream& stream) {
  Duration writing{};
  std::uint64_t gaps = 0;
  for (std::size_t i = 1; i < acknowledged.size(); ++i) {
    const Duration gap = acknowledged[i] - acknowledged[i - 1];
    stream.longest_gap = std::max(stream.longest_gap, gap);
    if (gap > pause) continue;
    writing += gap;
    ++gaps;
  }
  if (writing > Duration::zero())
    stream.achieved_rate = static_cast<double>(gaps) / to_seconds(writing);
}

}  // namespace

LedgerWriter::LedgerWriter(LedgerPlan plan, Clock::time_point epoch)
    : plan_(std::move(plan)), epoch_(epoch) {
  ENSURE(plan_.rate > 0, plan_.name);
  if (plan_.lanes == 0)
    plan_.lanes =
        static_cast<unsigned>(std::max(1.0, std::ceil(plan_.rate / records_a_second_of_a_lane)));
}

void LedgerWriter::start() {
  ENSURE(lanes_.empty(), plan_.name);
  for (unsigned i = 0; i < plan_.lanes; ++i) {
    lanes_.push_back(std::make_unique<Lane>());
    Lane& lane = *lanes_.back();
    lane.thread = std::thread([this, &lane, i] { run(lane, i); });
  }
}

void LedgerWriter::stop() {
  stop_.request();
  for (const auto& lane : lanes_)
    if (lane->thread.joinable()) lane->thread.join();
}

LedgerCounts LedgerWriter::counts() const {
  return {acknowledged_.load(), failed_attempts_.load(), given_up_.load()};
}

/// Lane i of k writes every k-th number, so that lanes share nothing.
void LedgerWriter::run(Lane& lane, unsigned index) {
  const auto store = plan_.store();
  const Duration period = from_seconds(plan_.lanes / plan_.rate);
  auto due = Clock::now() + period * index / plan_.lanes;
  for (std::uint64_t number = plan_.first_number + index; stop_.wait_until(due);
       number += plan_.lanes) {
    lane.records.push_back(write(*store, number));
    // A client that was held up does not make up for it with a burst.
    due = std::max(due + period, Clock::now() - period);
  }
}

LedgerWriter::Record LedgerWriter::write(LedgerStore& store, std::uint64_t number) {
  const auto begun = Clock::now();
  BackOff back_off;
  while (true) {
    const bool acknowledged = store.write(number, Clock::now() + plan_.deadline).ok();
    if (acknowledged) {
      ++acknowledged_;
      return {number, now(), true};
    }
    ++failed_attempts_;
    store.disconnect();
    const bool too_long = Clock::now() - begun >= plan_.patience;
    if (too_long || !stop_.wait_until(Clock::now() + back_off.next())) {
      ++given_up_;
      return {number, begun - epoch_, false};
    }
  }
}

std::vector<LedgerWriter::Record> LedgerWriter::records_in_order() const {
  std::vector<Record> out;
  for (const auto& lane : lanes_) out.insert(out.end(), lane->records.begin(), lane->records.end());
  std::sort(out.begin(), out.end(), [](const Record& a, const Record& b) {
    return std::tie(a.at, a.number) < std::tie(b.at, b.number);
  });
  return out;
}

Reply LedgerWriter::read_all(std::vector<std::uint64_t>& present, Deadline deadline) const {
  std::uint64_t last = 0;
  for (const auto& lane : lanes_)
    if (!lane->records.empty()) last = std::max(last, lane->records.back().number);
  const auto store = plan_.store();
  BackOff back_off;
  for (std::uint64_t first = plan_.first_number; first <= last;) {
    const std::uint64_t end = std::min(last, first + chunk - 1);
    const auto until = std::min<Deadline>(deadline, Clock::now() + chunk_deadline);
    Reply reply = store->read(first, end, present, until);
    if (reply.ok()) {
      first = end + 1;
      continue;
    }
    store->disconnect();
    const auto again = Clock::now() + back_off.next();
    if (again >= deadline) return reply;
    std::this_thread::sleep_until(again);
  }
  return {};
}

VerifiedStream LedgerWriter::verify(Deadline deadline, std::span<const Offset> cuts) const {
  VerifiedStream out;
  LedgerStream& stream = out.stream;
  stream.component = plan_.component;
  stream.name = plan_.name;
  stream.planned_rate = plan_.rate;
  std::vector<std::uint64_t> present;
  const Reply reply = read_all(present, deadline);
  out.evaluated = reply.ok();
  if (!reply.ok()) stream.unread = reply.text;
  std::vector<Offset> acknowledged;
  Runs runs(stream, cuts);
  for (const Record& record : records_in_order()) {
    if (record.acknowledged) acknowledged.push_back(record.at);
    const bool there = std::binary_search(present.begin(), present.end(), record.number);
    if (!record.acknowledged && (!there || !out.evaluated)) continue;
    const Fate fate = !record.acknowledged ? Fate::unacknowledged
                      : !out.evaluated     ? Fate::unread
                      : there              ? Fate::kept
                                           : Fate::lost;
    if (fate == Fate::kept) ++out.kept;
    if (fate == Fate::lost) ++out.lost;
    if (fate == Fate::unacknowledged) ++out.survivors;
    runs.add(record.at, fate);
  }
  measure(acknowledged, stream);
  return out;
}

}  // namespace drdrill::live
