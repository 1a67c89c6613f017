#include "sim/drill/shell_programs.hpp"

#include <algorithm>
#include <set>

#include "sim/drill/shell_run.hpp"

namespace drdrill::shell {
namespace {

/// Goes through a tree and takes note of what is called. Programs behind `env`, `timeout` and the
/// like are theirs to call: whoever runs them decides.
class Look {
 public:
  void take(const List& list) {
    for (const ListItem& item : list.items)
      for (const Command& command : item.pipeline.commands) take(command);
  }
  std::vector<std::string> called() && {
    std::erase_if(called_, [this](const std::string& name) { return functions_.count(name) == 1; });
    return std::move(called_);
  }

 private:
  void take(const std::shared_ptr<const List>& list) {
    if (list) take(*list);
  }
  void take(const Word& word) {
    for (const Part& part : word) {
      take(part.list);
      take(part.argument);
    }
  }
  void take(const std::vector<Word>& words) {
    for (const Word& word : words) take(word);
  }
  void take(const Command& command) {
    if (command.kind == Command::Kind::function) functions_.insert(command.name);
    if (command.kind == Command::Kind::simple) call(command.simple);
    for (const Assignment& assignment : command.simple.assignments) {
      take(assignment.value);
      take(assignment.elements);
    }
    take(command.simple.words);
    take(command.for_loop.words);
    take(command.for_loop.body);
    take(command.if_then.condition);
    take(command.if_then.then);
    take(command.if_then.otherwise);
    take(command.while_loop.condition);
    take(command.while_loop.body);
    take(command.case_of.subject);
    for (const Case::Arm& arm : command.case_of.arms) take(arm.body);
    take(command.group);
    for (const Redirect& redirect : command.redirects) {
      take(redirect.target);
      if (redirect.document) take(*redirect.document);
    }
  }
  void call(const Simple& simple) {
    if (simple.words.empty() || simple.words.front().empty()) return;
    std::string name;
    for (const Part& part : simple.words.front()) {
      if (part.kind != Part::Kind::literal) return;
      name += part.text;
    }
    if (Run::built_in(name)) return;
    if (std::find(called_.begin(), called_.end(), name) == called_.end()) called_.push_back(name);
  }

  std::vector<std::string> called_;
  std::set<std::string, std::less<>> functions_;
};

}  // namespace

std::vector<std::string> programs_of(const List& list) {
  Look look;
  look.take(list);
  return std::move(look).called();
}

}  // namespace drdrill::shell
