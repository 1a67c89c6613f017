#pragma once

#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "sim/drill/platform.hpp"
#include "sim/drill/shell.hpp"

/// A command as rules see it, and what several of them ask of one.
namespace drdrill::audit {

/// A simple command. What is only known when it runs is "?" in `argv`.
struct Call {
  std::size_t procedure = 0;  ///< index into Look::procedures
  std::size_t step = 0;
  SourcePlace place;
  std::vector<std::string> argv;
  std::vector<std::string> raw;  ///< the words with their variables as "$name"
  std::vector<const shell::Word*> words;
  std::string pod;      ///< it runs in this one (kubectl exec); empty: where the runbook runs
  std::string context;  ///< kubectl's --context
  std::vector<std::string> loops;        ///< variables of the loops around it, outermost first
  std::vector<std::string> targets;      ///< files that it writes to by redirection
  std::vector<std::string> raw_targets;  ///< the same with variables as "$name "
  std::string document;                  ///< its here-document
  bool piped = false;                    ///< another command reads what it prints
  bool background = false;
  bool hangs = false;        ///< on the command before it (&&, ||)
  bool substituted = false;  ///< inside of $( )
  bool in_function = false;  ///< of a shell function, which runs when it is called

  std::string_view program() const;
  std::string line() const;  ///< as one line
  bool has(std::string_view word) const;
  /// The value of "-x V", "--long V" or "--long=V"; empty when there is none.
  std::string option(std::string_view brief, std::string_view full) const;
};

/// KIND and NAME of "kubectl scale KIND NAME" or "KIND/NAME".
struct Scaled {
  std::string kind;
  std::string name;
  std::string replicas;
};
/// The cluster that kubectl is told to ask; empty: the one that is set.
std::string context_of(const Call& call);
/// The namespace that kubectl is told.
std::string namespace_of(const Call& call);
/// What "kubectl scale" scales.
std::optional<Scaled> scaled_by(const Call& call);
bool changes(const Call& call, std::string_view verb);
/// Does it copy the data of a server into a file, or print it?
bool writes_backup(const Call& call);
/// Does it carry files away from where it runs: to object storage, or to another machine?
bool carries_away(const Call& call);
/// Of `words` (argv or raw) of such a command, the one that names its file; of kubectl the first
/// file that its output goes to.
std::string output_of(const Call& call, const std::vector<std::string>& words);

/// Does it fetch programs onto the machine that it runs on? Which those are its packages tell, and
/// not their names.
bool installs_programs(const Call& call);
/// Does it only show a text: echo or printf whose output goes into no file and to no command?
bool only_prints(const Call& call);

/// "deploy" is "deployment", "sts" is "statefulset".
std::string full_kind(std::string_view kind);
/// "postgres-primary-0" of a StatefulSet postgres-primary; no number: empty.
std::string owner_of(std::string_view pod);
bool is_standby(std::string_view pod);

/// "<pod-name>" as a word, which to a shell are two redirections.
std::string without_placeholders(std::string text);
bool contains(std::string_view text, std::string_view part);
std::string lower(std::string_view text);
/// Is `word` one of these, with blanks between?
bool lists(std::string_view words, std::string_view word);
std::string joined(const std::set<std::string>& names);

}  // namespace drdrill::audit
