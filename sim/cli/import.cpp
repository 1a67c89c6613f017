#include "sim/cli/import.hpp"

#include <array>

#include "sim/base/problem.hpp"
#include "sim/cli/subcommand.hpp"

namespace drdrill::cli {
namespace {

constexpr std::array<OptionRow, 2> options{{
    {"assume", "FILE", "kubernetes: what manifests cannot tell, as members of a platform file"},
    {"output", "FILE|DIR", "where the result goes; \"-\", the default, is stdout", false, 'o'},
}};

struct ImportRow {
  std::string_view what;
  int (*run)(const Options& given, Context& context);
};
constexpr std::array<ImportRow, 2> rows{
    {{"kubernetes", import_kubernetes_files}, {"runbook", import_runbook}}};

int import_command(const Options& given, Context& context) {
  std::vector<std::string_view> names;
  const std::string what = given.positional().empty() ? "" : given.positional().front();
  for (const ImportRow& row : rows) {
    if (row.what == what) return row.run(given, context);
    names.push_back(row.what);
  }
  throw UsageError("import needs to know what: drdrill import kubernetes PATH, or runbook FILE" +
                   suggestion(what, names));
}

}  // namespace

constexpr Subcommand import_subcommand{
    "import",
    "kubernetes PATH… | runbook FILE…",
    "make a platform of manifests, or runbooks of scripts and documents",
    "kubernetes: reads manifests (files, folders, \"-\" for stdin; what kubectl get -o yaml, helm\n"
    "template and kustomize print) into a platform file. Workloads get the component model that\n"
    "their images, labels, environment and Services tell; configuration counts where a process\n"
    "really reads it. Each object and each parameter keeps its file and line, and reports name "
    "them.\n"
    "What manifests cannot tell (nodes, load, sizes, people) is assumed, and listed with the\n"
    "member of the --assume file that decides it.\n\n"
    "runbook: reads shell scripts and the code blocks of Markdown procedures into runbooks, one "
    "for\n"
    "each procedure: a heading names it, a script in it is one of its own, an item of a numbered\n"
    "list without a command is a step by hand. The syntax is shfmt's. Each step knows the line "
    "that\n"
    "it came from. Programs that no model knows become manual steps and are listed, as are "
    "placeholders.\n"
    "With several runbooks --output is a folder.\n\n"
    "  drdrill import kubernetes deploy/ --assume assume.json -o platform.json\n"
    "  helm template chart/ | drdrill import kubernetes - -o platform.json\n"
    "  kubectl get all,cm,pvc,pdb,hpa,netpol,ing,cj,node -A -o yaml | drdrill import kubernetes - "
    "-o platform.json\n"
    "  drdrill import runbook docs/disaster-recovery.md -o runbooks/\n"
    "  drdrill import runbook failover.sh -o failover.json && drdrill run database-failover "
    "--runbook failover.json\n",
    options,
    import_command};

}  // namespace drdrill::cli
