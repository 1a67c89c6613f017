#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/procedures/shfmt.hpp"
#include "sim/drill/procedure.hpp"

/// A piece of shell as steps of a runbook.
namespace drdrill::procedures {

struct Piece {
  std::string_view text;
  std::string file;
  int first_line = 1;       ///< of the text, in the file
  std::string label;        ///< what stands above it: "Verification", "Step 2"
  bool whole_file = false;  ///< a script by itself, which is run as it stands
};

/// Who tells the syntax of a text in which placeholders are hidden.
using SyntaxSource = std::function<ShellSyntax(const std::string& text)>;

/// Appends the piece's steps. Where something is to be filled in, a step before finds it out as a
/// person would, or the step is one by hand. What cannot be a step becomes a notice; false when
/// nothing of the piece is shell.
bool add_steps(const Piece& piece, const SyntaxSource& syntax_of, Procedure& procedure,
               std::vector<ImportNotice>& notices);

/// A step for what a person is told in words.
void add_manual(std::string_view words, SourcePlace place, Procedure& procedure);

/// Tells of programs and shell that are not known here: they are done by hand.
void note_unknown(const Procedure& procedure, std::vector<ImportNotice>& notices);

/// Names of steps and what each needs, once all are there; what `$1` stands for comes first. A
/// script that chooses by an argument becomes one procedure for each choice.
std::vector<Procedure> finished(Procedure procedure, std::vector<ImportNotice>& notices);

/// Only the lines after "$ " where there are such, because the others are output; lines stay.
std::string without_prompts(std::string_view text);

}  // namespace drdrill::procedures
