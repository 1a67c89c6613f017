#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "models/context.hpp"

/// The platform's name and who believes what of it. Every client has an answer cached, of an age
/// that is uniform over its time to live; when the record changes it goes on to the old place until
/// its answer expires. A share of resolvers keeps answers longer than they may (Bhowmick et al.,
/// PAM 2023). Connections that stand are not moved.
namespace drdrill::models {

class Dns {
 public:
  static constexpr int nowhere = -1;

  explicit Dns(Context& context);

  void reset();
  void handle(const Event& event);

  /// The cluster that a client is sent to now, or nowhere.
  int cluster_for(std::size_t client) const {
    const Client& asks = clients_[client];
    return asks.expires > context_.now() ? asks.cluster : published_;
  }
  /// When a client will be sent elsewhere, as things are now; never if it will not.
  Offset answer_changes(std::size_t client) const {
    const Client& asks = clients_[client];
    return asks.expires > context_.now() && asks.cluster != published_ ? asks.expires : never;
  }
  /// The client is going to ask: fetches what it knows into the cache.
  void expect(std::size_t client) const { __builtin_prefetch(&clients_[client]); }
  /// How many changes were published since the reset.
  int publications() const { return publications_; }
  /// The share of all clients that a cluster gets, 0 to 1, in steps of half a percent.
  double share(int cluster) const { return shares_[static_cast<std::size_t>(cluster)]; }
  /// Where most clients go: the system that is judged. The last one, when that is nowhere.
  int in_use() const { return in_use_; }

  /// The record says something else from now on; published after the provider's delay.
  void point_to(int cluster);
  /// What a name leads to: a cluster by its own hostname, the platform's name by the record.
  int cluster_named(std::string_view host) const;
  int record() const { return record_; }
  /// A fault or its end: the provider takes no changes.
  void set_provider_down(bool down) { provider_down_ = down; }
  bool provider_down() const { return provider_down_; }

 private:
  struct Client {
    int cluster = 0;  // what its cached answer says
    Offset expires = Offset::zero();
  };
  struct Adoption {  // a client takes the published answer
    Offset at{};
    int from = 0;
  };
  enum class Kind : std::uint16_t { published, adopted, expired, caught_up };

  void publish();
  void watch_stretchers();
  void count();

  Context& context_;
  std::vector<Client> clients_;
  std::vector<Adoption> adoptions_;  // in order of time
  std::size_t adopted_ = 0;
  std::vector<std::int64_t> counts_;  // by cluster; the last is nowhere
  std::vector<double> shares_;
  Offset expired_{};  // answers from before the last change
  Offset recorded_at_{};
  Offset published_at_{};
  int record_ = 0;
  int published_ = 0;
  int publications_ = 0;
  int in_use_ = 0;
  bool provider_down_ = false;
  Group timer_{};
  RandomStream ages_;
  SubjectId subject_ = SubjectId::none;
  Draw& publish_;
  Draw& stretching_;
  Draw& stretch_;
};

}  // namespace drdrill::models
