#pragma once

#include <span>
#include <vector>

#include "sim/audit/audit.hpp"

/// Procedures that stand as text in ConfigMaps: a runbook for people in Markdown, or a script that
/// no container mounts, which somebody copies out and runs.
namespace drdrill::cli {

struct MapProcedures {
  std::vector<ProcedureDocument> documents;  ///< places are lines of the manifests
  std::vector<audit::DocumentText> texts;  ///< of those in Markdown, on the lines of the manifests
};

MapProcedures procedures_in_maps(std::span<const audit::Manifests> manifests);

/// Functions of a library that another document calls are no procedures of their own: their code is
/// looked at, and nobody runs it by itself.
void leave_called_functions(std::vector<ProcedureDocument>& documents);

}  // namespace drdrill::cli
