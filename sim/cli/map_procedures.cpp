#include "sim/cli/map_procedures.hpp"

#include <algorithm>
#include <cctype>
#include <set>
#include <string>
#include <utility>

#include "scenarios/procedures/import.hpp"
#include "scenarios/procedures/words.hpp"
#include "sim/drill/shell.hpp"

namespace drdrill::cli {
namespace {

enum class Written : std::uint8_t { nothing, markdown, shell };

/// Is there a line that begins like this?
bool has_line(std::string_view text, std::string_view begin) {
  if (text.starts_with(begin)) return true;
  return text.find("\n" + std::string(begin)) != std::string_view::npos;
}

Written written_in(const std::string& key, const std::string& text) {
  const std::string name = procedures::lowered(key);
  const std::string_view first = std::string_view(text).substr(0, text.find('\n'));
  if (name.ends_with(".sh") || name.ends_with(".bash") ||
      (first.starts_with("#!") && first.find("sh") != std::string_view::npos))
    return Written::shell;
  if (name.ends_with(".md") || name.ends_with(".markdown")) return Written::markdown;
  const bool plain = name.find('.') == std::string::npos || name.ends_with(".txt");
  const bool headed = has_line(text, "# ") || has_line(text, "## ");
  const bool called = name.find("runbook") != std::string::npos ||
                      name.find("playbook") != std::string::npos ||
                      name.find("procedure") != std::string::npos;
  return plain && headed && (called || has_line(text, "```")) ? Written::markdown
                                                              : Written::nothing;
}

using Names = std::set<std::pair<std::string, std::string>>;

void add_mounted(const std::string& ns, const kube::PodTemplate& pod, Names& mounted) {
  for (const kube::Volume& volume : pod.volumes)
    if (volume.kind == kube::Volume::Kind::config_map) mounted.insert({ns, volume.source});
}

/// ConfigMaps that containers mount.
Names mounted_in(std::span<const audit::Manifests> manifests) {
  Names mounted;
  for (const audit::Manifests& file : manifests)
    for (const kube::Object& object : file.objects) {
      const std::string& ns = kube::meta_of(object).ns;
      if (const auto* workload = std::get_if<kube::Workload>(&object))
        add_mounted(ns, workload->pod_template(), mounted);
      if (const auto* job = std::get_if<kube::Job>(&object))
        add_mounted(ns, *job->spec.pod_template, mounted);
      if (const auto* job = std::get_if<kube::CronJob>(&object))
        add_mounted(ns, *job->job.pod_template, mounted);
    }
  return mounted;
}

/// Puts places of a text where it stands in a manifest.
class Moved {
 public:
  Moved(std::string file, int first, bool lines)
      : file_(std::move(file)), first_(first), lines_(lines) {}

  void move(ProcedureDocument& document) const {
    document.file = file_;
    for (Procedure& procedure : document.procedures) {
      procedure.one_line = !lines_;
      move(procedure.runbook.place);
      for (Step& step : procedure.runbook.steps) move(step.place);
    }
    for (Objective& objective : document.objectives) move(objective.place);
    for (ManifestText& manifest : document.manifests) move(manifest.place);
    for (ImportNotice& notice : document.notices) move(notice.place);
    for (WrittenChecklist& list : document.checklists) move(list.place);
    for (WrittenContact& contact : document.contacts) move(contact.place);
  }

 private:
  void move(SourcePlace& place) const {
    place.file = file_;
    place.line = lines_ && place.line > 0 ? first_ + place.line - 1 : first_;
  }

  std::string file_;
  int first_;
  bool lines_;
};

class Reader {
 public:
  explicit Reader(std::span<const audit::Manifests> manifests) : mounted_(mounted_in(manifests)) {}

  void read(const audit::Manifests& file, const kube::ConfigMap& map) {
    for (std::size_t i = 0; i < map.data->size(); ++i) {
      const auto& [key, text] = (*map.data)[i];
      const Written written = written_in(key, text);
      const bool starts = mounted_.count({map.meta.ns, map.meta.name}) != 0;
      if (written == Written::nothing || (written == Written::shell && starts)) continue;
      kube::TextPlace at{map.meta.at.line, false};
      if (i < map.data_at->size() && (*map.data_at)[i].line > 0) at = (*map.data_at)[i];
      const int first = file.first_line + std::max(at.line, 1) - 1;
      const bool markdown = written == Written::markdown;
      std::string name = procedures::lowered(key);
      if (markdown && !name.ends_with(".md") && !name.ends_with(".markdown")) name += ".md";
      Problems ignored;
      ProcedureDocument document = procedures::import_text(text, markdown ? name : key, ignored);
      if (document.procedures.empty()) continue;
      for (Procedure& procedure : document.procedures)
        procedure.runbook.source = file.file + ", ConfigMap " + map.meta.name + ", " + key;
      Moved(file.file, first, at.lines).move(document);
      if (markdown && at.lines)
        out.texts.push_back(
            {file.file, std::string(static_cast<std::size_t>(first - 1), '\n') + text});
      out.documents.push_back(std::move(document));
    }
  }

  MapProcedures out;

 private:
  Names mounted_;
};

/// The programs that each document's steps call.
std::set<std::string> called_in(const ProcedureDocument& document) {
  std::set<std::string> out;
  for (const Procedure& procedure : document.procedures)
    for (const Step& step : procedure.runbook.steps) {
      if (step.run.empty()) continue;
      if (const shell::Parsed parsed = shell::parse(step.run); parsed.list)
        for (const procedures::Called& each : procedures::programs_of(*parsed.list))
          out.insert(each.program);
    }
  return out;
}

}  // namespace

MapProcedures procedures_in_maps(std::span<const audit::Manifests> manifests) {
  Reader reader(manifests);
  for (const audit::Manifests& file : manifests)
    for (const kube::Object& object : file.objects)
      if (const auto* map = std::get_if<kube::ConfigMap>(&object)) reader.read(file, *map);
  return std::move(reader.out);
}

void leave_called_functions(std::vector<ProcedureDocument>& documents) {
  const bool any = std::any_of(documents.begin(), documents.end(), [](const auto& document) {
    return std::any_of(document.procedures.begin(), document.procedures.end(),
                       [](const Procedure& procedure) { return !procedure.function.empty(); });
  });
  if (!any) return;
  std::vector<std::set<std::string>> called;
  called.reserve(documents.size());
  for (const ProcedureDocument& document : documents) called.push_back(called_in(document));
  for (std::size_t d = 0; d < documents.size(); ++d)
    for (Procedure& procedure : documents[d].procedures) {
      if (procedure.function.empty()) continue;
      for (std::size_t other = 0; other < documents.size(); ++other) {
        if (other == d || called[other].count(procedure.function) == 0) continue;
        procedure.function.clear();
        procedure.runbook.title = procedure.script;
        procedure.runbook.steps.pop_back();
        break;
      }
    }
}

}  // namespace drdrill::cli
