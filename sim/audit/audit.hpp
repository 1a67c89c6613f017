#pragma once

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/drill/platform.hpp"
#include "sim/drill/procedure.hpp"
#include "sim/drill/verdict.hpp"
#include "sim/kube/manifest.hpp"

/// What will not work, found before an incident does. Rules are rows of a table; each looks at what
/// people wrote, at the platform, or at what became of a rehearsal in simulation.
namespace drdrill::audit {

enum class Severity : std::uint8_t { note, warning, error };
std::string_view severity_name(Severity severity);
std::optional<Severity> severity_of(std::string_view name);

struct Finding {
  std::string rule;
  Severity severity = Severity::warning;
  SourcePlace place;
  std::string evidence;   ///< a sentence
  std::string objective;  ///< "postgres RPO 15m"; empty: none is named
  std::string fix;
  std::string accepted;  ///< why it does not count: the reason given in the file, or "baseline"
};

/// Manifests that were read, with the place of the file's first line in `file`.
struct Manifests {
  std::string file;
  int first_line = 1;
  std::vector<kube::Object> objects;
  std::vector<Value> documents;  ///< as written, for what objects do not keep (apiVersion)
};

/// A document as it was written, for what it says in words.
struct DocumentText {
  std::string file;
  std::string text;
};

/// A file, or a part of one, of which nothing could be made: what is wrong in it nobody sees.
struct Unread {
  SourcePlace place;
  std::string why;
  Severity severity = Severity::warning;  ///< error: it was asked for by name
};

/// A drill that shows a finding, and its journal's judgement.
struct Rehearsal {
  std::string refused;  ///< why it could not be run; empty: it was
  Journal journal;
  Judgement judgement;
};

/// A path that a command names, as it is seen from where the audit runs, from the folder of the
/// document that names it, and from those around that.
struct NamedPath {
  enum class Kind : std::uint8_t {
    unknown,  ///< nothing here begins like it: it may be anywhere
    missing,  ///< the folder that it begins with is here, and it is not in there
    file,
    folder,
  };
  Kind kind = Kind::unknown;
  bool deeper = false;  ///< of a folder: there are folders with manifests in it
};

struct Input {
  std::vector<ProcedureDocument> documents;
  std::vector<DocumentText> texts;  ///< of Markdown documents
  std::vector<Manifests> manifests;
  std::vector<Unread> unread;
  std::vector<Unread> not_in_force;  ///< configuration that is mounted, and that no process reads
  std::vector<Unread> refused;       ///< settings with which a server does not start
  std::vector<Unread> not_expanded;  ///< variables in files whose readers expand none
  const PlatformSpec* platform = nullptr;  ///< what procedures are rehearsed on; may be null
  bool platform_itself = false;            ///< its own rules apply, too
  std::vector<Objective> objectives;       ///< beside those of the documents
  const Scenario* scenario = nullptr;      ///< is rehearsed as it is
  std::string no_platform;  ///< why `manifests` make none; empty: nobody tried, or there is one
  bool imported = false;    ///< the platform was made of `manifests`: its nodes are assumed
  /// Runs a scenario on the platform, which has these files beside its own, or says why the world
  /// refuses it.
  using Files = std::map<std::string, std::string, std::less<>>;
  std::function<Rehearsal(const Scenario&, const Files&)> rehearse;
  /// May be empty: then nothing is known of any path.
  std::function<NamedPath(const std::string& path, const std::string& document)> named_path;
};

/// All findings, by file and line; the same input gives the same ones.
std::vector<Finding> audit(const Input& input);
/// By file and line, each once: what audits of several inputs found together.
void put_in_order(std::vector<Finding>& findings);

class Look;

struct Rule {
  std::string_view id;
  Severity severity = Severity::warning;
  std::string_view what;
  std::string_view fix;
  void (*check)(Look& look) = nullptr;  ///< null: found by another row's check
  bool alike = false;  ///< its findings say the same of each place: for people, once is enough
};
std::span<const Rule> rules();
const Rule* find_rule(std::string_view id);

/// "drdrill: allow RULE REASON" in the line of a finding, or alone in the line before it, accepts
/// the finding; without a reason it is one itself. `text` is the file's.
void apply_allowances(std::string_view text, const std::string& file,
                      std::vector<Finding>& findings);

}  // namespace drdrill::audit
