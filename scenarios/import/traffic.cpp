#include "scenarios/import/traffic.hpp"

#include <algorithm>

#include "scenarios/import/inventory.hpp"

namespace drdrill::importing {
namespace {

constexpr std::size_t most_compared = 5'000'000;

std::string joined(std::string_view ns, std::string_view mark, std::string_view rest) {
  std::string out(ns);
  return out.append(mark).append(rest);
}

std::string place_of(const kube::Meta& meta, const kube::Label& label) {
  return joined(meta.ns, "/", label.key) + "=" + label.value;
}

std::string key_of(const kube::Workload& workload) {
  return std::to_string(static_cast<int>(workload.kind)) +
         joined(workload.meta.ns, "/", workload.meta.name);
}

}  // namespace

Traffic::Traffic(const std::deque<Item>& items) {
  for (const Item& item : items) {
    if (item.service()) add(item);
    if (const kube::Workload* workload = item.workload())
      for (const kube::Label& label : workload->pod_template().labels)
        by_label_[place_of(workload->meta, label)].push_back(&item);
  }
  for (Group& group : groups_) match(group);
}

void Traffic::add(const Item& item) {
  const kube::Service& service = *item.service();
  if (service.selector->empty()) return;
  kube::Selector selector = kube::selector_of(*service.selector);
  const auto [found, fresh] = by_selector_.try_emplace(
      joined(service.meta.ns, " ", kube::to_string(selector)), groups_.size());
  if (fresh) groups_.push_back({&item, std::move(selector), {}, {}});
  by_service_[joined(service.meta.ns, "/", service.meta.name)] = found->second;
  groups_[found->second].services.push_back(services_.size());
  services_.push_back(&service);
}

/// Only what carries the label of the selector that fewest carry can fit.
void Traffic::match(Group& group) {
  const kube::Service& service = *group.first->service();
  const std::vector<const Item*>* fewest = nullptr;
  for (const kube::Label& label : *service.selector) {
    const auto found = by_label_.find(place_of(service.meta, label));
    if (found == by_label_.end()) return;
    if (!fewest || found->second.size() < fewest->size()) fewest = &found->second;
  }
  compared_ += fewest->size();
  if (compared_ > most_compared) {
    Problems problems;
    problems.add({group.first->file, group.first->manifest.at, "/spec/selector",
                  "too many pods fit too many Services; import fewer namespaces"});
    throw InputError(std::move(problems));
  }
  const std::size_t number = static_cast<std::size_t>(&group - groups_.data());
  for (const Item* item : *fewest) {
    if (!group.selector.matches(item->workload()->pod_template().labels)) continue;
    group.workloads.push_back(item);
    by_workload_[key_of(*item->workload())].push_back(number);
  }
}

std::vector<const kube::Service*> Traffic::services_of(const kube::Workload& workload) const {
  const auto found = by_workload_.find(key_of(workload));
  if (found == by_workload_.end()) return {};
  std::vector<std::size_t> numbers;
  for (const std::size_t group : found->second)
    numbers.insert(numbers.end(), groups_[group].services.begin(), groups_[group].services.end());
  std::sort(numbers.begin(), numbers.end());
  std::vector<const kube::Service*> out;
  out.reserve(numbers.size());
  for (const std::size_t number : numbers) out.push_back(services_[number]);
  return out;
}

std::optional<std::size_t> Traffic::group_of(std::string_view ns, std::string_view service) const {
  const auto found = by_service_.find(joined(ns, "/", service));
  if (found == by_service_.end()) return std::nullopt;
  return found->second;
}

}  // namespace drdrill::importing
