#include <algorithm>
#include <array>

#include "sim/kube/kubectl_parts.hpp"

/// What `-f` names: files, folders and standard input.
namespace drdrill::kube::parts {
namespace {

/// "./deployment//k8s/" is "deployment/k8s"; the working directory itself is "".
std::string plain(std::string_view path) {
  std::string out;
  std::size_t start = 0;
  while (start <= path.size()) {
    const std::size_t end = std::min(path.find('/', start), path.size());
    const std::string_view part = path.substr(start, end - start);
    if (!part.empty() && part != ".") (out += out.empty() ? "" : "/") += part;
    start = end + 1;
  }
  return path.starts_with('/') ? "/" + out : out;
}

/// As it was written, or plainly: a shell keeps what it wrote under the name that it was given.
const std::string* file_at(const Files& files, const std::string& path) {
  auto found = files.find(path);
  if (found == files.end()) found = files.find(plain(path));
  return found == files.end() ? nullptr : &found->second;
}

bool is_manifest(std::string_view name) {
  constexpr std::array<std::string_view, 3> extensions{".json", ".yaml", ".yml"};
  return std::any_of(extensions.begin(), extensions.end(),
                     [&](std::string_view extension) { return name.ends_with(extension); });
}

/// The manifests of a folder in order of their names, without those of folders in it unless
/// `recursive`. False when there is no such folder.
bool read_folder(const Files& files, const std::string& folder, bool recursive, Sources& out) {
  const std::string prefix = folder.empty() ? "" : folder + "/";
  bool there = folder.empty();
  for (auto at = files.lower_bound(prefix); at != files.end() && at->first.starts_with(prefix);
       ++at) {
    there = true;
    const bool deeper = at->first.find('/', prefix.size()) != std::string::npos;
    if (is_manifest(at->first) && (recursive || !deeper)) out.emplace_back(at->first, at->second);
  }
  return there;
}

}  // namespace

std::optional<Sources> sources(Session& s) {
  static const Files none;
  const Files& files = s.environment.files ? *s.environment.files : none;
  Sources out;
  std::string folders;
  bool any = false;
  for (const Option& o : s.command.options) {
    if (o.name == "kustomize") {
      s.fail("drdrill does not interpret `kubectl " + s.command.verb + " -k`");
      return std::nullopt;
    }
    if (o.name != "filename") continue;
    any = true;
    if (o.value == "-") {
      out.emplace_back("STDIN", s.command.stdin_text);
    } else if (const std::string* text = file_at(files, o.value)) {
      out.emplace_back(o.value, *text);
    } else if (read_folder(files, plain(o.value), s.flag("recursive"), out)) {
      (folders += folders.empty() ? "" : " ") += o.value;
    } else {
      s.fail("error: the path " + quoted(o.value) + " does not exist");
      return std::nullopt;
    }
  }
  if (!any) {
    s.fail("error: must specify one of -f and -k");
    return std::nullopt;
  }
  if (out.empty()) {
    s.fail("error: error reading [" + folders +
           "]: recognized file extensions are [.json .yaml .yml]");
    return std::nullopt;
  }
  return out;
}

std::optional<Sources> files_at(const Session& s, std::string_view path) {
  if (!s.environment.files) return std::nullopt;
  const std::string wanted = plain(path);
  Sources out;
  if (const std::string* text = file_at(*s.environment.files, std::string(path))) {
    out.emplace_back(wanted, *text);
    return out;
  }
  const std::string prefix = wanted.empty() ? "" : wanted + "/";
  for (const auto& [name, text] : *s.environment.files)
    if (name.starts_with(prefix) && name.find('/', prefix.size()) == std::string::npos)
      out.emplace_back(name, text);
  if (out.empty()) return std::nullopt;
  return out;
}

}  // namespace drdrill::kube::parts
