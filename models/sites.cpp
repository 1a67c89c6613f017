#include "models/sites.hpp"

#include <algorithm>

namespace drdrill::models {
namespace {

constexpr double enough = 0.995;

}  // namespace

Sites::Sites(Context& context, Kubernetes& kubernetes, Volumes& volumes, Databases& databases,
             Dns& dns)
    : kubernetes_(kubernetes), databases_(databases), dns_(dns) {
  for (std::size_t c = 0; c < context.spec.clusters.size(); ++c)
    sites_.push_back(
        std::make_unique<Site>(context, kubernetes, volumes, databases, static_cast<int>(c)));
}

void Sites::reset() {
  certificate_expired_ = false;
  for (const auto& site : sites_) {
    site->redis.reset();
    site->entry.reset();
    site->pools.reset();
    site->api.reset();
    site->sfu.reset();
  }
}

Redis& Sites::redis_of(PodRef pod, int cluster) const {
  const WorkloadModel* model = pod == no_pod ? nullptr : kubernetes_.model_of(pod);
  const bool server = model && component_of(model->kind) == ComponentId::redis;
  const int installation = server ? static_cast<int>(model->installation()) : cluster;
  return sites_[static_cast<std::size_t>(std::max(installation, 0))]->redis;
}

void Sites::update() {
  for (std::size_t c = 0; c < sites_.size(); ++c) {
    const double share = dns_.share(static_cast<int>(c));
    databases_.set_share(static_cast<int>(c), share);
    sites_[c]->redis.set_share(share);
    sites_[c]->redis.routes_changed();
    sites_[c]->sfu.redis_changed();
    sites_[c]->pools.update();
    sites_[c]->api.update();
  }
}

double Sites::connect_share() const {
  double all = 0;
  if (certificate_expired_) return 0;
  for (std::size_t c = 0; c < sites_.size(); ++c)
    if (const double share = dns_.share(static_cast<int>(c)); share > 0)
      all += share * sites_[c]->entry.share();
  return all;
}

double Sites::success_share() const {
  double all = 0;
  if (certificate_expired_) return 0;
  for (std::size_t c = 0; c < sites_.size(); ++c)
    if (const double share = dns_.share(static_cast<int>(c)); share > 0)
      all += share * sites_[c]->api.success_share();
  return all;
}

/// Enough requests succeed, and fast enough where they do.
bool Sites::api_steady() const {
  if (success_share() < enough) return false;
  for (std::size_t c = 0; c < sites_.size(); ++c)
    if (dns_.share(static_cast<int>(c)) > 1 - enough && !sites_[c]->api.fast()) return false;
  return true;
}

Offset Sites::calmer_at() const {
  Offset soonest = never;
  for (std::size_t c = 0; c < sites_.size(); ++c)
    if (dns_.share(static_cast<int>(c)) > 0)
      soonest = std::min(soonest, sites_[c]->api.calmer_at());
  return soonest;
}

bool Sites::can_join() {
  return api_steady() && in_use().sfu.has_room(0);
}

void Sites::add_inventory(Inventory& inventory) const {
  const Site& used = in_use();
  used.sfu.add_inventory(inventory);
  used.api.add_inventory(inventory);
  databases_.add_inventory(inventory);
  used.redis.add_inventory(inventory);
  used.entry.add_inventory(inventory);
}

}  // namespace drdrill::models
