#include <algorithm>

#include "models/clock_text.hpp"
#include "models/postgres.hpp"
#include "models/postgres_text.hpp"
#include "models/volumes.hpp"
#include "sim/kube/refused_settings.hpp"

/// The WAL archive, and what a data directory makes of a start: point-in-time recovery, or a
/// refusal. Messages are those of PostgreSQL 15.18.
namespace drdrill::models {
namespace {

/// The folder in "cp %p FOLDER/%f" and in "cp FOLDER/%f %p".
std::string folder_in(std::string_view command) {
  const auto end = command.find("/%f");
  if (end == std::string_view::npos) return {};
  const auto begin = command.rfind(' ', end);
  return std::string(command.substr(begin + 1, end - begin - 1));
}

}  // namespace

// ---- the archive ----------------------------------------------------------------------------

/// Where a server archives to, by its container's arguments.
void Postgres::find_archive(Server& server) {
  server.archive.clear();
  const kube::PodTemplate& pod = *kubernetes_.pod(server.pod).spec;
  const std::string folder = folder_in(server_argument(pod, "archive_command"));
  const std::string mode = server_argument(pod, "archive_mode");
  if (folder.empty() || (mode != "on" && mode != "always")) return;
  server.archive = volumes_.locate(volumes_.disk_of(server.pod), folder + "/wal");
  server.archive_timeout =
      parse_duration(server_argument(pod, "archive_timeout")).value_or(Duration{});
}

void Postgres::begin_archive(Server& server) {
  find_archive(server);
  const bool archives = !server.archive.empty() && !server.standby;
  // A process counts from its start; of one that has long run nobody knows where it is.
  RandomStream& phases = archives ? switch_phases_ : unarchived_phases_;
  server.switches_at = never;
  server.switched_at = context_.now() > Offset::zero()
                           ? context_.now()
                           : -from_seconds(phases.uniform() * to_seconds(segment_time(server)));
  if (!archives) return;
  const File* known = volumes_.find(server.archive);
  Content content;
  content.kind = Content::Kind::wal;
  content.installation = installation_;
  content.timeline = server.timeline;
  content.until = known                             ? known->content.until
                  : context_.now() > Offset::zero() ? context_.now()
                                                    : archived_by(server, context_.now());
  volumes_.put(server.archive, {"", content, context_.now()});
}

/// How long a segment lasts: until it is full, or archive_timeout forces a switch.
Duration Postgres::segment_time(const Server& server) const {
  double period = postgres::segment_bytes / std::max(spec_.wal_bytes_per_second, 1.0);
  if (server.archive_timeout > Duration::zero())
    period = std::min(period, to_seconds(server.archive_timeout));
  return std::max(from_seconds(period), Duration(1));
}

/// A segment has to be copied when it has ended. A primary that is shut down archives what it has.
Offset Postgres::archived_by(const Server& server, Offset now) const {
  draws_.archive_delay.use();
  const Offset at = now - archive_delay_time_;
  const Offset phase = at >= server.switches_at ? server.switches_at : server.switched_at;
  const std::int64_t each = segment_time(server).count();
  std::int64_t over = (at - phase).count() % each;
  if (over < 0) over += each;
  return at - Duration(over);
}

/// pg_basebackup of a primary ends the segment that is being written, when it begins and when it
/// has all: archive_timeout counts from there.
void Postgres::backed_up(std::string_view host, PodRef local, Duration takes) {
  const int index = local_index(local, host);
  if (index == none) return;
  Server& server = servers_[static_cast<std::size_t>(index)];
  if (server.standby) return;
  server.switched_at = context_.now();
  server.switches_at = context_.now() + takes;
}

void Postgres::end_archive(Server& server) {
  if (server.archive.empty() || server.standby) return;
  const File* known = volumes_.find(server.archive);
  if (!known || known->content.timeline != server.timeline) return;
  File file = *known;
  file.content.until = server.clean
                           ? context_.now()
                           : std::max(file.content.until, archived_by(server, context_.now()));
  volumes_.put(server.archive, std::move(file));
}

// ---- what a data directory makes of a start -------------------------------------------------

std::string Postgres::data_key(PodRef ref, std::string_view file) const {
  return volumes_.locate(volumes_.disk_of(ref),
                         std::string(postgres::data_folder) + "/" + std::string(file));
}

/// Data of a server that is there; after a start it is the server's own.
void Postgres::own_data(const Server& server) {
  Content content;
  content.kind = Content::Kind::live_data;
  content.installation = installation_;
  content.server = static_cast<int>(&server - servers_.data());
  volumes_.put(data_key(server.pod, "PG_VERSION"), {"15\n", content, context_.now()});
}

Postgres::Start Postgres::look_at_data(Server& server) {
  Start start;
  const File* data = volumes_.find(data_key(server.pod, "PG_VERSION"));
  if (!data) {
    server.has_data = false;
    return start;
  }
  if (data->content.kind == Content::Kind::live_data && !server.has_data) return start;
  if (volumes_.find(data_key(server.pod, "recovery.conf"))) {
    start.fatal = "using recovery command file \"recovery.conf\" is not supported";
    return start;
  }
  const bool backup = data->content.kind == Content::Kind::base_backup;
  if (backup && data->content.installation != installation_) {
    start.fatal = "database files are from another installation";  // not simulated further
    return start;
  }
  const bool signal = volumes_.find(data_key(server.pod, "recovery.signal")) != nullptr;
  if (backup) server.has_data = true;
  const bool standby = volumes_.find(data_key(server.pod, "standby.signal")) != nullptr;
  if (signal)
    plan_recovery(server, data->content, start);
  else if (data->content.with_wal || (standby && !server.standby))
    plan_copy(server, data->content, start);
  else if (backup)
    start.fatal = "could not locate required checkpoint record";
  return start;
}

/// Point-in-time recovery: a base backup, WAL from the archive up to a target.
void Postgres::plan_recovery(const Server& server, const Content& data, Start& start) const {
  const File* file = volumes_.find(data_key(server.pod, "postgresql.auto.conf"));
  const std::string conf = file ? file->text : std::string();
  const std::string command = setting_in(conf, "restore_command");
  if (command.empty()) {
    start.fatal = "must specify restore_command when standby mode is not enabled";
    return;
  }
  const bool backup = data.kind == Content::Kind::base_backup;
  const int timeline = backup ? data.timeline : server.timeline;
  const Offset from = backup ? data.until : server.has_until;
  const Offset consistent = backup ? data.complete : from;
  const std::string key =
      volumes_.locate(volumes_.disk_of(server.pod), folder_in(command) + "/wal");
  const File* archive = volumes_.find(key);
  if (!archive || archive->content.cut_short || archive->content.kind != Content::Kind::wal ||
      archive->content.installation != installation_ || archive->content.timeline != timeline ||
      archive->content.until < from) {
    start.fatal = "could not locate required checkpoint record";
    return;
  }
  Offset end = archive->content.until;
  for (const Server& other : servers_)
    if (other.up && !other.standby && other.archive == key)
      end = std::max(end, archived_by(other, context_.now()));
  const std::string spelled = setting_in(conf, "recovery_target_time");
  Offset until = end;
  if (!spelled.empty()) {
    const auto target = timestamp_of(context_.start, spelled);
    if (!target) {
      start.fatal = "invalid value for parameter \"recovery_target_time\": \"" + spelled + "\"";
      return;
    }
    if (*target < consistent)
      start.fatal = "requested recovery stop point is before consistent recovery point";
    if (*target > end) start.fatal = "recovery ended before configured recovery target was reached";
    // A commit at the target itself is replayed unless it is said not to be.
    const bool inclusive = setting_in(conf, "recovery_target_inclusive") != "off";
    until = inclusive ? *target : *target - Duration(1);
  }
  if (!start.fatal.empty()) return;
  start.recovers = true;
  start.timeline = timeline;
  start.until = until;
  start.promotes = spelled.empty() || setting_in(conf, "recovery_target_action") == "promote";
  start.wal_bytes = to_seconds(until - from) * spec_.wal_bytes_per_second;
}

/// What a server says when it gives up.
void Postgres::give_up(Server& server, std::string_view how, const std::string& why) {
  const std::string line = server.name + ": " + std::string(how) + ":  " + why;
  if (server.refusal_text != line) {
    server.refusal_text = line;
    server.refusal = context_.notes.subject(line);
  }
  context_.note(NoteKind::postgres_refused_start, ComponentId::postgres, server.refusal);
  log(server, std::string(how) + ":  " + why);
}

/// The server gives up; the kubelet starts it again, and again.
void Postgres::refuse_start(Server& server, const std::string& fatal) {
  give_up(server, "FATAL", fatal);
  kubernetes_.container_failed(server.pod);
}

/// A setting that this version does not have, or two that exclude each other: the process ends
/// before it looks at its data.
bool Postgres::refuses_settings(Server& server) {
  if (!kubernetes_.settled()) return false;
  const kube::Pod& pod = kubernetes_.pod(server.pod);
  const std::vector<kube::ServerSetting> given =
      kube::given_settings(kubernetes_.cluster(server.pod.cluster), pod.meta.ns, *pod.spec);
  if (given.empty()) return false;
  const auto refused = kube::refused_by_postgres(pod.spec->containers.front(), given);
  if (refused.empty()) return false;
  const kube::ServerSetting& setting = given[refused.front().index];
  const bool of_a_file =
      setting.by != kube::by_command_line && refused.front().says.starts_with("unrecognized");
  if (of_a_file)
    log(server, "LOG:  " + refused.front().says + " in file \"" + setting.by + "\" line " +
                    std::to_string(setting.line + 1));
  refuse_start(server, of_a_file ? "configuration file \"" + setting.by + "\" contains errors"
                                 : refused.front().says);
  return true;
}

/// Positions count from when the databases were first written.
void Postgres::log_redo(Server& server, const Start& plan) {
  const double rate = spec_.wal_bytes_per_second;
  const double end = to_seconds(plan.until + in_service_time_) * rate;
  log(server, "LOG:  redo starts at " + lsn_text(end - plan.wal_bytes));
  log(server, "LOG:  redo done at " + lsn_text(end) +
                  " system usage: CPU: user: 0.00 s, system: 0.00 s, elapsed: " +
                  std::to_string(nearest_whole(to_seconds(plan.replay))) + " s");
}

/// Recovery is over: a new timeline from the target on, or a pause until somebody promotes.
void Postgres::finish_recovery(Server& server) {
  const Start plan = *server.recovery;
  server.recovery.reset();
  server.timeline = plan.timeline;
  server.has_until = plan.until;
  server.standby = !plan.promotes;
  server.upstream = plan.upstream;
  volumes_.remove(data_key(server.pod, "recovery.signal"));
  if (plan.follows) return;
  log_redo(server, plan);
  server.checkpointed = context_.now();
  if (plan.promotes) {
    timelines_.push_back({server.timeline, server.has_until});
    server.timeline = static_cast<int>(timelines_.size()) - 1;
  }
  log(server, "LOG:  archive recovery complete");
  context_.note(NoteKind::postgres_recovered, ComponentId::postgres, server.subject,
                draws_.replay_rate.id());
}

}  // namespace drdrill::models
