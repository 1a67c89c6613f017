#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/loader.hpp"
#include "sim/base/parameter.hpp"
#include "sim/base/value.hpp"

/// A scenario with all the files that it is made of, as one value: it can be kept, compared with
/// another version of itself, mixed with it and laid down in a folder to be loaded from there.
namespace drdrill {

struct BundleDocument {
  /// What the document is to the scenario: "scenario", "runbook", "platform", "base" (what the
  /// platform is based on), "base-2" (what that is based on), "parameters/api.json".
  std::string role;
  std::string file;    ///< as people know it
  std::string text;    ///< of the whole file
  std::string inside;  ///< the pointer of the document in its file: "/runbook" for an inline one
  Value root;          ///< without references to other files
};

struct Bundle {
  std::vector<BundleDocument> documents;

  /// Null when there is none of that role.
  const BundleDocument* find(std::string_view role) const;
};

/// Other files in place of those that the scenario names; empty: its own.
struct BundleFiles {
  std::string scenario;
  std::string platform;
  std::string runbook;
};

/// Throws InputError for files that cannot be read or are no JSON. Nothing else is checked.
Bundle read_bundle(const BundleFiles& files);

/// The same from texts that were kept (role, file, text).
struct KeptText {
  std::string role;
  std::string file;
  std::string text;
};
Bundle restored_bundle(const std::vector<KeptText>& texts);

/// A hash of everything that a scenario was loaded from: the texts of all files and the settings.
/// `loaded` tells which platform and which runbook it came to.
std::uint64_t inputs_of(const std::string& path, const LoadedScenario& loaded,
                        std::span<const Setting> settings,
                        std::span<const std::string> parameter_files);

/// Writes all documents into an existing folder; returns the path of the scenario there.
std::string write_bundle(const Bundle& bundle, const std::string& folder);

/// One value that two bundles do not share.
struct DocumentChange {
  std::string role;
  std::string pointer;  ///< in the file of `place`
  std::string before;   ///< as compact JSON, cut when long; empty: it is not there
  std::string after;
  SourcePlace place;  ///< where it stands now; where it stood, when it is gone
};

/// What leads from one bundle to another, value by value. Elements of arrays are matched by their
/// name as platforms that are laid upon another do; titles, sources and remarks do not count.
/// Positions do not count either.
class BundleDifference {
 public:
  /// At most `most` changes, if documents of that many differ: neighbours are told as one.
  /// Both bundles must outlive it.
  BundleDifference(const Bundle& base, const Bundle& head, std::size_t most);

  const std::vector<DocumentChange>& changes() const { return changes_; }
  /// The base with those changes made for which `made` is true.
  Bundle mixed(const std::vector<bool>& made) const;

 private:
  const Bundle& base_;
  const Bundle& head_;
  int depth_ = 0;  ///< below it, values are taken as wholes
  std::vector<DocumentChange> changes_;
};

}  // namespace drdrill
