#include <algorithm>

#include "models/backups.hpp"

/// Object storage: buckets in a region, which survive whatever happens to other regions. Spoken to
/// with `aws s3 cp` and `aws s3 ls`; messages are those of the AWS CLI v2.
namespace drdrill::models {
namespace {

constexpr std::string_view scheme = "s3://";

ProgramAnswer failed(int status, std::string message) {
  return {{status, "", std::move(message) + "\n", true}, {}, false};
}

std::string_view bucket_in(std::string_view path) {
  path.remove_prefix(scheme.size());
  return path.substr(0, path.find('/'));
}

std::string_view last_name(std::string_view path) {
  return path.substr(path.rfind('/') + 1);
}

}  // namespace

/// Why a path of a bucket cannot be used; empty: it can.
std::string Backups::bucket_problem(std::string_view path) const {
  for (const BucketSpec& bucket : context_.spec.buckets) {
    if (bucket.name != bucket_in(path)) continue;
    const auto& clusters = context_.spec.clusters;
    for (std::size_t c = 0; c < clusters.size(); ++c)
      if (clusters[c].region == bucket.region &&
          !kubernetes_.cluster(static_cast<int>(c)).api_available)
        return "Could not connect to the endpoint URL: \"https://" + bucket.region + "/" +
               bucket.name + "\"";
    return {};
  }
  return "An error occurred (NoSuchBucket) when calling the operation: The specified bucket does "
         "not exist";
}

ProgramAnswer Backups::aws(const ProgramCall& call) {
  std::vector<std::string> words;
  for (const std::string& word : call.argv.subspan(1))
    if (!word.starts_with("--")) words.push_back(word);
  if (words.size() < 3 || words[0] != "s3" || (words[1] != "cp" && words[1] != "ls"))
    return {{0, "", "aws: only s3 cp and s3 ls are known here\n", false}, {}, false};
  for (std::size_t i = 2; i < words.size(); ++i)
    if (words[i].starts_with(scheme))
      if (const std::string problem = bucket_problem(words[i]); !problem.empty())
        return failed(254, problem);
  return words[1] == "ls" ? list_objects(call, words[2]) : copy_object(call, words);
}

ProgramAnswer Backups::copy_object(const ProgramCall& call, const std::vector<std::string>& words) {
  if (words.size() != 4)
    return failed(252, "aws: [ERROR]: the following arguments are required: paths");
  const std::string& from = words[2];
  std::string to = words[3];
  if (to.ends_with('/')) to += last_name(from);
  const File* found = volumes_.find(volumes_.locate(call.disk, from));
  if (from.starts_with(scheme) && (!found || found->content.complete > call.now))
    return failed(1,
                  "fatal error: An error occurred (404) when calling the HeadObject operation: "
                  "Key \"" +
                      from + "\" does not exist");
  if (!found) return failed(255, "The user-provided path " + from + " does not exist.");
  const std::string key = volumes_.locate(call.disk, to);
  if (volumes_.is_full(key) && to.starts_with(scheme))
    return failed(
        1, "upload failed: " + from + " to " + to +
               " An error occurred (XMinioStorageFull) when calling the PutObject operation: "
               "Storage backend has reached its minimum free drive threshold. Please delete "
               "a few objects to proceed.");
  if (volumes_.is_full(key)) return failed(1, "download failed: No space left on device");
  File file = *found;
  const Duration takes = from_seconds(file.content.bytes / object_rate_.value());
  file.written = call.now + takes;
  file.content.complete = std::max(file.content.complete, file.written);
  volumes_.put(key, std::move(file));
  return {
      {0, "copy: " + from + " to " + to + "\n", "", true}, takes, false, object_rate_.id(), key};
}

/// The names at a prefix, each on a line that ends with it. An object is there once all of it has
/// been sent.
ProgramAnswer Backups::list_objects(const ProgramCall& call, const std::string& prefix) {
  ProgramAnswer answer;
  const std::string folder = prefix.substr(0, prefix.rfind('/'));
  for (const std::string& path : volumes_.paths_below(call.disk, folder)) {
    const File* file = volumes_.find(volumes_.locate(call.disk, path));
    if (!file || !path.starts_with(prefix)) continue;
    if (path.starts_with(scheme) && file->content.complete > call.now) continue;
    answer.result.out += std::to_string(static_cast<std::int64_t>(file->content.bytes)) + " " +
                         std::string(last_name(path)) + "\n";
  }
  if (answer.result.out.empty()) answer.result.exit_status = 1;
  return answer;
}

}  // namespace drdrill::models
