#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "sim/base/parameter.hpp"
#include "sim/base/time.hpp"
#include "sim/drill/component.hpp"

/// Notes are what a world observed in itself: a timer that ran out, a mechanism that acted. They
/// explain an outage; probes alone decide whether there is one.
namespace drdrill {

/// Which part of an outage a note belongs to.
enum class Part : std::uint8_t {
  info,     ///< context only
  detect,   ///< somebody or something noticed
  decide,   ///< somebody or something settled what to do
  act,      ///< something was done about it
  restore,  ///< service coming back
};

struct NoteRow {
  std::string_view id;
  Part part;
  std::string_view text;  ///< {} stands for the subject
};

enum class NoteKind : std::uint8_t {
  pod_stopping,
  pod_stopped,
  pod_killed,
  pod_scheduled,
  pod_unschedulable,
  pod_ready,
  pod_unready,
  container_restarted,
  node_not_ready,
  node_ready,
  pods_evicted,
  endpoints_empty,
  endpoints_back,
  policy_applied,
  policy_removed,
  clients_noticed,
  clients_gave_up,
  clients_rejoined,
  sfu_unavailable,
  sfu_available,
  sfu_unhealthy,
  backend_ejected,
  backend_admitted,
  postgres_stopped,
  postgres_started,
  postgres_promoted,
  postgres_two_primaries,
  postgres_replica_detached,
  postgres_replica_attached,
  postgres_replica_refused,
  redis_node_suspected,
  redis_node_failed,
  redis_election_won,
  redis_slots_uncovered,
  redis_slots_covered,
  alert_pending,
  alert_firing,
  page_sent,
  page_acknowledged,
  diagnosed,
  capacity_exhausted,
  clients_reconnected,
  routes_updated,
  pools_reconnected,
  postgres_refused_start,
  postgres_recovered,
  data_erased,
  data_lost,
  job_started,
  job_completed,
  job_failed,
  pod_cannot_start,
  connections_given_up,
  connections_resumed,
  commits_wait,
  commits_go_on,
  dns_published,
  dns_moved,
  scaled_up,
  scaled_down,
  node_added,
  image_pulled,
  image_missing,
  volume_detached,
  dns_behind,
  dns_caught_up,
  balancer_gone,
  balancer_made,
  postgres_lock_expired,
  postgres_lock_taken,
  postgres_demoted,
  container_started,
  process_started,
  pods_not_ready,
};

inline constexpr std::array note_table{
    NoteRow{"pod-stopping", Part::info, "{} is told to stop"},
    NoteRow{"pod-stopped", Part::info, "{} has stopped"},
    NoteRow{"pod-killed", Part::info, "{} is killed"},
    NoteRow{"pod-scheduled", Part::act, "{} is scheduled"},
    NoteRow{"pod-unschedulable", Part::info, "{} finds no node"},
    NoteRow{"pod-ready", Part::restore, "{} is ready"},
    NoteRow{"pod-unready", Part::detect, "{} fails its readiness probe"},
    NoteRow{"container-restarted", Part::act, "{}: container restarted"},
    NoteRow{"node-not-ready", Part::detect, "{} is NotReady"},
    NoteRow{"node-ready", Part::info, "{} is Ready"},
    NoteRow{"pods-evicted", Part::act, "pods of {} are evicted"},
    NoteRow{"service-without-endpoints", Part::info, "Service {} has no endpoints"},
    NoteRow{"endpoints-back", Part::restore, "Service {} has endpoints"},
    NoteRow{"policy-applied", Part::info, "NetworkPolicy {} in force"},
    NoteRow{"policy-removed", Part::act, "NetworkPolicy {} removed"},
    NoteRow{"clients-noticed", Part::detect, "clients of {} notice"},
    NoteRow{"clients-gave-up", Part::info, "clients of {} give up reconnecting"},
    NoteRow{"clients-rejoined", Part::restore, "clients of {} have media again"},
    NoteRow{"sfu-unavailable", Part::info, "{} is no longer chosen for rooms"},
    NoteRow{"sfu-available", Part::restore, "{} takes participants"},
    NoteRow{"sfu-unhealthy", Part::detect, "{} fails its health check"},
    NoteRow{"backend-ejected", Part::detect, "load balancer ejects {}"},
    NoteRow{"backend-admitted", Part::restore, "load balancer admits {}"},
    NoteRow{"postgres-stopped", Part::info, "{} no longer serves"},
    NoteRow{"postgres-started", Part::restore, "{} serves"},
    NoteRow{"postgres-promoted", Part::act, "{} is promoted"},
    NoteRow{"two-primaries", Part::info, "{} is writable beside another primary"},
    NoteRow{"replica-detached", Part::info, "{} receives no WAL"},
    NoteRow{"replica-attached", Part::restore, "{} streams"},
    NoteRow{"replica-refused", Part::info, "{} lacks WAL that is gone: it has to be copied anew"},
    NoteRow{"redis-node-suspected", Part::detect, "{} is suspected (PFAIL)"},
    NoteRow{"redis-node-failed", Part::decide, "{} is agreed to have failed (FAIL)"},
    NoteRow{"redis-election-won", Part::act, "{} is elected master"},
    NoteRow{"slots-uncovered", Part::info, "slots of {} are not served"},
    NoteRow{"slots-covered", Part::restore, "slots of {} are served"},
    NoteRow{"alert-pending", Part::info, "alert {} is pending"},
    NoteRow{"alert-firing", Part::detect, "alert {} fires"},
    NoteRow{"page-sent", Part::detect, "{} is paged"},
    NoteRow{"page-acknowledged", Part::decide, "{} acknowledges"},
    NoteRow{"diagnosed", Part::decide, "{} knows what to do"},
    NoteRow{"capacity-exhausted", Part::info, "{} is full"},
    NoteRow{"clients-reconnected", Part::act, "clients of {} join again"},
    NoteRow{"routes-updated", Part::act, "clients of Service {} learn which pods serve"},
    NoteRow{"pools-reconnected", Part::restore, "connection pools reach {}"},
    NoteRow{"postgres-refused-start", Part::info, "{}"},
    NoteRow{"postgres-recovered", Part::restore, "{} has replayed its archived WAL"},
    NoteRow{"data-erased", Part::info, "a statement through {} deletes every row"},
    NoteRow{"data-lost", Part::info, "{} has lost its data"},
    NoteRow{"job-started", Part::info, "Job {} is made"},
    NoteRow{"job-completed", Part::act, "Job {} has completed"},
    NoteRow{"job-failed", Part::info, "Job {} has failed"},
    NoteRow{"pod-cannot-start", Part::info, "{}"},
    NoteRow{"connections-given-up", Part::info, "clients of {} give up waiting"},
    NoteRow{"connections-resumed", Part::restore, "connections to {} go on"},
    NoteRow{"commits-wait", Part::info, "commits on {} wait for a standby that is not there"},
    NoteRow{"commits-go-on", Part::restore, "a standby confirms the commits on {}"},
    NoteRow{"dns-published", Part::act, "the new record of {} is published"},
    NoteRow{"dns-moved", Part::restore, "most resolvers answer {} with the new place"},
    NoteRow{"scaled-up", Part::act, "autoscaler scales {}"},
    NoteRow{"scaled-down", Part::info, "autoscaler scales {}"},
    NoteRow{"node-added", Part::act, "{} joins the cluster"},
    NoteRow{"image-pulled", Part::act, "the image of {} is pulled"},
    NoteRow{"image-missing", Part::info, "the registry has no {}"},
    NoteRow{"volume-detached", Part::act, "{} is taken from a node that does not answer"},
    NoteRow{"resolvers-behind", Part::restore,
            "resolvers keep old answers for {} too long, over 0.5 % of clients"},
    NoteRow{"resolvers-caught-up", Part::restore,
            "less than 0.5 % of clients still have an old answer for {}"},
    NoteRow{"balancer-gone", Part::info, "the cloud takes the load balancer of Service {} away"},
    NoteRow{"balancer-made", Part::act, "the cloud has made a load balancer for Service {}"},
    NoteRow{"lock-expired", Part::detect, "{} has lost the lead: its manager gives it up"},
    NoteRow{"lock-taken", Part::decide, "{} takes the lead"},
    NoteRow{"postgres-demoted", Part::info, "{} gives up being primary"},
    NoteRow{"container-started", Part::act, "{}: container started"},
    NoteRow{"process-started", Part::act, "{} answers"},
    NoteRow{"pods-not-ready", Part::detect, "pods of {} count as not ready"},
};

constexpr const NoteRow& row_of(NoteKind kind) {
  return note_table[static_cast<std::size_t>(kind)];
}
std::optional<NoteKind> note_of(std::string_view id);

/// A number for a thing of the world (a pod, a node, an alert); the world knows its name.
enum class SubjectId : std::uint32_t { none = 0xffffffff };

struct Note {
  Offset at{};
  Offset began{};  ///< when the timer or mechanism behind it began; equals `at` for an instant
  NoteKind kind{};
  ComponentId component = ComponentId::platform;
  SubjectId subject = SubjectId::none;
  ParameterId parameter = ParameterId::none;  ///< the parameter that set how long it took
};

}  // namespace drdrill
