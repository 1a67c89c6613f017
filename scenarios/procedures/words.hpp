#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/drill/shell.hpp"

/// What importers tell from words: of headings, and of commands.
namespace drdrill::procedures {

std::string lowered(std::string_view text);
bool has_any(std::string_view lowered_text, std::span<const std::string_view> words);
/// "Promote the replica!" is "promote-the-replica"; at most 40 characters.
std::string slug(std::string_view text);

/// Is the heading a part of the procedure above it ("Step 2", "Verification", "Detection")?
/// `parent` is the heading above.
bool is_section(std::string_view heading, std::string_view parent);
/// "4. Point-in-Time Recovery" below a document's title: a subject, and no step.
bool is_chapter(std::string_view heading);
/// Does it lead to steps that somebody follows?
bool is_procedural(std::string_view heading);
bool is_rollback(std::string_view label);
/// Are the steps under it only to look?
bool is_looking(std::string_view label);
/// Is the procedure one that makes the fault itself, to practise?
bool is_drill(std::string_view text);

/// At most so many bytes of UTF-8, and no part of a character at the end.
std::string cut(std::string text, std::size_t most);

/// Is a program known to a shell, to the models, or defined as a function of the script?
bool is_known_program(std::string_view name);
/// The programs that a list calls, with the line within its text; functions are looked into.
struct Called {
  std::string program;
  int line = 1;
};
std::vector<Called> programs_of(const shell::List& list);
std::vector<std::string> functions_of(const shell::List& list);

}  // namespace drdrill::procedures
