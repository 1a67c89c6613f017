#include "sim/kube/server_settings.hpp"

#include <algorithm>
#include <array>

namespace drdrill::kube {
namespace {

std::string trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n";
  const auto first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(blanks) + 1 - first));
}

std::string unquoted(std::string text) {
  const bool quoted = text.size() > 1 && text.front() == text.back() &&
                      (text.front() == '\'' || text.front() == '"');
  return quoted ? text.substr(1, text.size() - 2) : text;
}

/// The words of shell that a container's command holds, without their quotes: blanks within these,
/// or behind a backslash, are of the word.
void append_shell_words(std::string_view shell, std::vector<std::string>& out) {
  std::string word;
  bool any = false;
  char quote = 0;
  for (std::size_t i = 0; i < shell.size(); ++i) {
    const char c = shell[i];
    const bool blank = c == ' ' || c == '\t' || c == '\n' || c == ';';
    if (quote == 0 && blank) {
      if (any) out.push_back(std::move(word));
      word.clear();
      any = false;
    } else if (c == quote) {
      quote = 0;
    } else if (quote == 0 && (c == '"' || c == '\'')) {
      quote = c;
      any = true;
    } else if (c == '\\' && quote != '\'' && i + 1 < shell.size()) {
      if (shell[++i] == '\n') continue;
      word += shell[i];
      any = true;
    } else {
      word += c;
      any = true;
    }
  }
  if (any) out.push_back(std::move(word));
}

/// The words of a container's command line. A setting's value may hold blanks; what a shell is
/// given is taken apart.
std::vector<std::string> words_of(const Container& container) {
  std::vector<std::string> out;
  for (const auto* words : {&container.command, &container.args})
    for (const std::string& word : *words) {
      const std::size_t equals = word.find('=');
      const bool named = equals != std::string::npos && word.find_first_of(" \t\n") > equals &&
                         (word.starts_with("--") || (!out.empty() && out.back() == "-c"));
      if (named) {
        out.push_back(word);
        continue;
      }
      append_shell_words(word, out);
    }
  return out;
}

/// Where images look for their configuration without being told.
struct DefaultPlace {
  std::string_view image;  ///< part of the repository's name
  std::string_view path;   ///< ends in "/": everything below it
  bool only_without_arguments = false;
};

constexpr std::array<DefaultPlace, 11> default_places{{
    {"prom/prometheus", "/etc/prometheus/prometheus.yml", true},
    {"prometheus/prometheus", "/etc/prometheus/prometheus.yml", true},
    {"prom/alertmanager", "/etc/alertmanager/alertmanager.yml", true},
    {"bitnami", "/opt/bitnami/"},
    {"bitnami", "/bitnami/postgresql/conf/"},
    {"bitnami", "/bitnami/pgbouncer/conf/"},
    {"pgbouncer", "/etc/pgbouncer/pgbouncer.ini"},
    {"postgres", "/var/lib/postgresql/data/postgresql.conf"},
    {"postgres", "/var/lib/postgresql/data/pgdata/postgresql.conf"},
    {"traefik", "/etc/traefik/traefik.yml"},
    {"traefik", "/etc/traefik/traefik.yaml"},
}};

struct MountedFile {
  std::string path;
  std::string_view text;
  bool in_force = false;
};

std::vector<MountedFile> mounted_files(const Cluster& cluster, std::string_view ns,
                                       const PodTemplate& pod, const Container& container) {
  std::vector<MountedFile> out;
  for (const VolumeMount& mount : container.mounts) {
    const Volume* volume = pod.volume(mount.volume);
    if (!volume || volume->kind != Volume::Kind::config_map) continue;
    const int map = find_config_map(cluster, ns, volume->source);
    if (map == no_index) continue;
    for (const auto& [key, text] : *cluster.config_maps[static_cast<std::size_t>(map)].data) {
      // Of a single file only the one of its name is known: `items` are not kept.
      const bool single = !mount.sub_path.empty();
      if (single && key != mount.sub_path.substr(mount.sub_path.rfind('/') + 1)) continue;
      out.push_back(
          {single ? mount.path : mount.path + (mount.path.ends_with('/') ? "" : "/") + key, text});
    }
  }
  return out;
}

bool is_named(std::string_view path, std::string_view in) {
  if (in.find(path) != std::string_view::npos) return true;
  const std::size_t slash = path.rfind('/');
  return in.find("cd " + std::string(path.substr(0, slash))) != std::string_view::npos &&
         in.find(path.substr(slash + 1)) != std::string_view::npos;
}

/// Marks those that are named, also by scripts which are named themselves.
void mark(std::vector<MountedFile>& files, const Container& container) {
  std::string named;
  for (const auto* words : {&container.command, &container.args})
    for (const std::string& word : *words) named.append(" ").append(word);
  for (const EnvVar& variable : container.env) named.append(" ").append(variable.value);
  for (bool more = true; more;) {
    more = false;
    for (MountedFile& file : files) {
      if (file.in_force || (!is_named(file.path, named) && !is_default_place(container, file.path)))
        continue;
      file.in_force = more = true;
      if (file.text.starts_with("#!") || file.path.ends_with(".sh"))
        named.append(" ").append(file.text);
    }
  }
}

}  // namespace

bool is_default_place(const Container& container, std::string_view path) {
  std::string image = container.image;
  for (char& c : image)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  const bool told = !container.command.empty() || !container.args.empty();
  for (const EnvVar& variable : container.env)
    if (variable.name == "PGDATA" && path == variable.value + "/postgresql.conf") return true;
  return std::any_of(default_places.begin(), default_places.end(), [&](const DefaultPlace& row) {
    if (image.find(row.image) == std::string::npos || (row.only_without_arguments && told))
      return false;
    return row.path.ends_with('/') ? path.starts_with(row.path) : path == row.path;
  });
}

void read_settings(std::string_view text, const std::string& by, std::vector<ServerSetting>& out) {
  int number = 0;
  std::string_view rest = text;
  while (!rest.empty()) {
    const std::string_view whole = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(whole.size() + 1, rest.size()));
    const int at = number++;
    const std::string line = trimmed(whole);
    if (line.empty() || line.front() == '#' || line.front() == ';' || line.front() == '[') continue;
    const std::size_t end = line.find_first_of(" \t=");
    if (end == std::string::npos) continue;
    std::string value = trimmed(std::string_view(line).substr(end));
    if (value.starts_with("=")) value = trimmed(std::string_view(value).substr(1));
    const std::size_t remark = value.find(" #");
    if (remark != std::string::npos) value = trimmed(std::string_view(value).substr(0, remark));
    out.push_back({line.substr(0, end), unquoted(value), by, at, remark != std::string::npos});
  }
}

void read_arguments(const Container& container, std::vector<ServerSetting>& out) {
  const std::string by(by_command_line);
  const auto words = words_of(container);
  for (std::size_t i = 0; i < words.size(); ++i) {
    std::string word = words[i];
    const bool last = i + 1 == words.size();
    if (word == "-c" && !last && words[i + 1].find('=') != std::string::npos)
      word = "--" + words[i + 1];
    if (!word.starts_with("--")) continue;
    const std::size_t equals = word.find('=');
    if (equals != std::string::npos)
      out.push_back({word.substr(2, equals - 2), unquoted(word.substr(equals + 1)), by, 0, false});
    else if (!last && !words[i + 1].starts_with("-"))
      out.push_back({word.substr(2), unquoted(words[i + 1]), by, 0, false});
  }
}

std::vector<ServerSetting> given_settings(const Cluster& cluster, std::string_view ns,
                                          const PodTemplate& pod) {
  std::vector<ServerSetting> out;
  if (pod.containers.empty()) return out;
  read_arguments(pod.containers.front(), out);
  const auto read = [&](const Container& container) {
    std::vector<MountedFile> files = mounted_files(cluster, ns, pod, container);
    if (files.empty()) return;
    mark(files, container);
    for (const MountedFile& file : files)
      if (file.in_force && file.path.ends_with(".conf") && !file.path.ends_with("pg_hba.conf"))
        read_settings(file.text, file.path, out);
  };
  read(pod.containers.front());
  // What runs before it may hand on what it reads.
  for (const Container& init : pod.init_containers) read(init);
  return out;
}

}  // namespace drdrill::kube
