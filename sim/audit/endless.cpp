#include "sim/audit/endless.hpp"

#include <algorithm>
#include <initializer_list>
#include <string_view>

namespace drdrill::audit {
namespace {

bool calls_any(const shell::List& list, std::initializer_list<std::string_view> programs);

bool calls_any(const shell::Command& c, std::initializer_list<std::string_view> programs) {
  if (c.kind == shell::Command::Kind::simple && !c.simple.words.empty() &&
      c.simple.words.front().size() == 1 &&
      std::find(programs.begin(), programs.end(), c.simple.words.front().front().text) !=
          programs.end())
    return true;
  for (const auto& inner :
       {c.for_loop.body, c.if_then.condition, c.if_then.then, c.if_then.otherwise,
        c.while_loop.condition, c.while_loop.body, c.group})
    if (inner && calls_any(*inner, programs)) return true;
  return std::any_of(c.case_of.arms.begin(), c.case_of.arms.end(),
                     [&](const auto& arm) { return arm.body && calls_any(*arm.body, programs); });
}

bool calls_any(const shell::List& list, std::initializer_list<std::string_view> programs) {
  for (const shell::ListItem& item : list.items)
    for (const shell::Command& command : item.pipeline.commands)
      if (calls_any(command, programs)) return true;
  return false;
}

/// read -p "Your choice: ", from the terminal.
bool asks_people(const shell::List& list) {
  for (const shell::ListItem& item : list.items)
    for (const shell::Command& command : item.pipeline.commands) {
      const auto& words = command.simple.words;
      if (words.empty() || words.front().empty() || words.front().front().text != "read") continue;
      for (const shell::Word& word : words)
        if (!word.empty() && word.front().text.starts_with('-') &&
            word.front().text.find('p') != std::string::npos)
          return true;
    }
  return false;
}

}  // namespace

bool is_endless(const shell::Command& c) {
  if (c.kind != shell::Command::Kind::while_loop || !c.while_loop.condition || !c.while_loop.body)
    return false;
  const auto& items = c.while_loop.condition->items;
  if (items.size() != 1 || items.front().pipeline.commands.size() != 1) return false;
  const auto& words = items.front().pipeline.commands.front().simple.words;
  if (words.size() != 1 || words.front().size() != 1) return false;
  const std::string& word = words.front().front().text;
  const bool always = c.while_loop.until ? word == "false" : word == "true" || word == ":";
  // One that asks whoever sits there is left by what they say, in a function perhaps.
  return always && !calls_any(*c.while_loop.body, {"break", "exit", "return", "exec", "select"}) &&
         !asks_people(*c.while_loop.body);
}

}  // namespace drdrill::audit
