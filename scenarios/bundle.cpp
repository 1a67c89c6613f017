#include "scenarios/bundle.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <utility>

#include "scenarios/document.hpp"
#include "scenarios/file_text.hpp"
#include "scenarios/files.hpp"
#include "sim/base/random.hpp"
#include "sim/kube/yaml.hpp"

namespace fs = std::filesystem;

namespace drdrill {
namespace {

Value text_value(std::string text) {
  Value value;
  value.kind = Value::Kind::string;
  value.text = std::move(text);
  return value;
}

/// The member, taken out of the object.
std::optional<Value> take(Value& object, std::string_view key) {
  const auto found = std::find_if(object.members.begin(), object.members.end(),
                                  [&](const auto& member) { return member.key == key; });
  if (found == object.members.end()) return std::nullopt;
  Value value = std::move(found->value);
  object.members.erase(found);
  return value;
}

std::string path_in(const std::optional<Value>& value) {
  return value && value->kind == Value::Kind::string ? value->text : std::string();
}

std::string contents(const std::string& path, Problems& problems) {
  FileText read = read_file_text(path, JsonLimits().bytes);
  if (read.end != FileText::End::whole) problems.add({path, {}, {}, read.why()});
  return std::move(read.text);
}

/// "base", "base-2", …: of what a platform is based on, directly and through that.
std::string base_role(std::size_t depth) {
  return depth == 1 ? "base" : "base-" + std::to_string(depth);
}
bool is_platform(std::string_view role) {
  return role == "platform" || role.starts_with("base");
}

/// Follows a scenario's references, or does without when texts were kept.
class Gatherer {
 public:
  Bundle gather(const BundleFiles& files) {
    Value* scenario = add("scenario", files.scenario);
    if (scenario) {
      const std::string platform = path_in(take(*scenario, "platform"));
      take(*scenario, "counterpart");
      take_runbook(files);
      gather_platform(files.platform.empty() ? beside(files.scenario, platform) : files.platform);
    }
    return done();
  }

  Bundle restore(const std::vector<KeptText>& texts) {
    for (const KeptText& kept : texts) {
      if (bundle_.find(kept.role)) continue;
      Value* root = add_text(kept.role, kept.file, kept.text);
      if (!root) continue;
      // An inline runbook bears its scenario's text.
      if (kept.role == "runbook")
        if (auto inner = take(*root, "runbook")) {
          *root = std::move(*inner);
          bundle_.documents.back().inside = "/runbook";
        }
      for (std::string_view key : {"platform", "counterpart", "based_on"}) take(*root, key);
      if (kept.role == "scenario") take(*root, "runbook");
      if (is_platform(kept.role)) take(*root, "parameters");
    }
    return done();
  }

 private:
  Bundle done() {
    if (!problems_.empty()) throw InputError(std::move(problems_));
    return std::move(bundle_);
  }

  /// Valid until the next document is added.
  Value* add_text(const std::string& role, const std::string& file, std::string text) {
    auto root = parse_json(text, file, problems_);
    if (!root || !Reader(*root, file, problems_).is_object()) return nullptr;
    bundle_.documents.push_back({role, file, std::move(text), {}, std::move(*root)});
    return &bundle_.documents.back().root;
  }

  Value* add(const std::string& role, const std::string& file) {
    const std::size_t before = problems_.count();
    std::string text = contents(file, problems_);
    return problems_.count() == before ? add_text(role, file, std::move(text)) : nullptr;
  }

  void take_runbook(const BundleFiles& files) {
    BundleDocument& scenario = bundle_.documents.front();
    auto runbook = take(scenario.root, "runbook");
    if (!files.runbook.empty()) {
      add("runbook", files.runbook);
    } else if (runbook && runbook->kind == Value::Kind::object) {
      BundleDocument document{"runbook", scenario.file, scenario.text, "/runbook",
                              std::move(*runbook)};
      bundle_.documents.push_back(std::move(document));
    } else if (runbook) {
      add("runbook", beside(files.scenario, path_in(runbook)));
    }
  }

  void gather_platform(const std::string& path) {
    Value* platform = add("platform", path);
    if (!platform) return;
    std::optional<Value> parameters;
    std::string named_by;  // the file that the paths of the parameters are relative to
    std::string file = path;
    constexpr std::size_t most_bases = 4;
    for (std::size_t depth = 1; platform; ++depth) {
      if (auto own = take(*platform, "parameters"); own && !parameters) {
        parameters = std::move(own);
        named_by = file;
      }
      const std::string base = path_in(take(*platform, "based_on"));
      if (base.empty() || depth > most_bases) break;
      file = beside(file, base);
      platform = add(base_role(depth), file);
    }
    if (!parameters) return;
    for (const Value& item : parameters->items) {
      const std::string role = "parameters/" + fs::path(item.text).filename().string();
      // Two files of one name: what tells them apart is the folder.
      add(bundle_.find(role) ? "parameters/" + item.text : role, beside(named_by, item.text));
    }
  }

  Bundle bundle_;
  Problems problems_;
};

void write_text(const std::string& path, const std::string& text) {
  std::ofstream out(path, std::ios::binary);
  out << text;
  out.flush();
  if (out) return;
  Problems problems;
  problems.add({path, {}, {}, "cannot be written; is the disk full?"});
  throw InputError(std::move(problems));
}

}  // namespace

const BundleDocument* Bundle::find(std::string_view role) const {
  for (const BundleDocument& document : documents)
    if (document.role == role) return &document;
  return nullptr;
}

Bundle read_bundle(const BundleFiles& files) {
  return Gatherer().gather(files);
}

Bundle restored_bundle(const std::vector<KeptText>& texts) {
  return Gatherer().restore(texts);
}

std::uint64_t inputs_of(const std::string& path, const LoadedScenario& loaded,
                        std::span<const Setting> settings,
                        std::span<const std::string> parameter_files) {
  std::uint64_t hash = 0;
  const auto add = [&](std::string_view text) { hash = mix_bits(hash ^ StreamName(text).key()); };
  const std::string& runbook = loaded.scenario.runbook.place.file;
  const Bundle bundle =
      read_bundle({path, loaded.platform.file, runbook == path ? std::string() : runbook});
  for (const BundleDocument& document : bundle.documents) {
    add(document.role);
    add(document.text);
  }
  Problems problems;
  for (const std::string& file : parameter_files) add(contents(file, problems));
  if (!problems.empty()) throw InputError(std::move(problems));
  for (const Setting& setting : settings) {
    add(setting.pointer);
    add(setting.value);
  }
  return hash;
}

std::string write_bundle(const Bundle& bundle, const std::string& folder) {
  Value parameters;
  parameters.kind = Value::Kind::array;
  for (const BundleDocument& document : bundle.documents) {
    if (!document.role.starts_with("parameters/")) continue;
    std::string name = "parameters-";
    name.append(std::to_string(parameters.items.size())).append(".json");
    const std::string path = folder + "/";
    write_text(path + name, kube::to_json(document.root));
    parameters.items.push_back(text_value(std::move(name)));
  }
  for (const BundleDocument& document : bundle.documents) {
    if (document.role.starts_with("parameters/")) continue;
    Value root = document.root;
    const auto refer = [&](std::string_view key, Value value) {
      root.members.push_back({std::string(key), {}, std::move(value)});
    };
    if (document.role == "scenario") {
      refer("platform", text_value("platform.json"));
      if (bundle.find("runbook")) refer("runbook", text_value("runbook.json"));
    }
    if (is_platform(document.role)) {
      std::size_t depth = 1;
      while (document.role != "platform" && document.role != base_role(depth)) ++depth;
      const std::string below = base_role(document.role == "platform" ? 1 : depth + 1);
      if (bundle.find(below)) refer("based_on", text_value(below + ".json"));
      refer("parameters", parameters);
    }
    write_text(folder + "/" + document.role + ".json", kube::to_json(root));
  }
  return folder + "/scenario.json";
}

}  // namespace drdrill
