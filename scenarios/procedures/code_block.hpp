#pragma once

#include <string>
#include <string_view>
#include <vector>

/// What a text, or a block of code in one, is.
namespace drdrill::procedures {

/// By the language that it says, or by its first words where it says none.
bool is_shell(std::string_view language, std::string_view text);
/// "0 2 * * * command": a table for cron, not for a shell.
bool is_crontab(std::string_view text);
/// "postgres-backup.sh" of a comment among the first lines; empty: none has a name.
std::string script_name(std::string_view text);

/// Is it text at all? Overlong forms and surrogates pass: nothing here depends on them.
bool is_utf8(std::string_view text);

/// What stands in backticks in an item of a list and is a command.
std::vector<std::string> commands_in(const std::string& item);

}  // namespace drdrill::procedures
