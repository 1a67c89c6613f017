#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "sim/base/time.hpp"
#include "sim/drill/component.hpp"
#include "sim/drill/note.hpp"

/// Probes ask a world a question; samples are the answers, with a time.
namespace drdrill {

/// A row of the probe table: what `list probes` prints and scenarios may name.
struct ProbeRow {
  std::string_view id;
  ComponentId component;
  bool steady_state;  ///< its answer is the component's steady state
  std::string_view question;
};

inline constexpr std::array<ProbeRow, 7> probe_table{{
    {"media", ComponentId::livekit_sfu, true, "share of joined participants that have media"},
    {"api-requests", ComponentId::api, true, "do API requests succeed, fast enough?"},
    {"postgres-write", ComponentId::postgres, true,
     "does a write and a read through the Service work in every database?"},
    {"redis-slots", ComponentId::redis, true, "does every slot read and write?"},
    {"lb-connect", ComponentId::load_balancer, true, "does a new connection succeed?"},
    {"scrapes", ComponentId::monitoring, true, "are samples fresh and rules evaluating?"},
    {"join", ComponentId::platform, true, "can a new participant join and get media?"},
}};

/// An index into probe_table.
enum class ProbeKind : std::uint8_t {
  media,
  api_requests,
  postgres_write,
  redis_slots,
  lb_connect,
  scrapes,
  join,
};

constexpr const ProbeRow& row_of(ProbeKind kind) {
  return probe_table[static_cast<std::size_t>(kind)];
}
std::optional<ProbeKind> probe_of(std::string_view id);
/// The probe whose answer is the component's steady state.
std::optional<ProbeKind> steady_probe_of(ComponentId component);

struct Probe {
  ProbeKind kind = ProbeKind::join;
};

enum class Answer : std::uint8_t {
  holds,
  fails,
  unanswered,  ///< the prober itself failed; never counted as either
};

/// A sample holds until the next one of the same probe.
struct Sample {
  Offset at{};
  ProbeKind probe = ProbeKind::join;
  Answer answer = Answer::unanswered;
  double value = 0;  ///< what was measured: a share, or 0/1
  /// The answer may have changed that much earlier: since the question before. Zero in a world that
  /// need not ask.
  Duration slack{};
};

/// How often a live world asked.
struct ProbeSampling {
  ProbeKind probe = ProbeKind::join;
  Duration period{};
  Duration longest_gap{};  ///< between two questions in a row, a machine that was busy included
};

/// What a world has to tell since it was last asked. Reused, so that draining does not allocate.
struct SampleBuffer {
  std::vector<Sample> samples;
  std::vector<Note> notes;

  void clear() {
    samples.clear();
    notes.clear();
  }
};

}  // namespace drdrill
