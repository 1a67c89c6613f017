#include "sim/drill/checkers.hpp"

namespace drdrill {

Severity severity_of(const UserImpact& impact) {
  if (impact.affected_30s <= 0) return Severity::sev3;
  if (impact.affected_30s * 2 > impact.joined) return Severity::sev0;
  if (impact.affected_30s * 5 > impact.joined) return Severity::sev1;
  return Severity::sev2;
}

}  // namespace drdrill
