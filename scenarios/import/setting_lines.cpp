#include "scenarios/import/setting_lines.hpp"

namespace drdrill::importing {

void read_lines(const ConfigFile& file, std::vector<SettingLine>& out) {
  const std::size_t slash = file.path.rfind('/');
  std::vector<kube::ServerSetting> read;
  kube::read_settings(file.text, file.path.substr(slash + 1) + " of " + file.from, read);
  for (kube::ServerSetting& setting : read) {
    const SourcePlace place = file.place(setting.line);
    out.push_back({std::move(setting), place});
  }
}

void read_arguments(const Item& item, const kube::Container& container,
                    std::vector<SettingLine>& out) {
  const SourcePlace place{item.file, container.at.line};
  std::vector<kube::ServerSetting> read;
  kube::read_arguments(container, read);
  for (kube::ServerSetting& setting : read) out.push_back({std::move(setting), place});
}

}  // namespace drdrill::importing
