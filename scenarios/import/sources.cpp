#include "scenarios/import/sources.hpp"

#include <algorithm>
#include <filesystem>
#include <optional>

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
constexpr int deepest_folder = 32;

class Sources {
 public:
  Sources(const ImportRequest& request, Problems& problems, std::vector<ImportRemark>& remarks,
          const std::function<void(const std::string&, Value)>& take)
      : request_(request), problems_(problems), remarks_(remarks), take_(take) {}

  std::size_t run() {
    for (const std::string& path : request_.paths) {
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
    for (const std::string& file : found) read_file(file, true);
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
    kube::YamlLimits limits;
    limits.bytes = most_bytes;
    const bool may_be_left_out = of_folder && !is_manifest(words);
    Problems found;
    std::vector<Value> documents;  // of such a file: all of them, or none
    kube::stream_yaml(
        words, file, may_be_left_out ? found : problems_,
        [&](Value document) {
          if (document.kind != Value::Kind::object) return;
          if (may_be_left_out)
            documents.push_back(std::move(document));
          else
            take_(file, std::move(document));
        },
        limits);
    if (!found.empty()) return leave_out(file, left_out_words(words, found.all().front()));
    for (Value& document : documents) take_(file, std::move(document));
  }

  /// Does it mean to be Kubernetes', as it stands? What has "{{ … }}" or "{% … %}"
  /// is yet to be filled in.
  static bool is_manifest(std::string_view words) {
    const auto begins = [&](std::string_view key) {
      return words.starts_with(key) || words.find("\n" + std::string(key)) != words.npos;
    };
    const bool says =
        (begins("apiVersion:") && begins("kind:")) || words.find("\"apiVersion\"") != words.npos;
    return says && !is_template(words);
  }

  static bool is_template(std::string_view words) {
    return words.find("{{") != words.npos || words.find("{%") != words.npos;
  }

  /// Alerts have "{{ $labels.pod }}" in their words, which Prometheus fills in.
  static bool is_of_alerts(std::string_view words) {
    bool any = false;
    for (std::size_t at = words.find("{{"); at != words.npos; at = words.find("{{", at + 2)) {
      std::string_view inner = words.substr(at + 2, 24);
      inner.remove_prefix(std::min(inner.find_first_not_of(' '), inner.size()));
      any = inner.starts_with("$labels") || inner.starts_with("$value") ||
            inner.starts_with("humanize") || inner.starts_with("$externalLabels");
      if (!any) return false;
    }
    return any && words.find("{%") == words.npos;
  }

  static std::string left_out_words(std::string_view words, const Problem& problem) {
    if (is_of_alerts(words))
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
  const std::function<void(const std::string&, Value)>& take_;
  std::size_t files_ = 0;
  std::size_t bytes_ = 0;
};

}  // namespace

std::size_t read_sources(const ImportRequest& request, Problems& problems,
                         std::vector<ImportRemark>& remarks,
                         const std::function<void(const std::string& file, Value)>& take) {
  return Sources(request, problems, remarks, take).run();
}

}  // namespace drdrill::importing
