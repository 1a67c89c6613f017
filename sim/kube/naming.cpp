#include "sim/kube/naming.hpp"

#include <string_view>

namespace drdrill::kube {
namespace {

/// apimachinery's safe alphabet: no vowels, nothing that is mistaken for another.
constexpr std::string_view alphabet = "bcdfghjklmnpqrstvwxz2456789";

std::uint64_t mix(std::uint64_t value) {
  value ^= value >> 33;
  value *= 0xff51afd7ed558ccdULL;
  value ^= value >> 33;
  value *= 0xc4ceb9fe1a85ec53ULL;
  return value ^ (value >> 33);
}

std::string spell(std::uint64_t value, int length) {
  std::string out;
  for (int i = 0; i < length; ++i) {
    out += alphabet[value % alphabet.size()];
    value /= alphabet.size();
  }
  return out;
}

}  // namespace

/// A bijection of the first 27^5 uids, so that no two pods of a cluster share a suffix: the
/// multiplier shares no factor with 27.
std::string name_suffix(std::uint32_t uid) {
  constexpr std::uint64_t count = 27ULL * 27 * 27 * 27 * 27;
  return spell((uid * 5'642'341ULL + 9'104'663ULL) % count, 5);
}

std::string template_hash(const Workload& workload, int revision) {
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  for (char c : workload.meta.name)
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  return spell(mix(hash + static_cast<std::uint64_t>(revision)), 10);
}

std::string pod_name(const Workload& workload, int revision, int ordinal, std::uint32_t uid) {
  switch (workload.kind) {
    case Workload::Kind::stateful_set:
      return workload.meta.name + "-" + std::to_string(ordinal);
    case Workload::Kind::deployment:
      return workload.meta.name + "-" + template_hash(workload, revision) + "-" + name_suffix(uid);
    case Workload::Kind::daemon_set:
      break;
  }
  return workload.meta.name + "-" + name_suffix(uid);
}

}  // namespace drdrill::kube
