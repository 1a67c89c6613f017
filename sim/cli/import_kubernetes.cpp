#include <array>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <ostream>
#include <utility>

#include "scenarios/import/kubernetes.hpp"
#include "scenarios/loader.hpp"
#include "sim/cli/exit_code.hpp"
#include "sim/cli/find_scenario.hpp"
#include "sim/cli/import.hpp"
#include "sim/cli/import_start.hpp"
#include "sim/cli/messages.hpp"
#include "sim/cli/worlds.hpp"

namespace fs = std::filesystem;

namespace drdrill::cli {
namespace {

constexpr std::size_t most_input = std::size_t{64} << 20;

std::string read_all(std::istream& in) {
  std::string out;
  std::array<char, 65536> part{};
  while (in && out.size() <= most_input) {
    in.read(part.data(), part.size());
    out.append(part.data(), static_cast<std::size_t>(in.gcount()));
  }
  return out;
}

struct Heading {
  ImportRemark::Kind kind;
  std::string_view words;
};

constexpr std::array<Heading, 8> headings{{
    {ImportRemark::Kind::told, "Told by the manifests"},
    {ImportRemark::Kind::not_in_force, "Not in force"},
    {ImportRemark::Kind::refused, "Refused by the server"},
    {ImportRemark::Kind::not_expanded, "Not expanded"},
    {ImportRemark::Kind::unknown, "Kinds that no model knows"},
    {ImportRemark::Kind::left_out, "Left out"},
    {ImportRemark::Kind::stands_in, "Stands in for what is not there"},
    {ImportRemark::Kind::assumed, "Assumed; --assume FILE decides"},
}};

void write_remarks(const ImportedPlatform& imported, std::ostream& out) {
  for (const Heading& heading : headings) {
    bool first = true;
    for (const ImportRemark& remark : imported.remarks) {
      if (remark.kind != heading.kind) continue;
      if (first) out << '\n' << heading.words << '\n';
      first = false;
      out << "  ";
      if (!remark.place.file.empty()) out << remark.place.file << ':' << remark.place.line << ": ";
      out << remark.words;
      if (!remark.decides.empty()) out << "  [" << remark.decides << ']';
      out << '\n';
    }
  }
}

void write_models(const PlatformSpec& platform, std::ostream& out) {
  out << "\nComponents\n";
  std::size_t plain = 0;
  for (const WorkloadModel& model : platform.workloads) {
    if (model.cluster != 0) continue;
    plain += model.kind == WorkloadModel::Kind::plain ? 1 : 0;
    if (model.kind == WorkloadModel::Kind::plain) continue;
    std::string kind(model_kind_name(model.kind));
    if (!model.role.empty()) kind += " (" + model.role + ")";
    out << "  " << kind << std::string(kind.size() < 24 ? 24 - kind.size() : 1, ' ')
        << model.workload;
    if (!model.place.file.empty() && model.place.file != platform.file)
      out << "  " << model.place.file << ':' << model.place.line;
    out << '\n';
  }
  if (plain > 0) out << "  without a model: " << counted(plain, "workload") << '\n';
}

void write_file(const std::string& path, const std::string& text) {
  std::ofstream out(path, std::ios::binary);
  out << text;
  out.flush();
  if (!out) throw UsageError("cannot write " + path);
}

}  // namespace

std::vector<std::string> shipped_parameter_files(const std::string& in, const Context& context) {
  const fs::path folder = in;
  for (const std::string& scenarios : scenario_folders(context)) {
    std::vector<std::string> files;
    for (const std::string& file : json_files(scenarios + "/parameters")) {
      const fs::path there = fs::absolute(file).lexically_normal();
      const fs::path near = there.lexically_relative(fs::current_path());
      const fs::path from = fs::absolute(folder).lexically_normal();
      const fs::path own = from.lexically_relative(fs::current_path());
      const bool both =
          !near.empty() && *near.begin() != ".." && !own.empty() && *own.begin() != "..";
      files.push_back(both ? there.lexically_relative(from).string() : there.string());
    }
    if (!files.empty()) return files;
  }
  throw UsageError(
      "no shipped parameters were found; set DRDRILL_SCENARIOS to the scenarios folder");
}

int import_kubernetes_files(const Options& given, Context& context) {
  ImportRequest request;
  request.paths.assign(given.positional().begin() + 1, given.positional().end());
  if (request.paths.empty())
    throw UsageError("import kubernetes needs manifests: drdrill import kubernetes PATH…");
  for (const std::string& path : request.paths)
    if (path == "-" && request.standard_input.empty()) request.standard_input = read_all(std::cin);
  const std::string where = given.value("output", "-");
  const fs::path folder = where == "-" ? fs::current_path() : fs::path(where).parent_path();
  request.assume = given.value("assume", "");
  request.parameter_files =
      shipped_parameter_files(folder.empty() ? "." : folder.string(), context);
  request.name = where == "-" ? "imported" : fs::path(where).stem().string();
  ImportedPlatform imported = import_kubernetes(request);
  request = {};
  const std::string text = platform_text(std::exchange(imported.platform, Value()));
  if (where == "-") {
    context.out << text;
    write_remarks(imported, context.err);
    return exit_pass;
  }
  write_file(where, text);
  context.out << where << ": " << counted(imported.objects, "object") << " of "
              << counted(imported.files, "file") << '\n';
  std::vector<std::string> not_steady;
  try {
    const PlatformSpec platform = load_platform(where, {}, parameters_of_models());
    write_models(platform, context.out);
    not_steady = why_not_steady(platform);
  } catch (const InputError& error) {
    write_remarks(imported, context.out);
    context.err << "the platform is not sound yet; --assume FILE can mend it:\n";
    return write_problems(error.problems(), context.err);
  }
  write_remarks(imported, context.out);
  if (!not_steady.empty()) context.out << "\nNot steady before anything is done to it\n";
  for (const std::string& line : not_steady) context.out << "  " << line << '\n';
  context.out << "\nNext: drdrill check " << where << '\n';
  return exit_pass;
}

}  // namespace drdrill::cli
