#include "scenarios/import/sources.hpp"

#include <algorithm>
#include <filesystem>
#include <optional>

#include "scenarios/document.hpp"
#include "scenarios/file_text.hpp"
#include "scenarios/import/values.hpp"
#include "sim/kube/helm.hpp"
#include "sim/kube/yaml.hpp"

namespace fs = std::filesystem;

namespace drdrill::importing {
namespace {

constexpr std::size_t most_bytes = std::size_t{32} << 20;   // of one file
constexpr std::size_t most_in_all = std::size_t{64} << 20;  // of all
constexpr std::size_t most_files = 20'000;
constexpr std::size_t most_foreign = 200'000;  // values of a file that are of no object
constexpr std::size_t most_of_none = std::size_t{4} << 20;
constexpr int deepest_folder = 32;

bool is_of_kubernetes(const Value& document) {
  return document.find("apiVersion") || document.find("kind");
}

/// JSON is YAML, but its parser is ten times faster, and the other one keeps all of a flow until
/// its end.
void stream_documents(const std::string& text, const std::string& file, Problems& problems,
                      const kube::YamlLimits& limits, const std::function<bool(Value)>& take) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  const bool may_be_json = first != std::string::npos && text[first] == '{';
  bool any = false;
  Problems found;
  const auto taken = [&](Value value) {
    any = true;
    return take(std::move(value));
  };
  if (may_be_json && stream_json(text, file, found, taken, {limits.bytes, 100, limits.nodes}))
    return;
  // What is no JSON may be YAML that begins with a flow.
  if (!may_be_json || (!any && !file.ends_with(".json"))) {
    kube::stream_yaml(text, file, problems, take, limits);
    return;
  }
  for (const Problem& problem : found.all()) problems.add(problem);
}

class Sources {
 public:
  Sources(const ImportRequest& request, Problems& problems, std::vector<ImportRemark>& remarks,
          const std::function<bool(const std::string&, Value)>& take)
      : request_(request), problems_(problems), remarks_(remarks), take_(take) {}

  std::size_t run() {
    for (const std::string& path : request_.paths) {
      if (enough_) break;
      std::error_code error;
      if (path == "-")
        parse("-", request_.standard_input, false);
      else if (fs::is_directory(path, error))
        read_folder(path);
      else
        read_file(path, false);
    }
    return files_;
  }

 private:
  void refuse(const std::string& file, std::string message) {
    problems_.add({file, {}, "", std::move(message)});
  }

  void leave_out(const std::string& file, std::string words) {
    remarks_.push_back({ImportRemark::Kind::left_out, {file, 1}, std::move(words), ""});
  }

  void read_folder(const std::string& folder) {
    std::vector<std::string> found;
    std::error_code error;
    fs::recursive_directory_iterator at(folder, fs::directory_options::skip_permission_denied,
                                        error);
    if (error) return refuse(folder, "cannot be read: " + error.message());
    for (const fs::recursive_directory_iterator end; at != end; at.increment(error)) {
      if (error) return refuse(folder, "cannot be read: " + error.message());
      const std::string name = at->path().filename().string();
      if (at.depth() >= deepest_folder || name.starts_with(".")) at.disable_recursion_pending();
      const std::string ending = lower(at->path().extension().string());
      const bool ours = ending == ".yaml" || ending == ".yml" || ending == ".json";
      if (!ours || name.starts_with(".") || !at->is_regular_file(error)) continue;
      found.push_back(at->path().lexically_normal().string());
      if (found.size() > most_files)
        return refuse(folder, "more than " + std::to_string(most_files) + " files");
    }
    std::sort(found.begin(), found.end());
    if (found.empty()) refuse(folder, "no file here ends in .yaml, .yml or .json");
    for (const std::string& file : found)
      if (!enough_) read_file(file, true);
  }

  void read_file(const std::string& path, bool of_folder) {
    const FileText read = read_file_text(path, most_bytes);
    switch (read.end) {
      case FileText::End::whole:
        return parse(path, read.text, of_folder);
      case FileText::End::too_large:
        return refuse(path, "larger than 32 MiB");
      case FileText::End::missing:
        return refuse(path, "there is no such file or folder");
      default:
        return refuse(path, "cannot be read");
    }
  }

  void parse(const std::string& file, const std::string& words, bool of_folder) {
    ++files_;
    bytes_ += words.size();
    if (words.size() > most_bytes || bytes_ > most_in_all)
      return refuse(file, words.size() > most_bytes ? "larger than 32 MiB"
                                                    : "more than 64 MiB in all; import less of it");
    if (of_folder && kube::is_helm_template(words))
      return leave_out(file,
                       "is a Helm template; import what it makes: helm template CHART | drdrill "
                       "import kubernetes -");
    // Read only to say what is wrong with it, so not much of it.
    const bool is_none = of_folder && words.find("apiVersion") == std::string::npos;
    if (is_none && (bytes_of_none_ += words.size()) > most_of_none) return;
    // kubectl takes the others of a folder, too.
    const bool may_be_left_out = of_folder;
    const std::string_view kept = kube::without_notes(words);
    if (kept.size() == words.size()) return parse_yaml(file, words, may_be_left_out);
    parse_yaml(file, std::string(kept), may_be_left_out);
  }

  void parse_yaml(const std::string& file, const std::string& words, bool may_be_left_out) {
    kube::YamlLimits limits;
    limits.bytes = most_bytes;
    Problems found;
    std::vector<Value> documents;  // of such a file: all of them, or none
    std::size_t foreign = 0;
    stream_documents(words, file, may_be_left_out ? found : problems_, limits, [&](Value document) {
      if (!is_of_kubernetes(document)) {
        foreign += size_of(document);
        return foreign <= most_foreign;
      }
      if (may_be_left_out)
        documents.push_back(std::move(document));
      else
        enough_ = !take_(file, std::move(document));
      return !enough_;
    });
    if (foreign > most_foreign) {
      constexpr std::string_view why = "holds too much that is no object of Kubernetes";
      return may_be_left_out ? leave_out(file, std::string(why)) : refuse(file, std::string(why));
    }
    if (!found.empty()) return leave_out(file, left_out_words(words, found.all().front()));
    for (Value& document : documents) enough_ = enough_ || !take_(file, std::move(document));
  }

  /// Does it mean to be Kubernetes', as it stands? What has "{{ … }}" or "{% … %}"
  /// is yet to be filled in.
  static bool is_manifest(std::string_view words) {
    const auto begins = [&](std::string_view key) {
      return words.starts_with(key) || words.find("\n" + std::string(key)) != std::string::npos;
    };
    const bool says = (begins("apiVersion:") && begins("kind:")) ||
                      words.find("\"apiVersion\"") != std::string::npos;
    return says && !is_template(words);
  }

  static bool is_template(std::string_view words) {
    return words.find("{{") != std::string::npos || words.find("{%") != std::string::npos;
  }

  /// Alerts have "{{ $labels.pod }}" in their words, which Prometheus fills in.
  static bool is_of_alerts(std::string_view words) {
    bool any = false;
    for (std::size_t at = words.find("{{"); at != std::string::npos;
         at = words.find("{{", at + 2)) {
      std::string_view inner = words.substr(at + 2, 24);
      inner.remove_prefix(std::min(inner.find_first_not_of(' '), inner.size()));
      any = inner.starts_with("$labels") || inner.starts_with("$value") ||
            inner.starts_with("humanize") || inner.starts_with("$externalLabels");
      if (!any) return false;
    }
    return any && words.find("{%") == std::string::npos;
  }

  static std::string left_out_words(std::string_view words, const Problem& problem) {
    if (is_of_alerts(words) || is_manifest(words))
      return "line " + std::to_string(problem.at.line) + ": " + problem.message +
             "; kubectl refuses it, and it is left out";
    if (is_template(words))
      return "is a template, and no YAML before it is filled in; import what is made of it";
    return "line " + std::to_string(problem.at.line) + ": " + problem.message +
           "; it does not look like a manifest, and is left out";
  }

  const ImportRequest& request_;
  Problems& problems_;
  std::vector<ImportRemark>& remarks_;
  const std::function<bool(const std::string&, Value)>& take_;
  std::size_t files_ = 0;
  std::size_t bytes_ = 0;
  std::size_t bytes_of_none_ = 0;  ///< of files that can hold no object
  bool enough_ = false;            ///< no more is taken
};

}  // namespace

std::size_t read_sources(const ImportRequest& request, Problems& problems,
                         std::vector<ImportRemark>& remarks,
                         const std::function<bool(const std::string& file, Value)>& take) {
  return Sources(request, problems, remarks, take).run();
}

}  // namespace drdrill::importing
