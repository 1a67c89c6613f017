#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "models/observed.hpp"
#include "sim/base/random.hpp"
#include "sim/drill/note.hpp"
#include "sim/drill/platform.hpp"
#include "sim/engine/engine.hpp"
#include "sim/engine/sampler.hpp"

/// What all component models share: the clock, the parameters with their random streams, and where
/// notes go. Handed in, never global.
namespace drdrill::models {

/// Whose event it is: the `component` of an engine event.
enum class Owner : std::uint16_t {
  kubernetes,
  sfu,
  participants,
  api,
  postgres,
  redis,
  entry,
  monitoring,
  commands,
  world,
  jobs,
  dns,
  pools,
  alerts,
  people,
};

/// The `component` of an event of the part of the platform that a cluster runs.
constexpr std::uint16_t event_owner(Owner owner, int cluster = 0) {
  return static_cast<std::uint16_t>(static_cast<int>(owner) | cluster << 8);
}
constexpr Owner owner_of(std::uint16_t component) {
  return static_cast<Owner>(component & 0xff);
}
constexpr int cluster_of(std::uint16_t component) {
  return component >> 8;
}

/// The whole number nearest to a count that is not negative.
inline std::int64_t nearest_whole(double count) {
  const double raised = count + 0.5;
  return static_cast<std::int64_t>(raised);
}

/// Makes `stream` give the nth draw of an individual next, where a draw takes so many `numbers`.
/// Every individual has 2^32 numbers of its own; the first 2^32 are nobody's.
inline void aim(RandomStream& stream, std::uint32_t who, std::uint64_t nth, std::uint64_t numbers) {
  const std::uint64_t position = ((std::uint64_t{who} + 1) << 32) + nth * numbers;
  if (stream.position() != position) stream.seek(position);
}

/// One parameter and the stream it is drawn from. Each parameter has a stream of its own, so that
/// two variants of a platform share every draw that the change does not concern.
class Draw {
 public:
  Draw(ParameterId id, const Parameter& parameter, const Distribution& value)
      : id_(id),
        value_(&value),
        sampler_(value),
        stream_(0, 0, StreamName(parameter.id)),
        each_(stream_) {}

  ParameterId id() const { return id_; }
  bool draws_from(const Distribution& value) const { return value_ == &value; }
  Duration time() {
    used_ = true;
    const Duration drawn = sampler_.draw_duration(stream_);
    return observed_.empty() ? drawn : observed_or(drawn);
  }
  double value() {
    used_ = true;
    return sampler_.draw(stream_);
  }
  /// The nth draw of an individual, whoever else draws when.
  Duration time_of(std::uint32_t who, std::uint64_t nth) {
    used_ = true;
    aim(each_, who, nth, sampler_.numbers());
    return sampler_.draw_duration(each_);
  }
  /// That and the following ones.
  void times_of(std::uint32_t who, std::uint64_t nth, std::span<Duration> out) {
    used_ = true;
    aim(each_, who, nth, sampler_.numbers());
    sampler_.draw_durations(each_, out);
  }
  /// A value that may turn out not to matter; `use` it when it does.
  double look() { return sampler_.draw(stream_); }
  Duration look_time() { return sampler_.draw_duration(stream_); }
  /// What was drawn before the run began has come to matter now.
  void use() { used_ = true; }
  bool used() const { return used_; }
  void forget_use() { used_ = false; }
  void restart(std::uint64_t seed, std::uint64_t replication) {
    stream_.restart(seed, replication);
    each_.restart(seed, replication);
    next_observed_ = 0;
  }
  /// What `time` gives first, each in place of what is drawn; nothing: that draw stays.
  void observe(std::vector<std::optional<Duration>> values) { observed_ = std::move(values); }

 private:
  Duration observed_or(Duration drawn) {
    if (next_observed_ == observed_.size()) return drawn;
    return observed_[next_observed_++].value_or(drawn);
  }

  ParameterId id_;
  const Distribution* value_;
  Sampler sampler_;
  RandomStream stream_;
  RandomStream each_;  // the same numbers, at the places of individuals
  bool used_ = false;
  std::vector<std::optional<Duration>> observed_;
  std::size_t next_observed_ = 0;
};

/// The draws of all parameters that models asked for.
class Draws {
 public:
  explicit Draws(const ParameterTable& table) : table_(&table) {}

  /// The draw of a parameter; the same one whenever it is asked for. Unknown is a Bug: loaders
  /// have checked that every known parameter has a value.
  Draw& operator[](std::string_view id);
  /// The draw of what the parameter is in clusters of Kubernetes 1.`minor`.
  Draw& in_release(std::string_view id, int minor);
  void restart(std::uint64_t seed, std::uint64_t replication);
  /// Whether a run has drawn the parameter, or used what was drawn of it, since `forget_use`.
  bool used(ParameterId id) const;
  void forget_use();
  /// Of every parameter, what `Draw::observe` takes; none for those that are not there.
  void observe(const std::vector<ObservedTimes::Values>& all);
  const ParameterTable& table() const { return *table_; }

 private:
  Draw& draw_of(ParameterId id, const Distribution& value);

  const ParameterTable* table_;
  std::vector<std::unique_ptr<Draw>> draws_;
};

/// Collects notes, and names for their subjects. Subjects that exist in every replication are named
/// before `keep`; later ones are forgotten by `reset`.
class Notes {
 public:
  SubjectId subject(std::string_view name);  ///< a new number each time
  std::string_view name(SubjectId subject) const;
  void add(const Note& note) { notes_.push_back(note); }
  /// Moves what was collected to the end of `out`.
  void drain(std::vector<Note>& out);
  void keep() { kept_ = names_used_; }
  void reset();

 private:
  std::vector<Note> notes_;
  std::vector<std::string> names_;
  std::size_t names_used_ = 0;
  std::size_t kept_ = 0;
};

struct Context {
  explicit Context(const PlatformSpec& platform) : spec(platform), draws(platform.parameters) {}

  Engine engine;  // first: it is aligned to cache lines
  const PlatformSpec& spec;
  Draws draws;
  Notes notes;
  std::uint64_t seed = 1;
  std::uint64_t replication = 0;
  WallTime start;  ///< the platform's clock at offset 0
  /// Something changed that a steady state may depend on: probes are evaluated after the event.
  bool changed = true;

  Offset now() const { return engine.now(); }
  void note(NoteKind kind, ComponentId component, SubjectId subject,
            ParameterId parameter = ParameterId::none, Duration took = Duration::zero()) {
    notes.add({engine.now(), engine.now() - took, kind, component, subject, parameter});
  }
};

}  // namespace drdrill::models
