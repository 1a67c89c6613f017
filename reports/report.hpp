#pragma once

#include <cstddef>

#include "sim/drill/journal.hpp"
#include "sim/drill/verdict.hpp"

/// What a report is made of. Writers read it and nothing else: no clock, no files, no environment,
/// so the same drill gives the same bytes.
namespace drdrill {

struct Report {
  const Journal* journal = nullptr;      ///< never null in a writer
  const Judgement* judgement = nullptr;  ///< of that journal; never null in a writer
};

struct WriteOptions {
  bool colour = false;      ///< ANSI colours; only the text format has any
  std::size_t width = 100;  ///< columns that text may fill; at least 60 are used
};

}  // namespace drdrill
