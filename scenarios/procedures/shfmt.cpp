#include "scenarios/procedures/shfmt.hpp"

#include <algorithm>
#include <ctime>
#include <sys/resource.h>

#include "scenarios/procedures/child.hpp"
#include "scenarios/procedures/shell_tree.hpp"
#include "sim/base/problem.hpp"

namespace drdrill::procedures {
namespace {

Tree beyond_bounds(std::string why) {
  Tree tree;
  tree.error = std::move(why);
  tree.out_of_bounds = true;
  return tree;
}

/// "<standard input>:3:5: reached EOF without closing quote" is line 3; before a tree, shfmt leaves
/// the file's name out.
Tree refused(std::string said) {
  Tree tree;
  said = said.substr(0, said.find('\n'));
  // The run-time of a Go program says so when its memory is at its limit.
  if (said.find("cannot allocate memory") != std::string::npos ||
      said.find("out of memory") != std::string::npos ||
      said.find("failed to reserve") != std::string::npos)
    return beyond_bounds("its syntax takes too much memory to read");
  if (const auto mark = said.find("input>:"); mark != std::string::npos)
    said = said.substr(mark + 7);
  if (!said.empty() && said.front() >= '0' && said.front() <= '9') {
    tree.error_line = std::max(1, std::atoi(said.c_str()));
    if (const auto colon = said.find(": "); colon != std::string::npos) said.erase(0, colon + 2);
  }
  tree.error = said.empty() ? "shfmt does not take it" : said;
  return tree;
}

/// What shfmt says of a script: its tree, or why there is none and in which line.
Tree ask(std::string_view script, const ShellLimits& limits) {
  if (script.size() > limits.bytes)
    return beyond_bounds("the script is larger than " + std::to_string(limits.bytes >> 10) + " kB");
  const ChildResult child = run_child({"shfmt", "-ln", "bash", "--to-json"}, script,
                                      {limits.time, limits.tree_bytes, limits.memory_bytes});
  switch (child.end) {
    case ChildResult::End::no_such_program: {
      Problems problems;
      problems.add({.file = "shfmt",
                    .at = {},
                    .pointer = {},
                    .message = "this program reads the syntax of shell and is not installed; it is "
                               "Debian's package shfmt"});
      throw InputError(std::move(problems));
    }
    case ChildResult::End::too_slow:
      return beyond_bounds("its syntax cannot be read within " +
                           std::to_string(limits.time.count()) + " ms");
    case ChildResult::End::too_much_output:
      return beyond_bounds("its syntax tree is too large");
    case ChildResult::End::killed:
      return beyond_bounds("its syntax takes too much memory to read");
    case ChildResult::End::exited:
      break;
  }
  return child.status == 0 ? tree_of(child.out, script) : refused(child.err);
}

/// What we and our children that have ended have had of the processor.
std::chrono::milliseconds processor_time() {
  ::timespec own{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &own);
  ::rusage children{};
  ::getrusage(RUSAGE_CHILDREN, &children);
  const auto of = [](const ::timeval& time) { return time.tv_sec * 1000 + time.tv_usec / 1000; };
  return std::chrono::milliseconds(own.tv_sec * 1000 + own.tv_nsec / 1'000'000 +
                                   of(children.ru_utime) + of(children.ru_stime));
}

/// Reads scripts together, and by halves where that fails.
class Batch {
 public:
  Batch(std::span<const std::string> scripts, const ShellLimits& limits)
      : scripts_(scripts),
        limits_(limits),
        until_(processor_time() + limits.time),
        read_(scripts.size()) {}

  std::vector<ShellSyntax> run() {
    constexpr std::size_t most_bytes = 16 << 10;  // whose tree stays well below its bound
    for (std::size_t from = 0; from < scripts_.size();) {
      std::size_t to = from, bytes = 0;
      while (to < scripts_.size() && (to == from || bytes + scripts_[to].size() < most_bytes))
        bytes += scripts_[to++].size();
      read(from, to);
      from = to;
    }
    return std::move(read_);
  }

 private:
  void read(std::size_t from, std::size_t to) {
    ShellLimits limits = limits_;
    limits.time = until_ - processor_time();
    if (limits.time.count() <= 0) {
      for (std::size_t i = from; i < to; ++i) {
        read_[i].error = out_of_time;
        read_[i].out_of_bounds = true;
      }
      return;
    }
    if (to - from == 1) {
      read_[from] = read_syntax(scripts_[from], limits);
      return;
    }
    if (read_together(from, to, limits)) return;
    const std::size_t middle = from + (to - from) / 2;
    read(from, middle);
    read(middle, to);
  }

  bool read_together(std::size_t from, std::size_t to, const ShellLimits& limits) {
    std::string all;
    for (std::size_t i = from; i < to; ++i) (all += scripts_[i]) += '\n';
    const Tree tree = ask(all, limits);
    if (!tree.error.empty()) return false;
    std::size_t begin = 0, line = 0;
    for (std::size_t i = from; i < to; ++i) {
      const std::string& script = scripts_[i];
      auto part = part_of(tree, begin, begin + script.size(), line);
      if (!part) return false;
      read_[i] = syntax_of(std::move(*part), script);
      begin += script.size() + 1;
      line += static_cast<std::size_t>(std::count(script.begin(), script.end(), '\n')) + 1;
    }
    return true;
  }

  std::span<const std::string> scripts_;
  ShellLimits limits_;
  std::chrono::milliseconds until_;  ///< on the clock of processor_time()
  std::vector<ShellSyntax> read_;
};

}  // namespace

ShellSyntax read_tree(const std::string& json, std::string_view script) {
  return syntax_of(tree_of(json, script), script);
}

ShellSyntax read_syntax(std::string_view script, const ShellLimits& limits) {
  return syntax_of(ask(script, limits), script);
}

std::vector<ShellSyntax> read_syntaxes(std::span<const std::string> scripts,
                                       const ShellLimits& limits) {
  return Batch(scripts, limits).run();
}

}  // namespace drdrill::procedures
