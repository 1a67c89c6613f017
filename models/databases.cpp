#include "models/databases.hpp"

#include <algorithm>

namespace drdrill::models {

Databases::Databases(Context& context, Kubernetes& kubernetes, Volumes& volumes)
    : kubernetes_(kubernetes) {
  for (std::size_t i = 0; i <= context.spec.shards.size(); ++i)
    all_.push_back(std::make_unique<Postgres>(context, kubernetes, volumes, static_cast<int>(i)));
  meetings_in_.assign(all_.size(), 0);
  meetings_in_.front() = 1;
  if (context.spec.shards.empty()) return;
  shard_of_meeting_.resize(static_cast<std::size_t>(std::max(context.spec.load.meetings, 1)));
  for (std::size_t shard = 0; shard < context.spec.shards.size(); ++shard)
    for (const DatabaseSpec& database : context.spec.shards[shard].databases)
      for (int meeting = database.first_meeting; meeting <= database.last_meeting; ++meeting)
        if (static_cast<std::size_t>(meeting) < shard_of_meeting_.size())
          shard_of_meeting_[static_cast<std::size_t>(meeting)] =
              static_cast<std::uint32_t>(shard + 1);
  for (std::size_t i = 0; i < all_.size(); ++i)
    meetings_in_[i] =
        static_cast<double>(std::count(shard_of_meeting_.begin(), shard_of_meeting_.end(), i)) /
        static_cast<double>(shard_of_meeting_.size());
}

void Databases::reset() {
  for (const auto& each : all_) each->reset();
}

void Databases::update() {
  for (const auto& each : all_) each->update();
}

std::size_t Databases::index_of(PodRef pod) const {
  const WorkloadModel* model = pod == no_pod ? nullptr : kubernetes_.model_of(pod);
  return model && component_of(model->kind) == ComponentId::postgres ? model->shard : 0;
}

Postgres& Databases::at_host(std::string_view host, PodRef local) {
  if (host.empty()) return of(local);
  for (const auto& each : all_)
    if (each->knows(host, local)) return *each;
  return *all_.front();
}

bool Databases::is_write_service(std::string_view name) const {
  return std::any_of(all_.begin(), all_.end(),
                     [&](const auto& each) { return each->spec().write_service == name; });
}

bool Databases::writable(int cluster) const {
  return std::all_of(all_.begin(), all_.end(),
                     [&](const auto& each) { return each->writable(cluster); });
}

std::uint64_t Databases::version() const {
  std::uint64_t sum = 0;
  for (const auto& each : all_) sum += each->version();
  return sum;
}

void Databases::set_share(int cluster, double share) {
  for (const auto& each : all_) each->set_share(cluster, share);
}

Postgres::Roles Databases::roles(int cluster) const {
  Postgres::Roles sum = all_.front()->roles(cluster);
  for (std::size_t i = 1; i < all_.size(); ++i) {
    const Postgres::Roles each = all_[i]->roles(cluster);
    sum.servers += each.servers;
    sum.primaries += each.primaries;
    sum.standbys += each.standbys;
    sum.streaming += each.streaming;
    sum.routed_to_primary = sum.routed_to_primary && each.routed_to_primary;
  }
  return sum;
}

void Databases::data_lost(int cluster, std::string_view pod_name) {
  for (const auto& each : all_) each->data_lost(cluster, pod_name);
}

void Databases::add_inventory(Inventory& inventory) const {
  const Postgres::Roles sum = roles(0);
  inventory.push_back({ComponentId::postgres, "writable primaries", sum.primaries,
                       InventoryItem::Better::equal, false});
  inventory.push_back({ComponentId::postgres, "streaming standbys", sum.streaming,
                       InventoryItem::Better::higher, false});
}

void Databases::add_ledger(Ledger& ledger, Offset end, int in_use) const {
  for (const auto& each : all_) each->add_ledger(ledger, end, in_use);
}

}  // namespace drdrill::models
