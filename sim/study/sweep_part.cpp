#include "sim/study/sweep_part.hpp"

#include <bit>
#include <charconv>
#include <type_traits>

#include "sim/base/random.hpp"

namespace drdrill::study {
namespace {

constexpr std::string_view first_word = "drdrill-sweep-part-2\n";

std::string checksum(std::string_view text) {
  return std::to_string(StreamName(text).key()) + "\n";
}

class Out {
 public:
  static constexpr bool reading = false;

  void number(std::uint64_t& n) { text_ += std::to_string(n) + ' '; }
  void string(std::string& s) { text_ += std::to_string(s.size()) + ' ' + s + '\n'; }
  std::size_t count(std::size_t n) {
    std::uint64_t wide = n;
    number(wide);
    return n;
  }
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

class In {
 public:
  static constexpr bool reading = true;

  In(std::string_view text, const std::string& name) : rest_(text), name_(name) {}

  void number(std::uint64_t& n) {
    const auto end = std::from_chars(rest_.data(), rest_.data() + rest_.size(), n);
    const auto length = static_cast<std::size_t>(end.ptr - rest_.data());
    if (end.ec != std::errc{} || length >= rest_.size() || rest_[length] != ' ') fail();
    rest_.remove_prefix(length + 1);
  }
  void string(std::string& s) {
    const std::size_t size = count(0);
    if (size >= rest_.size() || rest_[size] != '\n') fail();
    s = rest_.substr(0, size);
    rest_.remove_prefix(size + 1);
  }
  /// How many of something follow; each takes a character at least.
  std::size_t count(std::size_t) {
    std::uint64_t n = 0;
    number(n);
    if (n > rest_.size()) fail();
    return n;
  }
  bool at_end() const { return rest_.empty(); }
  [[noreturn]] void fail() const {
    throw PartError(name_ + ": this is no part of a sweep that this drdrill wrote");
  }

 private:
  std::string_view rest_;
  const std::string& name_;
};

/// Visits every member of a part, in order: what Out writes, In reads.
template <class Io>
class Visit {
 public:
  explicit Visit(Io& io) : io_(io) {}

  template <class... T>
  void all(T&... values) {
    (one(values), ...);
  }

 private:
  template <class T>
  requires std::is_integral_v<T> || std::is_enum_v<T>
  void one(T& value) {
    auto number = static_cast<std::uint64_t>(value);
    io_.number(number);
    value = static_cast<T>(number);
  }
  void one(std::string& value) { io_.string(value); }
  void one(double& value) {
    auto number = std::bit_cast<std::uint64_t>(value);
    io_.number(number);
    value = std::bit_cast<double>(number);
  }
  void one(Duration& value) {
    auto number = value.count();
    one(number);
    value = Duration(number);
  }
  template <class T>
  void one(std::optional<T>& value) {
    bool there = value.has_value();
    one(there);
    if (there && !value) value.emplace();
    if (there) one(*value);
  }
  template <class T>
  void one(std::vector<T>& values) {
    values.resize(io_.count(values.size()));
    for (T& value : values) one(value);
  }
  void one(std::vector<bool>& values) {
    values.resize(io_.count(values.size()));
    for (std::size_t i = 0; i < values.size(); ++i) {
      bool value = values[i];
      one(value);
      values[i] = value;
    }
  }
  template <class T, std::size_t n>
  void one(std::array<T, n>& values) {
    for (T& value : values) one(value);
  }
  template <class K, class V>
  void one(std::map<K, V>& values) {
    std::size_t count = io_.count(values.size());
    if constexpr (Io::reading) {
      for (; count > 0; --count) {
        K key{};
        one(key);
        one(values[key]);
      }
    } else {
      for (auto& [key, value] : values) {
        K copy = key;
        all(copy, value);
      }
    }
  }
  template <class A, class B>
  void one(std::pair<A, B>& value) {
    all(value.first, value.second);
  }
  void one(Series& series) {
    Series::Totals totals = series.totals();
    std::vector<std::int64_t> values = series.sorted();
    std::map<std::uint32_t, std::uint64_t> buckets = series.buckets();
    all(totals.finite, totals.infinite, totals.least, totals.greatest, totals.sum_high,
        totals.sum_low, values, buckets);
    if constexpr (Io::reading)
      series = Series::restored(totals, std::move(values), std::move(buckets));
  }
  void one(Share& share) { all(share.hits, share.of); }
  void one(CauseId& id) { all(id.kind, id.index); }
  void one(SourcePlace& place) { all(place.file, place.line); }
  void one(CauseInfo& info) { all(info.name, info.value, info.provenance, info.place); }
  void one(CauseTally& tally) {
    all(tally.critical_runs, tally.critical_us, tally.beside_runs, tally.slack_us, tally.with,
        tally.without, tally.halved);
  }
  void one(ObjectiveTally& tally) {
    all(tally.rto, tally.known, tally.rpo, tally.rto_met, tally.rpo_met);
  }
  void one(CellTally& tally) {
    all(tally.runs, tally.verdicts, tally.severities, tally.participant_ms, tally.objectives,
        tally.causes, tally.infos);
  }
  void one(SweepObjective& objective) { all(objective.component, objective.rto, objective.rpo); }
  void one(SweepCell& cell) {
    all(cell.values, cell.objectives, cell.usd_per_month, cell.inputs, cell.replications,
        cell.change, cell.what, cell.to);
  }
  void one(SweepHead& head) {
    all(head.version, head.models, head.command, head.scenario, head.variant, head.file,
        head.platform, head.inputs, head.seed, head.until_ci, head.pointers, head.cells);
  }

  Io& io_;

 public:
  void part(SweepPart& part) {
    all(part.head, part.shard.index, part.shard.count, part.cells, part.done);
  }
};

/// Do the lists fit together? Numbers that do not cannot come from a sweep.
bool is_sound(const SweepPart& part) {
  const SweepHead& head = part.head;
  if (head.cells.empty() || part.cells.size() != head.cells.size() ||
      part.done.size() != head.cells.size() || part.shard.count == 0 ||
      part.shard.index >= part.shard.count)
    return false;
  for (std::size_t i = 0; i < head.cells.size(); ++i) {
    const CellTally& tally = part.cells[i];
    const std::size_t objectives = tally.objectives.size();
    if (part.done[i].size() != head.cells[i].blocks() ||
        head.cells[i].values.size() != head.pointers.size() ||
        head.cells[i].objectives.size() != head.cells.front().objectives.size() ||
        (objectives != 0 && objectives != head.cells[i].objectives.size()))
      return false;
    for (const auto& [key, cause] : tally.causes)
      if (key.first >= objectives || tally.infos.count(key.second) == 0) return false;
  }
  return true;
}

}  // namespace

std::string written(const SweepPart& part) {
  SweepPart copy = part;
  Out out;
  Visit<Out>(out).part(copy);
  std::string text = std::string(first_word) + out.take();
  return text += checksum(text);
}

SweepPart read_part(std::string_view text, const std::string& name) {
  if (!text.starts_with(first_word)) In(text, name).fail();
  const auto end = text.substr(0, text.size() - 1).find_last_of(" \n") + 1;
  if (text.substr(end) != checksum(text.substr(0, end)))
    throw PartError(name + ": this part of a sweep is damaged or was cut short");
  In in(text.substr(first_word.size(), end - first_word.size()), name);
  SweepPart part;
  Visit<In>(in).part(part);
  if (!in.at_end() || !is_sound(part)) in.fail();
  return part;
}

}  // namespace drdrill::study
