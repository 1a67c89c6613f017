#include "models/postgres_text.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

namespace drdrill::models {

std::string wal_folder(const kube::PodTemplate& pod) {
  constexpr std::string_view cloudnative_pg = "/var/lib/postgresql/wal";
  for (const kube::Container& container : pod.containers) {
    for (const kube::EnvVar& variable : container.env)
      if (variable.name == "POSTGRES_INITDB_WALDIR") return variable.value;
    for (const kube::VolumeMount& mount : container.mounts)
      if (mount.path == cloudnative_pg) return std::string(cloudnative_pg);
  }
  return "/var/lib/postgresql/data/pg_wal";
}

std::string setting_in(std::string_view text, std::string_view key) {
  std::string value;
  while (!text.empty()) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
    const auto equals = line.find('=');
    if (equals == std::string_view::npos) continue;
    std::string_view name = line.substr(0, equals);
    name = name.substr(0, name.find_last_not_of(' ') + 1);
    if (name != key) continue;
    const auto open = line.find('\'', equals);
    const auto close = line.rfind('\'');
    if (open != std::string_view::npos && close > open) {
      value = line.substr(open + 1, close - open - 1);
    } else {
      const auto begin = line.find_first_not_of(' ', equals + 1);
      value = begin == std::string_view::npos ? std::string_view() : line.substr(begin);
    }
  }
  return value;
}

std::string host_in(std::string_view conninfo) {
  const auto at = conninfo.find("host=");
  if (at == std::string_view::npos) return {};
  const std::string_view rest = conninfo.substr(at + 5);
  return std::string(rest.substr(0, rest.find_first_of(" '\";")));
}

std::string lsn_text(double bytes) {
  const auto at = static_cast<std::uint64_t>(bytes > 0 ? bytes : 0);
  std::array<char, 20> text{};
  std::snprintf(text.data(), text.size(), "%X/%X", static_cast<unsigned>(at >> 32),
                static_cast<unsigned>(at & 0xffffffff));
  return text.data();
}

std::optional<double> position_in(const std::string& text) {
  unsigned high = 0, low = 0;
  if (std::sscanf(text.c_str(), "%X/%X", &high, &low) != 2) return std::nullopt;
  return static_cast<double>(std::uint64_t{high} << 32 | low);
}

}  // namespace drdrill::models
