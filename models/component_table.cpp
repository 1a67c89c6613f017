#include "models/component_table.hpp"

#include <array>

namespace drdrill {
namespace {

using Kind = WorkloadModel::Kind;

constexpr std::array models{
    ModelRow{
        Kind::livekit_sfu,
        "rooms, availability and health through Redis, capacity, drain; clients that reconnect"},
    ModelRow{Kind::api_service, "pods behind a Service, requests that queue, dependencies"},
    ModelRow{Kind::postgres_primary, "WAL, timelines, shutdown and crash, routing by the Service"},
    ModelRow{Kind::postgres_replica, "streaming, promotion, following a new timeline, cloning"},
    ModelRow{Kind::redis_master, "slot ranges, failure detection by gossip, election"},
    ModelRow{Kind::redis_replica, "stands for election when its master has failed"},
    ModelRow{Kind::ingress, "proxies behind the cloud load balancer's health checks"},
    ModelRow{Kind::monitoring, "scrapes, alert rules with hold times, pages"},
    ModelRow{Kind::pooler, "runs; reconnection times are a parameter of PostgreSQL's clients"},
    ModelRow{Kind::plain, "runs, and that is all: it takes room on a node"},
};

constexpr std::array programs{
    ProgramRow{"kubectl", "every verb of sim/kube, with its refusals and waits"},
    ProgramRow{"psql",
               "pg_promote, pg_is_in_recovery, ALTER SYSTEM SET primary_conninfo, "
               "pg_reload_conf, pg_stat_replication, CHECKPOINT, SELECT 1"},
    ProgramRow{"pg_isready", "does the server accept connections?"},
    ProgramRow{
        "redis-cli",
        "ping, dbsize, flushall, CLUSTER NODES, INFO, MYID, MEET, FORGET, REPLICATE, FAILOVER, "
        "RESET; --cluster create, check, fix, add-node"},
    ProgramRow{"curl", "the platform's own hostname; inside of pods, the names of Services"},
    ProgramRow{"sleep", "lets time pass"},
    ProgramRow{"date", "the platform's wall clock"},
};

}  // namespace

std::span<const ModelRow> component_models() {
  return models;
}
std::span<const ProgramRow> known_programs() {
  return programs;
}

}  // namespace drdrill
