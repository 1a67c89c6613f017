#include "sim/kube/images.hpp"

#include <algorithm>
#include <array>

namespace drdrill::kube {
namespace {

enum class Base { alpine, debian, busybox, none };

/// One row for each kind of image: what its Dockerfile adds to its base, as far as recovery scripts
/// call it. Sources: docker-library/postgres Dockerfile-alpine.template and Dockerfile-debian
/// .template (the Alpine image installs bash: 15/alpine3.20/Dockerfile), redis/docker-library-redis
/// 7.2/alpine/Dockerfile (which installs none), livekit/livekit Dockerfile
/// (FROM alpine), curl/curl-container, nicolaka/netshoot, bitnami images (Debian with bash). The
/// lists name what scripts use; a program of a known image that is not named is held to be absent.
struct Image {
  std::string_view repository;  ///< without registry
  std::string_view tag_part;    ///< the tag must contain it
  Base base;
  std::string_view programs;
};

constexpr std::string_view postgres_programs =
    "postgres psql pg_dump pg_dumpall pg_restore pg_basebackup pg_receivewal pg_isready pg_ctl "
    "pg_rewind pg_controldata pg_resetwal pg_waldump pg_verifybackup pg_checksums "
    "pg_archivecleanup "
    "initdb createdb dropdb createuser dropuser vacuumdb reindexdb pgbench";
constexpr std::string_view redis_programs =
    "redis-server redis-cli redis-benchmark redis-check-aof redis-check-rdb redis-sentinel";

constexpr std::array<Image, 13> images{{
    {"postgres", "alpine", Base::alpine, "bash su-exec zstd"},
    {"postgres", "", Base::debian, "gosu xz zstd gpg less"},
    {"redis", "alpine", Base::alpine, "su-exec"},
    {"redis", "", Base::debian, "gosu"},
    {"livekit/livekit-server", "", Base::alpine, "livekit-server"},
    {"curlimages/curl", "", Base::alpine, "curl"},
    {"nicolaka/netshoot", "", Base::alpine,
     "bash curl jq dig nslookup host tcpdump iperf iperf3 mtr nmap ncat socat openssl ssh strace "
     "tshark ethtool conntrack iptables ip ss redis-cli vim httpie git"},
    {"alpine", "", Base::alpine, ""},
    {"busybox", "", Base::busybox, ""},
    {"debian", "", Base::debian, ""},
    {"ubuntu", "", Base::debian, ""},
    {"bitnami/kubectl", "", Base::debian, "kubectl curl jq"},
    {"distroless", "", Base::none, ""},
}};

constexpr std::string_view busybox_programs =
    "sh ash cat echo ls rm cp mv mkdir rmdir touch date sleep grep sed awk cut sort uniq head tail "
    "tr wc find xargs tar gzip gunzip zcat bzip2 unzip vi ps kill killall top df du mount umount "
    "wget nc ping nslookup hostname env printenv test expr basename dirname chmod chown id whoami "
    "tee true false seq md5sum sha256sum base64 od dd sync timeout which stat ln pwd printf uname "
    "nproc free ip netstat ifconfig traceroute crond crontab su mktemp readlink realpath";
constexpr std::string_view debian_programs =
    "sh bash dash cat echo ls rm cp mv mkdir rmdir touch date sleep grep egrep sed awk mawk cut "
    "sort "
    "uniq head tail tr wc find xargs tar gzip gunzip zcat df du mount umount hostname env printenv "
    "test expr basename dirname chmod chown id whoami tee true false seq md5sum sha256sum base64 "
    "od "
    "dd sync timeout which stat ln pwd printf uname nproc kill perl mktemp readlink realpath su "
    "nohup stdbuf";

bool lists(std::string_view words, std::string_view word) {
  std::size_t start = 0;
  while (start < words.size()) {
    const std::size_t end = std::min(words.find(' ', start), words.size());
    if (words.substr(start, end - start) == word) return true;
    start = end + 1;
  }
  return false;
}

/// "docker.io/library/postgres:15-alpine@sha256:…" is postgres, 15-alpine.
struct Reference {
  std::string repository;
  std::string tag;
};

Reference reference(std::string_view image) {
  image = image.substr(0, image.find('@'));
  const std::size_t slash = image.rfind('/');
  const std::size_t colon = image.rfind(':');
  Reference out;
  const bool tagged =
      colon != std::string_view::npos && (slash == std::string_view::npos || colon > slash);
  std::string_view repository = tagged ? image.substr(0, colon) : image;
  if (tagged) out.tag = image.substr(colon + 1);
  const std::string_view registry = repository.substr(0, repository.find('/'));
  const bool has_registry =
      registry.size() < repository.size() && registry.find_first_of(".:") != std::string_view::npos;
  if (has_registry) repository.remove_prefix(registry.size() + 1);
  if (repository.starts_with("library/")) repository.remove_prefix(8);
  out.repository = repository;
  return out;
}

const Image* known(std::string_view image) {
  const Reference r = reference(image);
  for (const Image& i : images) {
    const bool distroless =
        i.base == Base::none && r.repository.find("distroless") != std::string::npos;
    if (distroless) return &i;
    if (r.repository == i.repository && r.tag.find(i.tag_part) != std::string::npos) return &i;
  }
  return nullptr;
}

bool base_has(Base base, std::string_view program) {
  switch (base) {
    case Base::alpine:
    case Base::busybox:
      return lists(busybox_programs, program);
    case Base::debian:
      return lists(debian_programs, program);
    case Base::none:
      return false;
  }
  return false;
}

}  // namespace

std::string image_repository(std::string_view image) {
  return reference(image).repository;
}

std::string image_tag(std::string_view image) {
  return reference(image).tag;
}

std::optional<int> postgres_major(std::string_view image) {
  const std::string repository = image_repository(image);
  const std::string leaf = repository.substr(repository.rfind('/') + 1);
  const std::string tag = image_tag(image);
  std::size_t at = 0;
  if (leaf == "timescaledb" || leaf == "timescaledb-ha" || leaf == "pgvector") {
    at = tag.find("pg");
    if (at == std::string::npos) return std::nullopt;
    at += 2;
  } else if (leaf != "postgres" && leaf != "postgresql" && leaf != "postgis") {
    return std::nullopt;
  }
  int major = 0;
  for (; at < tag.size() && tag[at] >= '0' && tag[at] <= '9' && major < 100; ++at)
    major = major * 10 + (tag[at] - '0');
  return major > 0 && major < 100 ? std::optional(major) : std::nullopt;
}

bool is_public_image(std::string_view image) {
  return known(image) != nullptr;
}

ImageHas image_has(std::string_view image, std::string_view program) {
  const Image* i = known(image);
  if (!i) return ImageHas::assumed;
  const std::size_t slash = program.rfind('/');
  const std::string_view directory =
      slash == std::string_view::npos ? "" : program.substr(0, slash);
  constexpr std::array<std::string_view, 7> paths{
      "", "/bin", "/usr/bin", "/usr/local/bin", "/sbin", "/usr/sbin", "/usr/local/sbin"};
  // Scripts that volumes bring, and what images keep elsewhere, are not in the table.
  if (std::find(paths.begin(), paths.end(), directory) == paths.end()) return ImageHas::assumed;
  const std::string_view name =
      slash == std::string_view::npos ? program : program.substr(slash + 1);
  const bool own = (i->repository == "postgres" && lists(postgres_programs, name)) ||
                   (i->repository == "redis" && lists(redis_programs, name));
  return own || lists(i->programs, name) || base_has(i->base, name) ? ImageHas::yes : ImageHas::no;
}

}  // namespace drdrill::kube
