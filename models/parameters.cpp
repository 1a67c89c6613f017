#include "models/parameters.hpp"

#include <array>

namespace drdrill {
namespace {

using enum ParameterUnit;

constexpr std::array rows{
    ParameterRow{"api.process_start", seconds, "from container start to answering /health"},
    ParameterRow{"api.service_time", seconds, "one request in a pod"},
    ParameterRow{"api.shutdown", seconds, "from SIGTERM to no longer accepting requests"},
    ParameterRow{"commands.local", seconds, "a command that asks no API"},
    ParameterRow{"kubernetes.api_call", seconds, "one kubectl call"},
    ParameterRow{"kubernetes.controller_sync", seconds, "until a controller reacts to a change"},
    ParameterRow{"kubernetes.endpoint_update", seconds,
                 "until clients of a Service know that a pod came or went"},
    ParameterRow{"kubernetes.kubelet_dial", seconds,
                 "until the API server gives up on a kubelet that does not answer exec or logs"},
    ParameterRow{"kubernetes.lease_renewal", seconds, "how often a kubelet renews its node lease"},
    ParameterRow{"kubernetes.node_boot", seconds, "from power to Ready"},
    ParameterRow{"kubernetes.node_monitor_grace_period", seconds,
                 "silence after which a node is marked NotReady"},
    ParameterRow{"kubernetes.node_monitor_period", seconds,
                 "how often the node controller looks at leases"},
    ParameterRow{"kubernetes.pod_start", seconds, "scheduling to running, image present"},
    ParameterRow{"kubernetes.process_exit", seconds,
                 "from SIGTERM to the end of a process without a model of its own, and for a "
                 "container to be cleaned up"},
    ParameterRow{"kubernetes.unreachable_toleration", seconds,
                 "how long pods tolerate an unreachable node"},
    ParameterRow{"livekit.available_within", seconds,
                 "statistics older than this: the node is not chosen"},
    ParameterRow{"livekit.drain_poll", seconds, "until a draining node sees that nobody is left"},
    ParameterRow{"livekit.healthy_within", seconds,
                 "statistics older than this: the health endpoint answers 406"},
    ParameterRow{"livekit.join_timeout", seconds,
                 "how long a client waits for the answer to a join"},
    ParameterRow{"livekit.media_setup", seconds, "ICE, DTLS and the first key frame after joining"},
    ParameterRow{"livekit.notice_closed", seconds, "until a client notices a closed connection"},
    ParameterRow{"livekit.process_start", seconds, "from container start to taking participants"},
    ParameterRow{"livekit.round_trip", seconds, "between a participant and the region"},
    ParameterRow{"livekit.signal_ping_interval", seconds,
                 "how often client and server ping each other"},
    ParameterRow{"livekit.signal_timeout", seconds,
                 "silence on the signal connection after which a client reconnects"},
    ParameterRow{"livekit.start_failure", seconds,
                 "until a server that cannot reach Redis gives up at start"},
    ParameterRow{"livekit.stats_interval", seconds,
                 "how often a node publishes its statistics through Redis"},
    ParameterRow{"load_balancer.check_interval", seconds, "between health checks"},
    ParameterRow{"load_balancer.check_timeout", seconds, "of a health check"},
    ParameterRow{"load_balancer.fall", count, "failed checks until a target is ejected"},
    ParameterRow{"load_balancer.process_start", seconds,
                 "from container start of a proxy to accepting connections"},
    ParameterRow{"load_balancer.rise", count, "good checks until a target is admitted"},
    ParameterRow{"monitoring.group_wait", seconds,
                 "Alertmanager's wait for more alerts of a group"},
    ParameterRow{"monitoring.process_start", seconds,
                 "from container start of Prometheus to evaluating rules"},
    ParameterRow{"people.acknowledge", seconds, "until a page is acknowledged by day"},
    ParameterRow{"people.diagnose", seconds,
                 "from acknowledging to knowing what to do, with a runbook"},
    ParameterRow{"people.manual_step", seconds,
                 "for a person to carry out a step without a command"},
    ParameterRow{"people.night_factor", count,
                 "how many times longer acknowledging takes outside of waking hours"},
    ParameterRow{"people.notice_without_alert", seconds,
                 "until somebody notices an outage that no alert reports"},
    ParameterRow{"people.page_reload", seconds,
                 "until a participant reloads the page after the client gave up, or arrives in "
                 "place of one who left"},
    ParameterRow{"people.typing", seconds, "for a person to carry out one command of a runbook"},
    ParameterRow{"postgres.clone_rate", bytes_per_second, "pg_basebackup of a standby"},
    ParameterRow{"postgres.pool_reconnect", seconds,
                 "until a pooler tries again after a failed login"},
    ParameterRow{"postgres.process_start", seconds,
                 "from container start to accepting connections, redo apart"},
    ParameterRow{"postgres.promote", seconds, "pg_promote() until it returns"},
    ParameterRow{"postgres.redo_rate", bytes_per_second, "crash redo"},
    ParameterRow{"postgres.replication_lag", seconds, "how far an asynchronous standby is behind"},
    ParameterRow{"postgres.shutdown", seconds, "a fast shutdown with its checkpoint"},
    ParameterRow{"postgres.standby_attach", seconds, "until a standby tries its upstream again"},
    ParameterRow{"redis.aof_load_rate", bytes_per_second, "reading the append-only file at start"},
    ParameterRow{"redis.cluster_node_timeout", seconds, "cluster-node-timeout"},
    ParameterRow{"redis.election_delay", seconds, "from FAIL to the election of a replica"},
    ParameterRow{"redis.fsync_interval", seconds,
                 "what a server that loses power had not yet synchronised"},
    ParameterRow{"redis.gossip_delay", seconds, "until failure reports have reached a majority"},
    ParameterRow{"redis.join", seconds, "until redis-cli --cluster create sees all nodes agree"},
    ParameterRow{"redis.min_replicas_max_lag", seconds, "min-replicas-max-lag"},
    ParameterRow{"redis.min_replicas_to_write", count, "min-replicas-to-write"},
    ParameterRow{"redis.process_start", seconds,
                 "from container start to serving, reading data apart"},
    ParameterRow{"redis.replication_lag", seconds, "how far a replica is behind its master"},
    ParameterRow{"redis.writable_delay", seconds,
                 "until a master that has started takes part in its cluster"},
};

}  // namespace

std::span<const ParameterRow> known_parameters() {
  return rows;
}

}  // namespace drdrill
