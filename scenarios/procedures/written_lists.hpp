#pragma once

#include <string>
#include <vector>

#include "scenarios/procedures/markdown.hpp"
#include "sim/drill/procedure.hpp"

/// Lists of a document that are no steps: boxes to tick, people to call. `headings` are those
/// above, outermost first.
namespace drdrill::procedures {

/// "[ ] Replication lag < 1 second" under a heading that validates a recovery.
void read_box(const Block& block, const std::vector<std::string>& headings, ProcedureDocument& out);

/// A line under a heading about contacts.
void read_contact(const Block& block, const std::vector<std::string>& headings,
                  ProcedureDocument& out);

}  // namespace drdrill::procedures
