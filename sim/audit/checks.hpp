#pragma once

/// The checks of the table of rules, by file.
namespace drdrill::audit {

class Look;

void check_unread(Look&);
void check_variables(Look&);
void check_retention_variable(Look&);
void check_overwrites(Look&);
void check_hidden_failure(Look&);
void check_splitting(Look&);
void check_case(Look&);
void check_never_returns(Look&);
void check_folder(Look&);
void check_fixed_dates(Look&);
void check_http_errors(Look&);
void check_credentials(Look&);
void check_inside_names(Look&);
void check_sleep(Look&);
void check_placeholders(Look&);
void check_json_path(Look&);

void check_kubectl_syntax(Look&);
void check_kubectl_logs(Look&);
void check_resource_types(Look&);
void check_namespace(Look&);
void check_redis_verbs(Look&);
void check_postgres_options(Look&);
void check_recovery_conf(Look&);
void check_redis_files(Look&);
void check_livekit(Look&);
void check_api_versions(Look&);

void check_schedule(Look&);
void check_never_fires(Look&);
void check_backup_kept(Look&);
void check_client_version(Look&);
void check_pipes(Look&);
void check_unscheduled(Look&);
void check_no_backup(Look&);
void check_databases(Look&);
void check_roles(Look&);
void check_dump_and_wal(Look&);
void check_verification(Look&);
void check_retention_of_folders(Look&);
void check_restore_source(Look&);
void check_backup_unused(Look&);
void check_backup_place(Look&);
void check_cron_images(Look&);
void check_cron_overlap(Look&);
void check_cron_zone(Look&);
void check_two_users(Look&);
void check_async_copy(Look&);

void check_kinds(Look&);
void check_exec_after_stop(Look&);
void check_scaled_back(Look&);
void check_wait_after_start(Look&);
void check_traffic_first(Look&);
void check_failback(Look&);
void check_restore_target(Look&);
void check_rollback(Look&);
void check_scale_all(Look&);
void check_autoscaler(Look&);
void check_weak_proof(Look&);
void check_standby_view(Look&);
void check_replica_choice(Look&);
void check_cluster_join(Look&);
void check_partial_reset(Look&);
void check_leftovers(Look&);
void check_arbitrary_node(Look&);
void check_failed_phase(Look&);
void check_delete_on_dead_node(Look&);
void check_rollout_awaited(Look&);
void check_procedures_exist(Look&);
void check_objective_order(Look&);
void check_drill_looks(Look&);
void check_selector(Look&);
void check_restart_of_all(Look&);
void check_pod_names(Look&);

void check_terminal(Look&);
void check_secrets_shown(Look&);
void check_duration_wraps(Look&);
void check_health_paths(Look&);
void check_drain_timeout(Look&);
void check_context_left_out(Look&);
void check_image_tags(Look&);
void check_get_all(Look&);
void check_not_backed_up(Look&);
void check_fixed_masters(Look&);
void check_tar_started(Look&);
void check_clients_kept_away(Look&);
void check_cluster_create(Look&);
void check_safeguard(Look&);
void check_takes_all(Look&);
void check_drill_schedule(Look&);
void check_undrilled(Look&);
void check_typed_names(Look&);
void check_depends_on_failed(Look&);
void check_logs_of_dead(Look&);
void check_promises(Look&);
void check_severity_gaps(Look&);
void check_prose_retention(Look&);
void check_rehearsals(Look&);
void check_losses(Look&);
void check_platform(Look&);

void check_arguments(Look&);
void check_goes_on(Look&);
void check_syntax(Look&);
void check_json_text(Look&);
void check_server_named(Look&);
void check_recovery_target(Look&);
void check_image_settings(Look&);
void check_wal_gaps(Look&);
void check_one_moment(Look&);
void check_retention_patterns(Look&);
void check_shared_claim(Look&);
void check_after_promotion(Look&);
void check_lag(Look&);
void check_dns_lifetime(Look&);
void check_siblings(Look&);
void check_asks_failed(Look&);
void check_gentle(Look&);
void check_undone(Look&);
void check_made_objects(Look&);
void check_checklists(Look&);
void check_contacts(Look&);
void check_stores(Look&);
void check_lone_pods(Look&);
void check_manifest_budgets(Look&);

void check_retention_of_all(Look&);
void check_retention_after_failure(Look&);
void check_password(Look&);
void check_restore_into_running(Look&);
void check_paths(Look&);

void check_patterns(Look&);
void check_deleted_claim(Look&);

}  // namespace drdrill::audit
