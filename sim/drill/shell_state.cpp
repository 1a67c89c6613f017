#include "sim/drill/shell_state.hpp"

namespace drdrill::shell {
namespace {

constexpr std::string_view arguments_name = "@";

}  // namespace

void Budget::command() {
  if (++commands_ > commands_limit)
    throw Exceeded{"more than " + std::to_string(commands_limit) + " commands were run"};
}

void Budget::bytes(std::size_t count) {
  bytes_ += count;
  if (bytes_ > bytes_limit) throw Exceeded{"more than 64 MB of text were handled"};
}

void Budget::append(std::string& to, std::string_view text) {
  if (to.size() + text.size() > text_limit) throw Exceeded{"a text grew beyond 1 MB"};
  bytes(text.size());
  to += text;
}

const Variable* Variables::find(std::string_view name) const {
  const auto found = all_.find(name);
  return found == all_.end() ? nullptr : &found->second;
}

Variables::Saved Variables::save(std::string_view name) const {
  const Variable* variable = find(name);
  return {std::string(name), variable ? std::optional(*variable) : std::nullopt};
}

void Variables::set(std::string_view name, Variable value) {
  if (subshells_ > 0) log_.push_back(save(name));
  if (const auto found = all_.find(name); found != all_.end())
    found->second = std::move(value);
  else
    all_.emplace(name, std::move(value));
}

void Variables::set(std::string_view name, std::string value) {
  Variable variable;
  variable.value = std::move(value);
  set(name, std::move(variable));
}

void Variables::unset(std::string_view name) {
  const auto found = all_.find(name);
  if (found == all_.end()) return;
  if (subshells_ > 0) log_.push_back(save(name));
  all_.erase(found);
}

void Variables::restore(Saved saved) {
  if (saved.value)
    set(saved.name, std::move(*saved.value));
  else
    unset(saved.name);
}

std::size_t Variables::enter_subshell() {
  ++subshells_;
  return log_.size();
}

void Variables::leave_subshell(std::size_t mark) {
  subshells_ = subshells_ - 1;
  while (log_.size() > mark) {
    Saved saved = std::move(log_.back());
    log_.pop_back();
    if (saved.value)
      all_.insert_or_assign(std::move(saved.name), std::move(*saved.value));
    else if (const auto found = all_.find(saved.name); found != all_.end())
      all_.erase(found);
  }
}

const std::vector<std::string>& Variables::arguments() const {
  static const std::vector<std::string> none;
  const Variable* variable = find(arguments_name);
  return variable ? variable->items : none;
}

void Variables::set_arguments(std::vector<std::string> arguments) {
  Variable variable;
  variable.array = true;
  variable.items = std::move(arguments);
  set(arguments_name, std::move(variable));
}

}  // namespace drdrill::shell
