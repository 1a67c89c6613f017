#include "models/component_table.hpp"

#include <array>

namespace drdrill {
namespace {

using Kind = WorkloadModel::Kind;

constexpr std::array models{
    ModelRow{
        Kind::livekit_sfu,
        "rooms, capacity, drain; LiveKit's availability and health through Redis, Janus' by the "
        "Service; clients that reconnect"},
    ModelRow{Kind::api_service, "pods behind a Service, requests that queue, dependencies"},
    ModelRow{Kind::postgres_primary, "WAL, timelines, shutdown and crash, routing by the Service"},
    ModelRow{Kind::postgres_replica, "streaming, promotion, following a new timeline, cloning"},
    ModelRow{Kind::postgres_scratch, "restores of backups, beside the servers that clients use"},
    ModelRow{Kind::redis_master, "slot ranges, failure detection by gossip, election"},
    ModelRow{Kind::redis_replica, "stands for election when its master has failed"},
    ModelRow{Kind::ingress, "proxies behind the cloud load balancer's health checks"},
    ModelRow{Kind::monitoring, "scrapes, alert rules with hold times, pages"},
    ModelRow{Kind::pooler,
             "connections to PostgreSQL: who comes through it, and how many there are"},
    ModelRow{Kind::plain, "runs, and that is all: it takes room on a node"},
};

constexpr std::array programs{
    ProgramRow{"kubectl", "every verb of sim/kube, with its refusals and waits"},
    ProgramRow{"psql",
               "pg_promote, pg_is_in_recovery, ALTER SYSTEM SET primary_conninfo, "
               "pg_reload_conf, SHOW, CHECKPOINT, DELETE FROM without a condition, SELECT of "
               "expressions, from pg_stat_replication, pg_stat_wal_receiver, pg_database too"},
    ProgramRow{"pg_isready", "does the server accept connections?"},
    ProgramRow{
        "redis-cli",
        "ping, dbsize, flushall, CLUSTER NODES, INFO, MYID, MEET, FORGET, REPLICATE, FAILOVER, "
        "RESET; --cluster create, check, fix, add-node; --rdb"},
    ProgramRow{"curl",
               "the platform's hostnames, the DNS provider's records; inside of pods, Services"},
    ProgramRow{"sleep", "lets time pass"},
    ProgramRow{"date", "the platform's wall clock; in containers UTC, with a format"},
    ProgramRow{"pg_dump", "one database as it is when the dump begins, to a file"},
    ProgramRow{"pg_restore", "lists a dump, or loads it into a server"},
    ProgramRow{"pg_basebackup", "the whole data directory, to a tar file"},
    ProgramRow{"pg_receivewal", "refuses what 15 refuses; else streams until it is killed"},
    ProgramRow{"tar", "makes a data directory of a base backup"},
    ProgramRow{"find", "files of volumes, by name and age; deletes them"},
    ProgramRow{"ls", "files of volumes"},
    ProgramRow{"aws", "s3 cp and s3 ls: objects of buckets"},
    ProgramRow{"cp", "one file of a volume to another"},
    ProgramRow{"rm", "files of volumes"},
    ProgramRow{"touch", "an empty file"},
    ProgramRow{"mkdir", "a folder on a volume"},
    ProgramRow{"chown", "nothing: owners are not modelled"},
    ProgramRow{"chmod", "nothing: permissions are not modelled"},
};

}  // namespace

std::span<const ModelRow> component_models() {
  return models;
}
std::span<const ProgramRow> known_programs() {
  return programs;
}

}  // namespace drdrill
