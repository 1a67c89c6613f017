#include "scenarios/import/refused.hpp"

#include <algorithm>

#include "scenarios/import/config_files.hpp"
#include "scenarios/import/values.hpp"
#include "sim/kube/refused_settings.hpp"

namespace drdrill::importing {
namespace {

using Kind = WorkloadModel::Kind;
using Remark = ImportRemark::Kind;

/// Does something else than the server read and rewrite the file?
bool is_rewritten(const Item& item, const kube::Container& container) {
  std::string all = command_line(container);
  for (const kube::Container& init : item.workload()->pod_template().init_containers)
    all += " " + command_line(init);
  return has_any(all, {"envsubst", "sed ", "gomplate", "confd", "eval ", "awk ", "perl ", "python",
                       "dockerize", "render", "<<", "tmpl", "template"}) ||
         // What a script that is not among the manifests does is not known.
         std::any_of(item.workload()->pod_template().init_containers.begin(),
                     item.workload()->pod_template().init_containers.end(),
                     [](const kube::Container& init) { return has(command_line(init), ".sh"); }) ||
         has(command_line(container), ".sh");
}

/// The first "${NAME}" or "$(NAME)" whose variable the container has.
std::string variable_in(const std::string& value, const kube::Container& container) {
  for (std::size_t at = value.find('$'); at != std::string::npos; at = value.find('$', at + 1)) {
    if (at + 1 >= value.size() || (value[at + 1] != '{' && value[at + 1] != '(')) continue;
    const std::size_t end = value.find(value[at + 1] == '{' ? '}' : ')', at);
    if (end == std::string::npos) break;
    const std::string name = value.substr(at + 2, end - at - 2);
    for (const kube::EnvVar& variable : container.env)
      if (variable.name == name) return value.substr(at, end + 1 - at);
  }
  return {};
}

/// The same setting may be refused for two reasons.
void remark_each(Inventory& inventory, const Item& item,
                 const std::vector<kube::RefusedSetting>& refused,
                 const std::vector<SettingLine>& lines) {
  for (const kube::RefusedSetting& each : refused)
    inventory.remark(Remark::refused, lines[each.index].place,
                     "\"" + item.model.workload + "\": " + each.why);
}

}  // namespace

void remark_not_expanded(Inventory& inventory, const Item& item, const kube::Container& container,
                         const std::vector<SettingLine>& lines, std::string_view reader) {
  if (is_rewritten(item, container)) return;
  for (const SettingLine& line : lines) {
    // PostgreSQL gives its commands to a shell, which expands them.
    if (line.by == "command line" || line.name.ends_with("_command")) continue;
    const std::string variable = variable_in(line.value, container);
    if (variable.empty()) continue;
    inventory.remark(Remark::not_expanded, line.place,
                     "\"" + item.model.workload + "\": " + line.name + " is the text " + variable +
                         " (" + line.by + "): the container has that variable, but " +
                         std::string(reader) +
                         " expands none in its file, and Kubernetes only $(NAME) in command, args "
                         "and env");
  }
}

void remark_refused(Inventory& inventory, const Item& item, const kube::Container& container,
                    const std::vector<SettingLine>& lines) {
  const std::vector<kube::ServerSetting> given(lines.begin(), lines.end());
  switch (item.model.kind) {
    case Kind::redis_master:
    case Kind::redis_replica:
      remark_each(inventory, item, kube::refused_by_redis(container, given), lines);
      return remark_not_expanded(inventory, item, container, lines, "Redis");
    case Kind::postgres_primary:
    case Kind::postgres_replica:
      remark_each(inventory, item, kube::refused_by_postgres(container, given), lines);
      return remark_not_expanded(inventory, item, container, lines, "PostgreSQL");
    case Kind::pooler:
      return remark_not_expanded(inventory, item, container, lines, "PgBouncer");
    default:
      return;
  }
}

}  // namespace drdrill::importing
