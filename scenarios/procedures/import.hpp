#pragma once

#include <string>
#include <string_view>

#include "sim/base/problem.hpp"
#include "sim/drill/procedure.hpp"

/// Shell scripts and the code blocks of Markdown procedures as runbooks: one step for each
/// statement, as shfmt's syntax tree cuts them. Steps keep the shell text and are evaluated when
/// they run. scenarios/procedures/README.md says which headings make a procedure.
namespace drdrill::procedures {

/// Reads a document (".md", ".markdown") or a shell script. A code block that is no shell becomes a
/// notice; a script that is none is a problem.
ProcedureDocument import_text(std::string_view text, const std::string& file, Problems& problems);

/// The same of a file. Problems say what cannot be read: too large (4 MB), not UTF-8, not there.
ProcedureDocument import_file(const std::string& path, Problems& problems);

/// Is it a document or script by its name or its first line?
bool is_procedure_file(const std::string& path);

/// The runbook as drdrill reads it, with the line of the source in each step. Steps whose command
/// is known to no model are manual; so is a step whose shell our interpreter does not take.
std::string runbook_json(const Procedure& procedure);

}  // namespace drdrill::procedures
