#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <unistd.h>

#include "sim/kube/controllers.hpp"
#include "sim/kube/environment.hpp"
#include "sim/kube/images.hpp"
#include "sim/live/lab_kept.hpp"
#include "sim/live/lab_operator.hpp"
#include "sim/live/object_storage.hpp"
#include "sim/live/volume.hpp"

/// Jobs in a lab: their containers' commands, in a container beside the pods that has the claims
/// that they mount. They run to their end once; nothing starts them again.
namespace drdrill::live {
namespace {

constexpr std::chrono::hours longest_job{2};

bool is_active(const kube::Pod& pod, std::size_t job) {
  return pod.meta.exists && pod.owner == kube::Pod::Owner::job &&
         pod.owner_index == static_cast<int>(job) && pod.phase != kube::PodPhase::succeeded &&
         pod.phase != kube::PodPhase::failed;
}

std::string text_of(const std::string& path) {
  std::ifstream in(path);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

}  // namespace

/// Where a claim's data are: a pod's own claim is its folder, any other has one of its own.
std::string Lab::claim_folder(std::size_t cluster, const std::string& claim) const {
  constexpr std::string_view own = "data-";
  if (claim.starts_with(own)) {
    const std::string_view pod = std::string_view(claim).substr(own.size());
    for (const kube::Workload& workload : clusters_.items[cluster].workloads)
      if (workload.meta.exists && workload.kind == kube::Workload::Kind::stateful_set &&
          pod.substr(0, pod.rfind('-')) == workload.meta.name)
        return place_.folder + "/" + std::string(pod) + "/data";
  }
  return place_.folder + "/claims/" + (cluster == 0 ? "" : std::to_string(cluster) + "/") + claim;
}

/// Where the image has the pod's volumes. Files that are shared belong to whoever needs them first.
std::vector<Mount> Lab::mounts_of(std::size_t cluster, const kube::PodTemplate& pod,
                                  const std::string& user) const {
  std::vector<Mount> mounts;
  for (const kube::Container& container : pod.containers)
    for (const kube::VolumeMount& mount : container.mounts) {
      const kube::Volume* volume = pod.volume(mount.volume);
      if (!volume || volume->kind != kube::Volume::Kind::claim) continue;
      const std::string folder = claim_folder(cluster, volume->source);
      if (!std::filesystem::exists(folder)) make_own_folder(folder, user);
      mounts.push_back({folder, mount.path, !mount.read_only});
    }
  const std::string image = pod.containers.empty() ? "" : pod.containers.front().image;
  for (Mount& mount : object_storage_mounts(place_.folder, platform_, image, user))
    mounts.push_back(std::move(mount));
  return mounts;
}

/// A StatefulSet's pod whose claim was deleted and made again finds an empty volume.
void Lab::look_at_claim(Kept& kept, const kube::Pod& pod) {
  const int claim = kube::find_claim(cluster_of(kept), pod.meta.ns, "data-" + kept.state.name);
  if (claim == kube::no_index || std::exchange(kept.claim, claim) == claim) return;
  if (!kept.prepared) return;
  empty_folder(kept.state.place.data());
  kept.prepared = false;
}

/// The Job controller, as far as a lab needs it: one pod at a time, again while tries are left.
bool Lab::make_job_pods(std::size_t of) {
  bool made = false;
  kube::Cluster& cluster = clusters_.items[of];
  for (std::size_t p = 0; p < cluster.pods.size(); ++p) {
    const kube::Pod& pod = cluster.pods[p];
    const bool over = pod.phase == kube::PodPhase::succeeded || pod.phase == kube::PodPhase::failed;
    if (pod.meta.exists && pod.terminating && over) kube::remove_pod(cluster, static_cast<int>(p));
  }
  for (std::size_t j = 0; j < cluster.jobs.size(); ++j) {
    const kube::Job& job = cluster.jobs[j];
    const bool over = job.succeeded >= job.spec.completions || job.failed > job.spec.backoff_limit;
    if (!job.meta.exists || job.suspended || over) continue;
    if (std::any_of(cluster.pods.begin(), cluster.pods.end(),
                    [&](const kube::Pod& pod) { return is_active(pod, j); }))
      continue;
    kube::create_job_pod(cluster, static_cast<int>(j));
    made = true;
  }
  return made;
}

/// Whoever has the image of PostgreSQL reads and writes what is PostgreSQL's.
Program Lab::job_program(std::size_t cluster, const kube::Pod& pod) const {
  const kube::Container& container = pod.spec->containers.front();
  const std::string image = kube::image_repository(container.image);
  const bool postgres = (image == "postgres" || image.ends_with("/postgres-s3")) && geteuid() == 0;
  const std::string user = postgres ? "postgres" : nobody_else();
  const std::string folder = place_.folder + "/jobs/" + pod.meta.name;
  make_folder(folder + "/root");
  Program program;
  program.argv = container.command;
  program.argv.insert(program.argv.end(), container.args.begin(), container.args.end());
  program.environment = {{"PATH", "/usr/lib/postgresql/15/bin:/usr/local/bin:/usr/bin:/bin:" +
                                      std::string(object_storage_programs)},
                         {"PGUSER", "postgres"}};
  kube::each_variable(clusters_.items[cluster], pod,
                      [&](std::string_view name, std::string_view value) {
                        program.environment.emplace_back(name, value);
                      });
  program.folder = "/";
  program.name_space = network_.operator_name_space();
  program.container = Container{.root = folder + "/root",
                                .host_name = pod.meta.name,
                                .mounts = mounts_of(cluster, *pod.spec, user)};
  program.container->mounts.push_back({shared_of(cluster) + "/hosts", "/etc/hosts"});
  program.container->mounts.push_back({shared_of(cluster) + "/resolv.conf", "/etc/resolv.conf"});
  program.only_reaches = reachable(nullptr);
  program.user = user;
  return program;
}

void Lab::start_job(std::size_t cluster, int slot) {
  kube::start_pod(clusters_.items[cluster], slot);
  const kube::Pod& pod = clusters_.items[cluster].pods[static_cast<std::size_t>(slot)];
  const std::uint32_t uid = pod.uid;
  auto run = std::make_unique<JobRun>();
  run->name = pod.meta.name;
  JobRun& it = *run;
  jobs_.push_back(std::move(run));
  it.thread = std::thread([this, &it, cluster, uid, program = job_program(cluster, pod)] {
    Ran ran;
    try {
      if (!why_no_containers().empty()) throw std::runtime_error(why_no_containers());
      ran = live::run(program, longest_job, {}, [&] { return job_is_over(cluster, uid); });
    } catch (const std::exception& error) {
      ran = {128, {}, error.what(), false};
    }
    const std::lock_guard lock(mutex_);
    it.output = ran.out + ran.err;
    end_job(cluster, uid, ran.exit_status == 0 && !ran.timed_out);
  });
}

/// Nobody wants its end any more.
bool Lab::job_is_over(std::size_t cluster, std::uint32_t uid) const {
  const std::lock_guard lock(mutex_);
  const int slot = kube::find_pod(clusters_.items[cluster], uid);
  return ending_ || slot == kube::no_index ||
         clusters_.items[cluster].pods[static_cast<std::size_t>(slot)].terminating;
}

void Lab::end_job(std::size_t of, std::uint32_t uid, bool succeeded) {
  kube::Cluster& cluster = clusters_.items[of];
  const int slot = kube::find_pod(cluster, uid);
  if (slot == kube::no_index) return;
  kube::Pod& pod = cluster.pods[static_cast<std::size_t>(slot)];
  kube::Job& job = cluster.jobs[static_cast<std::size_t>(pod.owner_index)];
  (succeeded ? job.succeeded : job.failed) += 1;
  pod.ready = false;
  pod.phase = succeeded ? kube::PodPhase::succeeded : kube::PodPhase::failed;
  if (pod.terminating) kube::remove_pod(cluster, slot);
  reconcile();
}

/// What a container has said so far.
std::string Lab::log_of(const kube::Pod& pod) const {
  for (const auto& run : jobs_)
    if (run->name == pod.meta.name) return run->output;
  const Kept* kept = find(pod.meta.name);
  return kept ? text_of(kept->state.place.folder + "/output") : std::string();
}

}  // namespace drdrill::live
