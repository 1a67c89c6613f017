#include "sim/live/object_storage.hpp"

#include <filesystem>

#include "sim/kube/images.hpp"
#include "sim/live/pod_program.hpp"

namespace drdrill::live {
namespace {

/// An object is there whole or not at all, as in a bucket. Listed as the AWS CLI does: date, time,
/// size, name.
constexpr const char* aws = R"sh(#!/bin/sh
place() {
  case $1 in
    s3://*) echo "/object-storage/buckets/${1#s3://}" ;;
    *) echo "$1" ;;
  esac
}
[ "$1" = s3 ] || { echo "aws: only s3 is known here" >&2; exit 252; }
case $2 in
  cp)
    [ $# -eq 4 ] || { echo "aws: expected: s3 cp FROM TO" >&2; exit 252; }
    from=$(place "$3")
    to=$(place "$4")
    case $to in */) to=$to${3##*/} ;; esac
    [ -f "$from" ] || { echo "fatal error: $3 does not exist" >&2; exit 1; }
    case $4 in s3://*) mkdir -p "$(dirname "$to")" ;; esac
    cp "$from" "$to.$$" && mv "$to.$$" "$to" || { rm -f "$to.$$"; exit 1; }
    ;;
  ls)
    [ $# -eq 3 ] || { echo "aws: expected: s3 ls PREFIX" >&2; exit 252; }
    prefix=$(place "$3")
    status=1
    for each in "$prefix"*; do
      [ -f "$each" ] || continue
      status=0
      echo "$(date -r "$each" '+%Y-%m-%d %H:%M:%S') $(stat -c %s "$each") ${each##*/}"
    done
    exit $status
    ;;
  *)
    echo "aws: only s3 cp and s3 ls are known here" >&2
    exit 252
    ;;
esac
)sh";

}  // namespace

void make_object_storage(const std::string& lab, const PlatformSpec& platform) {
  if (platform.buckets.empty()) return;
  const std::string folder = lab + "/object-storage";
  make_folder(folder + "/bin");
  write_file(folder + "/bin/aws", aws);
  std::filesystem::permissions(folder + "/bin/aws", std::filesystem::perms(0755));
}

std::vector<Mount> object_storage_mounts(const std::string& lab, const PlatformSpec& platform,
                                         const std::string& image, const std::string& user) {
  std::vector<Mount> mounts;
  if (platform.buckets.empty() || !kube::image_repository(image).ends_with("-s3")) return mounts;
  const std::string folder = lab + "/object-storage";
  mounts.push_back({folder + "/bin", object_storage_programs});
  for (const BucketSpec& bucket : platform.buckets) {
    const std::string own = folder + "/buckets/" + bucket.name;
    if (!std::filesystem::exists(own)) {
      make_own_folder(own, user);
      // Whoever has the image may write, as whatever user it runs.
      std::filesystem::permissions(own, std::filesystem::perms::all);
    }
    mounts.push_back({own, "/object-storage/buckets/" + bucket.name, true});
  }
  return mounts;
}

}  // namespace drdrill::live
