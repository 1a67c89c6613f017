#pragma once

#include <string_view>
#include <vector>

/// The verbs of kubectl that are interpreted, and the options that each takes.
namespace drdrill::kube::parts {

struct OptionSpec {
  std::string_view name;
  char letter = 0;  ///< of its short form; 0: it has none
  bool takes_value = false;
};
using OptionSpecs = std::vector<OptionSpec>;

/// "rollout restart" is a verb, "rollout" is a group of verbs.
bool has_verb(std::string_view verb);
bool is_group(std::string_view word);

/// Of a verb; of one that is not interpreted, what all have.
const OptionSpecs& specs_of(std::string_view verb);
const OptionSpecs& global_specs();

/// Null when there is none.
const OptionSpec* by_name(const OptionSpecs& specs, std::string_view name);
const OptionSpec* by_letter(const OptionSpecs& specs, char letter);

}  // namespace drdrill::kube::parts
