#include "sim/live/lab.hpp"

#include <array>
#include <filesystem>
#include <ostream>

#include "scenarios/loader.hpp"
#include "sim/cli/exit_code.hpp"
#include "sim/cli/find_scenario.hpp"
#include "sim/cli/progress.hpp"
#include "sim/cli/signals.hpp"
#include "sim/cli/subcommand.hpp"
#include "sim/cli/worlds.hpp"
#include "sim/live/guardian.hpp"

namespace drdrill::cli {
namespace {

constexpr std::array<OptionRow, 2> options{{
    {"loopback", "", "addresses of the loopback device instead of network namespaces"},
    {"quiet", "", "no text on stdout"},
}};
constexpr std::chrono::minutes up_deadline{3};

std::string name_of(const live::LabPlace& place) {
  return "lab" + std::to_string(place.number);
}

int up(const Options& given, Context& context) {
  const auto& words = given.positional();
  const std::string path = find_platform(words.size() > 1 ? words[1] : "lab", context);
  const PlatformSpec platform = load_platform(path, {}, parameters_of_models());
  const live::LabPlace place = live::claim_place();
  live::Guardian guardian(place, up_deadline);
  live::Lab lab(platform, place, !given.has("loopback") && live::can_separate());
  ProgressLine progress(context.err, context.progress);
  const std::atomic<bool>& interrupted = abort_on_signal();
  lab.up([&](std::string_view what) { progress.tell(what, 0); },
         [&] { return interrupted.load(); });
  live::set_owner(place, std::nullopt);
  guardian.stay();
  if (given.has("quiet")) return exit_pass;
  context.out << name_of(place) << " is up: " << platform.name << ", "
              << (lab.separate() ? "a network namespace for each pod"
                                 : "loopback addresses (not root: nothing can be cut off)")
              << "\n\n";
  for (const live::Lab::Pod& pod : lab.pods())
    context.out << "  " << pod.name << "  " << pod.place.address << "  " << pod.place.folder
                << "/output\n";
  context.out << "\n  drdrill lab down " << name_of(place) << "\n";
  return exit_pass;
}

bool is_meant(const live::LabPlace& place, const std::vector<std::string>& words) {
  return words.size() < 2 || words[1] == name_of(place);
}

int report_left(const live::LabPlace& place, const std::vector<std::string>& left,
                Context& context) {
  for (const std::string& sentence : left)
    context.err << "drdrill: " << name_of(place) << ": " << sentence << '\n';
  return left.empty() ? exit_pass : exit_residue;
}

/// Labs that a drill is in charge of are the drill's.
bool is_in_use(const live::LabPlace& place) {
  const auto owner = live::owner_of(place);
  return owner && live::is_alive(*owner);
}

int down(const Options& given, Context& context) {
  int code = exit_pass;
  bool any = false;
  for (const live::LabPlace& place : live::all_places()) {
    if (!is_meant(place, given.positional())) continue;
    any = true;
    if (is_in_use(place)) {
      context.err << "drdrill: " << name_of(place) << " belongs to process "
                  << live::owner_of(place)->pid << ", which takes it down itself\n";
      code = exit_bad_input;
      continue;
    }
    const int now = report_left(place, live::take_down(place), context);
    if (now != exit_pass) code = now;
    if (now == exit_pass && !given.has("quiet")) context.out << name_of(place) << " is down\n";
  }
  if (!any && !given.has("quiet")) context.out << "there is no lab to take down\n";
  return code;
}

int status(const Options& given, Context& context) {
  bool any = false;
  for (const live::LabPlace& place : live::all_places()) {
    if (!is_meant(place, given.positional())) continue;
    any = true;
    const auto left = live::left_by(place.log());
    std::size_t processes = 0, alive = 0;
    for (const live::Made& made : left) {
      const auto process = live::parse_process(made.name);
      if (made.kind != live::Made::Kind::process || !process) continue;
      ++processes;
      alive += live::is_alive(*process) ? 1 : 0;
    }
    context.out << name_of(place) << "  " << alive << " of " << processes << " processes run  "
                << (is_in_use(place)        ? "a drill is using it"
                    : live::owner_of(place) ? "left behind: drdrill recover"
                                            : "up")
                << "  " << place.folder << '\n';
  }
  if (!any) context.out << "no lab is up\n";
  return exit_pass;
}

/// Somebody else's labs are not touched, and not believed.
int refuse(const live::NotOurs& error, Context& context) {
  context.err << "drdrill: " << error.what() << '\n';
  return exit_bad_input;
}

int lab(const Options& given, Context& context) {
  const auto& words = given.positional();
  const std::string verb = words.empty() ? "" : words.front();
  if (verb == "up") {
    try {
      return up(given, context);
    } catch (...) {
      const NotOpened not_opened = why_not_opened();
      context.err << "drdrill: " << not_opened.why << '\n';
      return not_opened.exit_code;
    }
  }
  if (verb == "down") return down(given, context);
  if (verb == "status") return status(given, context);
  throw UsageError("lab needs one of: up [PLATFORM], down [LAB], status [LAB]");
}

int run_lab(const Options& given, Context& context) {
  try {
    return lab(given, context);
  } catch (const live::NotOurs& error) {
    return refuse(error, context);
  }
}

constexpr std::array<OptionRow, 1> recover_options{{{"quiet", "", "no text on stdout"}}};

/// Takes down whatever belongs to nobody who lives.
int recover(const Options& given, Context& context) {
  int code = exit_pass;
  std::size_t undone = 0;
  for (const live::LabPlace& place : live::all_places()) {
    const auto owner = live::owner_of(place);
    const bool stands = !owner && std::filesystem::exists(place.owner_file());
    if (stands || is_in_use(place)) continue;
    ++undone;
    if (report_left(place, live::take_down(place), context) != exit_pass) code = exit_residue;
  }
  if (!given.has("quiet"))
    context.out << (undone == 0 ? "nothing was left behind\n"
                                : std::to_string(undone) + " left behind, taken down\n");
  return code;
}

int run_recover(const Options& given, Context& context) {
  try {
    return recover(given, context);
  } catch (const live::NotOurs& error) {
    return refuse(error, context);
  }
}

}  // namespace

constexpr Subcommand lab_subcommand{
    "lab",
    "up|down|status [PLATFORM|LAB]",
    "a miniature of a platform from real processes",
    "`lab up` starts real PostgreSQL and Redis as the platform file has them (default: lab), as\n"
    "root each in a network namespace of its own, otherwise on loopback addresses. `lab down` "
    "takes\n"
    "down all labs, or the one that is named, and leaves nothing behind; `lab status` lists them.\n"
    "Several can stand side by side. `drdrill run SCENARIO --world lab` makes one for the "
    "drill.\n\n"
    "  drdrill lab up\n"
    "  drdrill lab down lab0\n",
    options,
    run_lab};

constexpr Subcommand recover_subcommand{
    "recover",
    "",
    "undo what a drill that died left behind",
    "Looks for labs whose drill no longer runs and takes them down: processes, namespaces, links,\n"
    "files. May be run any number of times. 0: nothing is left; 4: something is, and what.\n\n"
    "  drdrill recover --quiet\n",
    recover_options,
    run_recover};

}  // namespace drdrill::cli
