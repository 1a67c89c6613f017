#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "sim/base/reader.hpp"
#include "sim/drill/scenario.hpp"

/// `needs` and `rollback` of a runbook's steps: names resolved, defaults filled in, and what can
/// never run reported. Internal to the loaders.
namespace drdrill {

class StepGraph {
 public:
  /// Takes the lists of the next step.
  void add(Reader& reader);
  /// Fills in the steps, which are in the order of add().
  void resolve(std::vector<Step>& steps);

 private:
  struct Lists {
    Reader reader;
    std::optional<std::vector<std::string>> needs;
    std::vector<std::string> rollback;
  };

  std::vector<std::uint32_t> indexes(const Lists& lists, std::string_view key,
                                     const std::vector<std::string>& names,
                                     const std::vector<Step>& steps) const;
  void resolve_rollbacks(std::vector<Step>& steps) const;
  void resolve_needs(std::vector<Step>& steps) const;
  void report_cycle(const std::vector<Step>& steps) const;
  void report_unreachable(const std::vector<Step>& steps) const;

  std::vector<Lists> lists_;
};

}  // namespace drdrill
