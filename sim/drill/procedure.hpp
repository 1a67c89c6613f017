#pragma once

#include <string>
#include <vector>

#include "sim/drill/scenario.hpp"

/// What people wrote for the day of a disaster, read out of their scripts and documents: values
/// that importers make and audit looks at. Every place is a line of the file that people wrote.
namespace drdrill {

struct Procedure {
  Runbook runbook;        ///< places are those of the source
  std::string script;     ///< "postgres-backup.sh"; empty: commands of a document
  std::string function;   ///< of the script, that the last step calls; empty: the script is run
  bool one_line = false;  ///< all of its text stands in one line of the file
  std::vector<std::string> headings;  ///< under which it stands, outermost first
};

/// Kubernetes manifests in a document, or a whole file of them.
struct ManifestText {
  std::string text;
  SourcePlace place;  ///< of its first line
};

struct ImportNotice {
  enum class Kind {
    unknown_command,  ///< became a manual step
    placeholder,      ///< somebody has to fill it in
    argument,         ///< a script takes it; a name stands in for it
    not_read,         ///< no step came of it
  };
  Kind kind = Kind::not_read;
  std::string text;
  SourcePlace place;
};

/// Boxes to tick under one heading.
struct WrittenChecklist {
  std::string heading;
  SourcePlace place;  ///< of the first item
  int items = 0;
  int measured = 0;  ///< of them, those that name a command or a number
};

/// A line of a list or table under a heading about contacts.
struct WrittenContact {
  std::string text;
  SourcePlace place;
};

struct ProcedureDocument {
  std::string file;
  std::vector<Procedure> procedures;
  std::vector<Objective> objectives;  ///< of a table with columns RTO and RPO
  std::vector<ManifestText> manifests;
  std::vector<ImportNotice> notices;
  std::vector<WrittenChecklist> checklists;
  std::vector<WrittenContact> contacts;
};

}  // namespace drdrill
