#include "scenarios/import/reached.hpp"

#include <algorithm>
#include <cctype>
#include <set>
#include <utility>

#include "scenarios/import/config_files.hpp"
#include "scenarios/import/values.hpp"

namespace drdrill::importing {
namespace {

bool in_host(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '.';
}

/// "http://cart.shop.svc:80/x" is "cart.shop.svc"; all of them in a text.
std::vector<std::string> hosts_in(std::string_view text) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < text.size();) {
    std::size_t end = i;
    while (end < text.size() && in_host(text[end])) ++end;
    if (end > i) out.push_back(lower(text.substr(i, end - i)));
    i = end + 1;
  }
  return out;
}

const Value* spec_of(const Item& item) {
  return item.manifest.find("spec");
}

}  // namespace

Reached::Reached(const Inventory& inventory) : inventory_(inventory) {
  for (const Item& item : inventory_.items)
    if (item.workload()) {
      places_[&item] = workloads_.size();
      workloads_.push_back(&item);
    }
  names_.resize(workloads_.size());
  named_by_.assign(workloads_.size(), 0);
  why_.resize(workloads_.size());
  read_groups();
  read_mentions();
  begin();
  while (!open_.empty()) {
    const std::size_t at = open_.back();
    open_.pop_back();
    for (const std::size_t group : names_[at])
      open(group, "\"" + workloads_[at]->meta().name + "\" names its Service");
  }
}

std::string Reached::why(const Item& item) const {
  const auto found = places_.find(&item);
  return found == places_.end() ? std::string() : why_[found->second];
}

bool Reached::names_others(const Item& item) const {
  const auto found = places_.find(&item);
  return found != places_.end() && !names_[found->second].empty();
}

int Reached::named_by(const Item& item) const {
  const auto found = places_.find(&item);
  return found == places_.end() ? 0 : named_by_[found->second];
}

void Reached::read_groups() {
  const Traffic& traffic = inventory_.traffic();
  for (const Item& item : inventory_.items)
    if (const kube::Service* service = item.service()) services_.insert(service->meta.name);
  for (std::size_t group = 0; group < traffic.groups(); ++group) {
    auto& behind = behind_.emplace_back();
    for (const Item* item : traffic.behind(group)) behind.push_back(places_.at(item));
  }
  opened_.assign(behind_.size(), false);
}

/// The environment, command line and configuration of each say whom it calls.
void Reached::read_mentions() {
  for (std::size_t i = 0; i < workloads_.size(); ++i)
    for (const kube::Container& container : workloads_[i]->workload()->pod_template().containers) {
      for (const kube::EnvVar& variable : container.env) mention(i, variable.value);
      mention(i, command_line(container));
      for (const ConfigFile& file : files_of(inventory_, *workloads_[i], container))
        if (file.in_force) mention(i, file.text);
      for (const std::string& from : container.env_from) {
        const auto parts = split(from, "/");
        const Item* map = parts.size() == 2 && parts[0] == "configmap"
                              ? inventory_.find("ConfigMap", workloads_[i]->meta().ns, parts[1])
                              : nullptr;
        const Value* data = map ? map->manifest.find("data") : nullptr;
        if (data)
          for (const Value::Member& member : data->members) mention(i, member.value.text);
      }
    }
  std::vector<std::size_t> last(workloads_.size(), workloads_.size());  // that named each
  for (std::size_t by = 0; by < names_.size(); ++by) {
    auto& named = names_[by];
    std::sort(named.begin(), named.end());
    named.erase(std::unique(named.begin(), named.end()), named.end());
    for (const std::size_t group : named)
      for (const std::size_t other : behind_[group])
        if (other != by && std::exchange(last[other], by) != by) ++named_by_[other];
  }
}

void Reached::mention(std::size_t by, const std::string& text) {
  const std::string& own = workloads_[by]->meta().ns;
  for (const std::string& host : hosts_in(text)) {
    const std::size_t dot = host.find('.');
    const std::string name = host.substr(0, dot);
    if (services_.count(name) == 0) continue;
    std::string ns = own;
    if (dot != std::string::npos) {
      ns = host.substr(dot + 1);
      ns = ns.substr(0, ns.find('.'));
    }
    const auto group = inventory_.traffic().group_of(ns, name);
    if (group && !is_only(by, *group)) names_[by].push_back(*group);
  }
}

/// Does the group lead to nobody else?
bool Reached::is_only(std::size_t workload, std::size_t group) const {
  return std::all_of(behind_[group].begin(), behind_[group].end(),
                     [&](std::size_t other) { return other == workload; });
}

void Reached::enter(const std::string& service, const std::string& ns, const std::string& why) {
  if (const auto group = inventory_.traffic().group_of(ns, service)) open(*group, why);
}

void Reached::open(std::size_t group, const std::string& why) {
  if (opened_[group]) return;
  opened_[group] = true;
  for (const std::size_t i : behind_[group]) {
    if (!why_[i].empty()) continue;
    why_[i] = why;
    open_.push_back(i);
  }
}

/// Where clients come in.
void Reached::begin() {
  for (const Item& item : inventory_.items) {
    const std::string& ns = item.meta().ns;
    if (const kube::Service* service = item.service())
      if (service->type == "LoadBalancer" || service->type == "NodePort")
        enter(service->meta.name, ns, "its Service is of type " + service->type);
    if (const auto* ingress = std::get_if<kube::Ingress>(&item.object))
      for (const kube::IngressRoute& route : *ingress->routes)
        enter(route.service, ns, "Ingress \"" + ingress->meta.name + "\" leads to it");
    const std::string kind = text_at(item.manifest, "kind");
    const Value* spec = spec_of(item);
    if (!spec) continue;
    const std::string why = kind + " \"" + item.meta().name + "\" leads to it";
    if (kind == "IngressRoute" || kind == "IngressRouteTCP" || kind == "IngressRouteUDP") {
      if (const Value* routes = spec->find("routes"))
        for (const Value& route : routes->items)
          if (const Value* services = route.find("services"))
            for (const Value& service : services->items) {
              const std::string other = text_at(service, "namespace");
              enter(text_at(service, "name"), other.empty() ? ns : other, why);
            }
    } else if (kind == "HTTPRoute" || kind == "TCPRoute" || kind == "GRPCRoute") {
      if (const Value* rules = spec->find("rules"))
        for (const Value& rule : rules->items)
          if (const Value* backends = rule.find("backendRefs"))
            for (const Value& backend : backends->items) {
              const std::string other = text_at(backend, "namespace");
              enter(text_at(backend, "name"), other.empty() ? ns : other, why);
            }
    } else if (kind == "VirtualService") {
      if (!spec->find("gateways")) continue;  // of the mesh only
      if (const Value* http = spec->find("http"))
        for (const Value& rule : http->items)
          if (const Value* routes = rule.find("route"))
            for (const Value& route : routes->items)
              if (const Value* host = at_path(route, {"destination", "host"})) {
                const std::string name = scalar_text(*host);
                enter(name.substr(0, name.find('.')), ns, why);
              }
    } else if (kind == "Route") {
      if (const Value* to = at_path(*spec, {"to", "name"})) enter(scalar_text(*to), ns, why);
    }
  }
}

}  // namespace drdrill::importing
