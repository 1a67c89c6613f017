#pragma once

#include <memory>
#include <vector>

#include "scenarios/loader.hpp"
#include "sim/cli/cli.hpp"
#include "sim/cli/options.hpp"
#include "sim/study/sweep.hpp"
#include "sim/study/what_if.hpp"

/// From the command line of a sweep to what is to be run.
namespace drdrill::cli {

struct SweepPlan {
  study::SweepHead head;
  std::vector<std::unique_ptr<LoadedScenario>> loaded;  ///< what the grid's variants point into
  std::vector<study::Altered> altered;                  ///< likewise those of --why
  std::vector<study::Variant> variants;                 ///< one for each cell of the head
};

/// Loads every cell and asks whether a world can do it. Throws UsageError, or InputError with every
/// mistake of every cell.
SweepPlan plan_sweep(const Options& given, Context& context, unsigned threads);

/// A share or a width from the command line; throws UsageError when it is none.
double share_of(const Options& given, std::string_view name, double fallback);
unsigned threads_of(const Options& given);

}  // namespace drdrill::cli
