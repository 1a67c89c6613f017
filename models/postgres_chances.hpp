#pragma once

#include "models/context.hpp"

/// The parameters that an installation of PostgreSQL draws from.
namespace drdrill::models::postgres {

struct Chances {
  explicit Chances(Draws& draws)
      : replication_lag(draws["postgres.replication_lag"]),
        wal_writer_delay(draws["postgres.wal_writer_delay"]),
        promote(draws["postgres.promote"]),
        start(draws["postgres.process_start"]),
        redo_rate(draws["postgres.redo_rate"]),
        shutdown(draws["postgres.shutdown"]),
        reconnect_time(draws["postgres.pool_reconnect"]),
        client_timeout(draws["postgres.client_timeout"]),
        clone_rate(draws["postgres.clone_rate"]),
        attach(draws["postgres.standby_attach"]),
        replay_rate(draws["postgres.wal_replay_rate"]),
        restore_rate(draws["postgres.restore_rate"]),
        archive_delay(draws["postgres.archive_delay"]),
        in_service(draws["postgres.in_service"]),
        checkpoint(draws["postgres.promotion_checkpoint"]),
        max_connections(draws["postgres.max_connections"]),
        sender_timeout(draws["postgres.wal_sender_timeout"]),
        receiver_timeout(draws["postgres.wal_receiver_timeout"]),
        retry(draws["postgres.wal_retrieve_retry_interval"]),
        wal_keep_size(draws["postgres.wal_keep_size"]),
        checkpoint_timeout(draws["postgres.checkpoint_timeout"]),
        max_wal_size(draws["postgres.max_wal_size"]),
        completion(draws["postgres.checkpoint_completion_target"]),
        lock_ttl(draws["patroni.ttl"]),
        loop_wait(draws["patroni.loop_wait"]),
        lock_retry(draws["patroni.retry_timeout"]),
        most_lag(draws["patroni.maximum_lag_on_failover"]),
        failover_delay(draws["cloudnative_pg.failover_delay"]),
        reconcile(draws["cloudnative_pg.reconcile"]),
        shared_buffers(draws["postgres.shared_buffers"]),
        checkpoint_rate(draws["postgres.checkpoint_rate"]),
        dirtied(draws["postgres.dirtied_by_redo"]),
        min_wal_size(draws["postgres.min_wal_size"]),
        growth(draws["postgres.growth"]),
        growing_tables(draws["postgres.growing_tables"]),
        page_filled(draws["postgres.page_filled"]),
        failing_wal(draws["postgres.failing_wal"]),
        reinitialize(draws["postgres.reinitialize"]),
        slot_wal_keep_size(draws["postgres.max_slot_wal_keep_size"]),
        slot_ttl(draws["patroni.member_slots_ttl"]),
        start_patience(draws["patroni.primary_start_timeout"]) {}

  Draw& replication_lag;
  Draw& wal_writer_delay;
  Draw& promote;
  Draw& start;
  Draw& redo_rate;
  Draw& shutdown;
  Draw& reconnect_time;
  Draw& client_timeout;
  Draw& clone_rate;
  Draw& attach;
  Draw& replay_rate;
  Draw& restore_rate;
  Draw& archive_delay;
  Draw& in_service;
  Draw& checkpoint;
  Draw& max_connections;
  Draw& sender_timeout;
  Draw& receiver_timeout;
  Draw& retry;
  Draw& wal_keep_size;
  Draw& checkpoint_timeout;
  Draw& max_wal_size;
  Draw& completion;
  Draw& lock_ttl;
  Draw& loop_wait;
  Draw& lock_retry;
  Draw& most_lag;
  Draw& failover_delay;
  Draw& reconcile;
  Draw& shared_buffers;
  Draw& checkpoint_rate;
  Draw& dirtied;
  Draw& min_wal_size;
  Draw& growth;
  Draw& growing_tables;
  Draw& page_filled;
  Draw& failing_wal;
  Draw& reinitialize;
  Draw& slot_wal_keep_size;
  Draw& slot_ttl;
  Draw& start_patience;
};

}  // namespace drdrill::models::postgres
