#include "models/dns.hpp"

#include <algorithm>

namespace drdrill::models {
namespace {

// So many times at most the shares of a change are counted anew.
constexpr std::size_t steps = 200;

}  // namespace

Dns::Dns(Context& context)
    : context_(context),
      timer_(context.engine.make_group()),
      ages_(0, 0, "dns answers' ages"),
      subject_(context.notes.subject(context.spec.entry.hostname)),
      publish_(context.draws["dns.publish"]),
      stretching_(context.draws["dns.stretching_share"]),
      stretch_(context.draws["dns.stretch"]) {
  const LoadSpec& load = context.spec.load;
  const auto people = static_cast<std::size_t>(load.meetings) *
                      static_cast<std::size_t>(load.participants_per_meeting);
  clients_.resize(std::max<std::size_t>(people, 1));
  counts_.resize(context.spec.clusters.size() + 1);
  shares_.resize(context.spec.clusters.size());
}

void Dns::reset() {
  ages_.restart(context_.seed, context_.replication);
  std::fill(clients_.begin(), clients_.end(), Client{});
  std::fill(counts_.begin(), counts_.end(), 0);
  std::fill(shares_.begin(), shares_.end(), 0.0);
  counts_.front() = static_cast<std::int64_t>(clients_.size());
  shares_.front() = 1;
  adoptions_.clear();
  adopted_ = 0;
  record_ = published_ = publications_ = in_use_ = 0;
  provider_down_ = false;
}

void Dns::handle(const Event& event) {
  switch (static_cast<Kind>(event.kind)) {
    case Kind::published:
      publish();
      break;
    case Kind::adopted:
      count();
      break;
    case Kind::expired:
      context_.note(NoteKind::dns_behind, ComponentId::load_balancer, subject_, stretch_.id());
      break;
    case Kind::caught_up:
      context_.note(NoteKind::dns_caught_up, ComponentId::load_balancer, subject_, stretch_.id(),
                    context_.now() - expired_);
      break;
  }
}

void Dns::point_to(int cluster) {
  if (cluster == record_) return;
  record_ = cluster;
  recorded_at_ = context_.now();
  context_.engine.after(publish_.time(), {.component = event_owner(Owner::dns),
                                          .kind = static_cast<std::uint16_t>(Kind::published)});
}

/// Clients whose answer has expired ask anew after as long as it was still good for; those that
/// hold an older answer take the newest one when that expires.
void Dns::publish() {
  if (published_ == record_) return;
  const double ttl = to_seconds(context_.spec.entry.dns_ttl);
  const double stretching = stretching_.value();
  adoptions_.clear();
  adopted_ = 0;
  for (Client& client : clients_) {
    if (client.expires <= context_.now()) {
      client.cluster = published_;
      const bool stretches = ages_.uniform() < stretching;
      const Duration left = from_seconds(ages_.uniform() * ttl);
      client.expires =
          context_.now() + (stretches ? from_seconds(ttl) + stretch_.time() : left) + Duration(1);
    }
    adoptions_.push_back({client.expires, client.cluster});
  }
  std::sort(adoptions_.begin(), adoptions_.end(), [](const Adoption& a, const Adoption& b) {
    return a.at != b.at ? a.at < b.at : a.from < b.from;
  });
  published_ = record_;
  ++publications_;
  context_.changed = true;
  published_at_ = context_.now();
  context_.note(NoteKind::dns_published, ComponentId::platform, subject_, publish_.id(),
                published_at_ - recorded_at_);
  context_.engine.cancel(timer_);
  const std::size_t each = (adoptions_.size() + steps - 1) / steps;
  for (std::size_t i = 0; i < adoptions_.size(); ++i) {
    const bool counts = (i + 1) % each == 0 || i + 1 == adoptions_.size();
    if (!counts) continue;
    context_.engine.at(
        adoptions_[i].at,
        {.component = event_owner(Owner::dns), .kind = static_cast<std::uint16_t>(Kind::adopted)},
        timer_);
  }
  watch_stretchers();
}

/// Answers that were still held when they had expired are noted while they are too many for the
/// platform to be steady.
void Dns::watch_stretchers() {
  constexpr std::size_t one_in = 200;  // half a percent
  const std::size_t few = clients_.size() / one_in;
  const Offset expired = context_.now() + context_.spec.entry.dns_ttl;
  const auto still = std::count_if(adoptions_.begin(), adoptions_.end(),
                                   [&](const Adoption& each) { return each.at > expired; });
  if (static_cast<std::size_t>(still) <= few) return;
  expired_ = expired;
  const auto note = [&](Offset at, Kind kind) {
    context_.engine.at(
        at, {.component = event_owner(Owner::dns), .kind = static_cast<std::uint16_t>(kind)},
        timer_);
  };
  note(expired, Kind::expired);
  note(adoptions_[adoptions_.size() - few - 1].at, Kind::caught_up);
}

void Dns::count() {
  const auto slot = [&](int cluster) {
    return cluster == nowhere ? counts_.size() - 1 : static_cast<std::size_t>(cluster);
  };
  for (; adopted_ < adoptions_.size() && adoptions_[adopted_].at <= context_.now(); ++adopted_) {
    --counts_[slot(adoptions_[adopted_].from)];
    ++counts_[slot(published_)];
  }
  const auto all = static_cast<double>(clients_.size());
  for (std::size_t c = 0; c < shares_.size(); ++c) {
    shares_[c] = static_cast<double>(counts_[c]) / all;
    if (shares_[c] > 0.5 && in_use_ != static_cast<int>(c)) {
      in_use_ = static_cast<int>(c);
      context_.note(NoteKind::dns_moved, ComponentId::platform, subject_, ParameterId::none,
                    context_.now() - published_at_);
    }
  }
  context_.changed = true;
}

int Dns::cluster_named(std::string_view host) const {
  if (host == context_.spec.entry.hostname) return record_;
  for (std::size_t c = 0; c < context_.spec.clusters.size(); ++c)
    if (!host.empty() && host == context_.spec.clusters[c].hostname) return static_cast<int>(c);
  return nowhere;
}

}  // namespace drdrill::models
