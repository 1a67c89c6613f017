#include "sim/drill/shell_state.hpp"

#include <algorithm>

namespace drdrill::shell {
namespace {

constexpr std::string_view arguments_name = "@";

/// The list that bash keeps a key of an associative array in, whose order is that of its listings:
/// FNV-1 into 1024 lists, the newest first in each.
std::uint32_t bucket_of(std::string_view key) {
  constexpr std::uint32_t offset = 2166136261U, prime = 16777619U, buckets = 1024;
  std::uint32_t hash = offset;
  for (const char c : key) {
    hash *= prime;
    hash ^= static_cast<std::uint32_t>(static_cast<std::int32_t>(static_cast<signed char>(c)));
  }
  return hash & (buckets - 1);
}

}  // namespace

// ---- one variable ---------------------------------------------------------------------------

std::optional<std::size_t> Variable::find(long long index) const {
  if (indexes.empty()) {
    if (index < 0 || index >= static_cast<long long>(items.size())) return std::nullopt;
    return static_cast<std::size_t>(index);
  }
  const auto found = std::lower_bound(indexes.begin(), indexes.end(), index);
  if (found == indexes.end() || *found != index) return std::nullopt;
  return static_cast<std::size_t>(found - indexes.begin());
}

std::optional<std::size_t> Variable::find(std::string_view key) const {
  const auto found = std::find(keys.begin(), keys.end(), key);
  if (found == keys.end()) return std::nullopt;
  return static_cast<std::size_t>(found - keys.begin());
}

long long Variable::index_of(std::size_t place) const {
  return indexes.empty() ? static_cast<long long>(place) : indexes[place];
}

std::string& Variable::item(long long index) {
  if (const auto place = find(index)) return items[*place];
  const auto size = static_cast<long long>(items.size());
  if (indexes.empty() && index == size) return items.emplace_back();
  if (indexes.empty())
    for (long long i = 0; i < size; ++i) indexes.push_back(i);
  const auto at = std::lower_bound(indexes.begin(), indexes.end(), index) - indexes.begin();
  indexes.insert(indexes.begin() + at, index);
  return *items.insert(items.begin() + at, std::string());
}

std::string& Variable::item(std::string_view key) {
  if (const auto place = find(key)) return items[*place];
  keys.emplace_back(key);
  return items.emplace_back();
}

void Variable::erase(std::size_t place) {
  const auto at = static_cast<std::ptrdiff_t>(place);
  if (kind == Kind::associative) {
    keys.erase(keys.begin() + at);
  } else {
    if (indexes.empty() && place + 1 < items.size())
      for (std::size_t i = 0; i < items.size(); ++i) indexes.push_back(static_cast<long long>(i));
    if (!indexes.empty()) indexes.erase(indexes.begin() + at);
  }
  items.erase(items.begin() + at);
}

std::vector<std::size_t> Variable::order() const {
  std::vector<std::size_t> places(items.size());
  for (std::size_t i = 0; i < places.size(); ++i) places[i] = i;
  if (kind != Kind::associative) return places;
  std::vector<std::uint32_t> buckets;
  for (const std::string& key : keys) buckets.push_back(bucket_of(key));
  std::sort(places.begin(), places.end(), [&](std::size_t a, std::size_t b) {
    return buckets[a] != buckets[b] ? buckets[a] < buckets[b] : a > b;
  });
  return places;
}

const std::string* Variable::scalar() const {
  if (kind == Kind::plain) return &value;
  const auto place = kind == Kind::associative ? find(std::string_view("0")) : find(0LL);
  return place ? &items[*place] : nullptr;
}

// ---- bounds ---------------------------------------------------------------------------------

void Budget::command() {
  if (++commands_ > commands_limit)
    throw Exceeded{"more than " + std::to_string(commands_limit) + " commands were run"};
}

void Budget::bytes(std::size_t count) {
  bytes_ += count;
  if (bytes_ > bytes_limit) throw Exceeded{"more than 64 MB of text were handled"};
}

void Budget::work(std::size_t units) {
  work_ += units;
  if (work_ > work_limit) throw Exceeded{"more work was done than a procedure has"};
}

void Budget::items(std::size_t count) {
  constexpr std::size_t item_work = 15;
  bytes(count * sizeof(std::string));
  work(count * item_work);
}

void Budget::append(std::string& to, std::string_view text) {
  if (to.size() + text.size() > text_limit) throw Exceeded{"a text grew beyond 1 MB"};
  bytes(text.size());
  to += text;
}

// ---- all variables --------------------------------------------------------------------------

const Variable* Variables::find_itself(std::string_view name) const {
  if (!all_) return nullptr;
  const auto found = all_->find(name);
  return found == all_->end() ? nullptr : &found->second;
}

Variables::All& Variables::own() {
  if (!all_)
    all_ = std::make_shared<All>();
  else if (all_.use_count() > 1)
    all_ = std::make_shared<All>(*all_);
  return *all_;
}

std::string_view Variables::resolved(std::string_view name) const {
  constexpr int most = 8;
  for (int hops = 0; hops < most; ++hops) {
    const Variable* variable = find_itself(name);
    if (!variable || !variable->reference || variable->value.empty()) return name;
    name = variable->value;
  }
  return name;
}

const Variable* Variables::find(std::string_view name) const {
  const Variable* variable = find_itself(name);
  if (variable && variable->reference) variable = find_itself(resolved(name));
  return variable;
}

Variables::Saved Variables::save(std::string_view name) const {
  const Variable* variable = find_itself(name);
  return {std::string(name), variable ? std::optional(*variable) : std::nullopt};
}

void Variables::set(std::string_view name, Variable value) {
  if (subshells_ > 0) log_.push_back(save(name));
  All& all = own();
  if (const auto found = all.find(name); found != all.end())
    found->second = std::move(value);
  else
    all.emplace(name, std::move(value));
}

void Variables::unset(std::string_view name) {
  if (!find_itself(name)) return;
  if (subshells_ > 0) log_.push_back(save(name));
  All& all = own();
  all.erase(all.find(name));
}

void Variables::restore(Saved saved) {
  if (saved.value)
    set(saved.name, std::move(*saved.value));
  else
    unset(saved.name);
}

std::vector<std::string> Variables::names(std::string_view beginning) const {
  std::vector<std::string> out;
  if (!all_) return out;
  for (auto at = all_->lower_bound(beginning); at != all_->end(); ++at) {
    if (!at->first.starts_with(beginning)) break;
    if (at->first != arguments_name) out.push_back(at->first);
  }
  return out;
}

void Variables::keep_exported() {
  if (!all_) return;
  std::vector<std::string> others;
  for (const auto& [name, variable] : *all_)
    if (!variable.exported && name != arguments_name) others.push_back(name);
  for (const std::string& name : others) unset(name);
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
    All& all = own();
    if (saved.value)
      all.insert_or_assign(std::move(saved.name), std::move(*saved.value));
    else if (const auto found = all.find(saved.name); found != all.end())
      all.erase(found);
  }
}

const std::vector<std::string>& Variables::arguments() const {
  static const std::vector<std::string> none;
  const Variable* variable = find_itself(arguments_name);
  return variable ? variable->items : none;
}

void Variables::set_arguments(std::vector<std::string> arguments) {
  Variable variable;
  variable.kind = Variable::Kind::indexed;
  variable.items = std::move(arguments);
  set(arguments_name, std::move(variable));
}

}  // namespace drdrill::shell
