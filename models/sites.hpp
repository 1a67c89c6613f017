#pragma once

#include <memory>
#include <vector>

#include "models/api.hpp"
#include "models/databases.hpp"
#include "models/dns.hpp"
#include "models/entry.hpp"
#include "models/pools.hpp"
#include "models/redis.hpp"
#include "models/sfu.hpp"

/// What each Kubernetes cluster serves of the platform, and what all of it together does for the
/// clients that DNS sends here and there.
namespace drdrill::models {

struct Site {
  Site(Context& context, Kubernetes& kubernetes, Volumes& volumes, Databases& databases,
       int cluster)
      : redis(context, kubernetes, volumes, cluster),
        entry(context, kubernetes, cluster),
        pools(context, kubernetes, databases, cluster),
        api(context, kubernetes, entry, databases, pools, redis, cluster),
        sfu(context, kubernetes, redis, cluster) {}

  Redis redis;
  Entry entry;
  Pools pools;
  Api api;
  Sfu sfu;
};

class Sites {
 public:
  Sites(Context& context, Kubernetes& kubernetes, Volumes& volumes, Databases& databases, Dns& dns);

  Site& operator[](int cluster) { return *sites_[static_cast<std::size_t>(cluster)]; }
  const Site& operator[](int cluster) const { return *sites_[static_cast<std::size_t>(cluster)]; }
  /// The one that most clients are sent to.
  Site& in_use() { return (*this)[dns_.in_use()]; }
  const Site& in_use() const { return (*this)[dns_.in_use()]; }
  /// The Redis that a pod is a server of, or speaks to.
  Redis& redis_of(PodRef pod, int cluster) const;
  std::size_t size() const { return sites_.size(); }

  void reset();
  /// Redis or DNS changed: SFU nodes look at their Redis, stores at who writes.
  void update();

  // Over all clients, each where it is sent; 0 to 1.
  double connect_share() const;
  double success_share() const;
  bool api_steady() const;
  Offset calmer_at() const;  ///< see Api
  bool can_join();

  /// A fault or its end: clients refuse the certificate of the platform's name.
  void set_certificate_expired(bool expired) { certificate_expired_ = expired; }
  bool certificate_expired() const { return certificate_expired_; }

  void add_inventory(Inventory& inventory) const;

 private:
  bool certificate_expired_ = false;
  Kubernetes& kubernetes_;
  Databases& databases_;
  Dns& dns_;
  std::vector<std::unique_ptr<Site>> sites_;
};

}  // namespace drdrill::models
