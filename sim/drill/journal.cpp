#include "sim/drill/journal.hpp"

#include <algorithm>

namespace drdrill {

const StepTold& StepEnded::told() const {
  static const StepTold nothing;
  return said ? *said : nothing;
}

std::string_view subject_of(const Journal& journal, const Note& note) {
  auto number = static_cast<std::size_t>(note.subject);
  return number < journal.subjects.size() ? std::string_view(journal.subjects[number]) : "";
}

const UsedParameter* parameter_of(const Journal& journal, const Note& note) {
  return parameter_of(journal, note.parameter);
}

const UsedParameter* parameter_of(const Journal& journal, ParameterId parameter) {
  if (parameter == ParameterId::none) return nullptr;
  const auto& all = journal.parameters;
  auto found = std::lower_bound(all.begin(), all.end(), parameter,
                                [](const UsedParameter& p, ParameterId n) { return p.number < n; });
  return found != all.end() && found->number == parameter ? &*found : nullptr;
}

}  // namespace drdrill
