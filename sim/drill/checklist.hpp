#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/base/time.hpp"
#include "sim/drill/component.hpp"
#include "sim/drill/probe.hpp"

/// The recovery validation checklists: what somebody who has recovered a node, the database or the
/// application goes through before calling it done. Each item is a precise question, asked once:
/// of the recovered platform, before the tool undoes what is still in force of its faults. What was
/// lost is only known at the very end.
namespace drdrill {

/// An index into checklist_table.
enum class ChecklistItem : std::uint8_t {
  pods_rescheduled,
  endpoints_updated,
  balancer_checks,
  application_checks,
  no_data_loss,
  performance,
  roles,
  replication_lag,
  data_integrity,
  connection_pool,
  query_performance,
  backup_consistency,
  services_responding,
  websocket,
  streaming,
  chat,
  authentication,
  alerts_resolved,
};

struct ChecklistRow {
  enum class By : std::uint8_t { world, probe, ledger };
  std::string_view id;  ///< the list that it belongs to, a dot, and what it is about
  ComponentId component;
  std::string_view title;
  std::string_view question;          ///< what exactly is asked; yes: done
  By by = By::world;                  ///< who answers
  ProbeKind probe = ProbeKind::join;  ///< by probe: its last answer
};

inline constexpr std::array checklist_table{
    ChecklistRow{"node.pod-rescheduled", ComponentId::platform, "Pod rescheduled successfully",
                 "does every workload have as many running pods as it wants?"},
    ChecklistRow{"node.endpoints-updated", ComponentId::platform, "Service endpoints updated",
                 "do clients of each Service know exactly the pods that are ready, at least one?"},
    ChecklistRow{"node.load-balancer-checks", ComponentId::load_balancer,
                 "Load balancer health checks passing",
                 "is every target of the load balancer admitted, and does it work?"},
    ChecklistRow{"node.application-checks", ComponentId::platform,
                 "Application health checks passing",
                 "does every running pod with a readiness probe pass it?"},
    ChecklistRow{"node.no-data-loss", ComponentId::platform, "No data loss detected",
                 "is every acknowledged record of every component still there?",
                 ChecklistRow::By::ledger},
    ChecklistRow{"node.performance", ComponentId::api, "Performance metrics within normal range",
                 "do at least 99.5 % of API requests succeed, and is their p95 below 200 ms?",
                 ChecklistRow::By::probe, ProbeKind::api_requests},
    ChecklistRow{"database.roles", ComponentId::postgres, "Primary/replica roles correct",
                 "is there one writable primary, do clients reach it, and does every other server "
                 "stream from it?"},
    ChecklistRow{"database.replication-lag", ComponentId::postgres, "Replication lag < 1 second",
                 "does every standby stream, less than 1 s behind?"},
    ChecklistRow{"database.data-integrity", ComponentId::postgres, "Data integrity verified",
                 "is every acknowledged row of every database still there?",
                 ChecklistRow::By::ledger},
    ChecklistRow{"database.connection-pool", ComponentId::postgres, "Connection pool functioning",
                 "does a write and a read through Service and pools work in every database?",
                 ChecklistRow::By::probe, ProbeKind::postgres_write},
    ChecklistRow{"database.query-performance", ComponentId::postgres,
                 "Query performance acceptable", "is p95 of queries below 100 ms?"},
    ChecklistRow{"database.backup-consistency", ComponentId::postgres,
                 "Backup consistency verified",
                 "is there, for each backup of the database, an artefact that is whole and younger "
                 "than the period of its schedule?"},
    ChecklistRow{"application.services-responding", ComponentId::platform,
                 "All services responding",
                 "does every Service lead to a pod that is healthy and reached?"},
    ChecklistRow{"application.websocket", ComponentId::api, "WebSocket connections established",
                 "do at least 99.5 % of requests to the signaling service succeed?"},
    ChecklistRow{"application.streaming", ComponentId::livekit_sfu,
                 "Video/audio streaming functional",
                 "do at least 99.5 % of joined participants have media?", ChecklistRow::By::probe,
                 ProbeKind::media},
    ChecklistRow{"application.chat", ComponentId::api, "Chat system operational",
                 "do at least 99.5 % of requests to the chat service succeed?"},
    ChecklistRow{"application.authentication", ComponentId::api, "Authentication working",
                 "do at least 99.5 % of requests to the auth service succeed?"},
    ChecklistRow{"application.alerts-resolved", ComponentId::monitoring,
                 "Monitoring alerts resolved",
                 "does monitoring evaluate its rules, with no alert "
                 "pending or firing?"},
};

constexpr const ChecklistRow& row_of(ChecklistItem item) {
  return checklist_table[static_cast<std::size_t>(item)];
}
std::optional<ChecklistItem> checklist_item_of(std::string_view id);
/// The lists, in order: "node", "database", "application".
std::vector<std::string_view> checklist_names();
/// The items of a list, in order; empty when there is no such list.
std::vector<ChecklistItem> checklist_items(std::string_view list);

struct ChecklistAnswer {
  enum class Outcome : std::uint8_t {
    done,
    not_done,
    not_evaluated,  ///< nobody could tell; never counted as done
  };
  ChecklistItem item{};
  Outcome outcome = Outcome::not_evaluated;
  Offset at{};         ///< when it was answered
  std::string detail;  ///< the evidence, or why it could not be told: "1 of 2 standbys streams"
};
std::string_view outcome_name(ChecklistAnswer::Outcome outcome);

struct Journal;
class World;

/// Asks every item of the scenario's checklist, of the world and of the last answers of the probes;
/// those of the ledger stay open. `drilled`: the faults' time came; otherwise there is nothing to
/// validate.
std::vector<ChecklistAnswer> fill_in_checklist(const Journal& journal, const World& world,
                                               bool drilled);
/// Answers what the ledger answers, once the journal has it.
void fill_in_from_ledger(Journal& journal, Offset now);

}  // namespace drdrill
