#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "sim/base/parameter.hpp"
#include "sim/base/value.hpp"

/// Manifests to a platform file: what `kubectl get -o yaml`, `helm template` and kustomize print,
/// or what lies in a repository. Every object keeps file and line; what manifests cannot tell is
/// assumed, and each assumption is named with the place of the assume file that decides it.
namespace drdrill {

struct ImportRequest {
  std::vector<std::string> paths;            ///< files and folders; "-" is `standard_input`
  std::string standard_input;                ///< what stands for "-"
  std::string assume;                        ///< a part of a platform file, JSON or YAML; may be ""
  std::vector<std::string> parameter_files;  ///< as the platform file shall name them
  std::string name;                          ///< of the platform, unless the assume file has one
  std::string home;                          ///< namespace where no workload names one; "": default
};

/// Something that whoever imports should know.
struct ImportRemark {
  enum class Kind {
    left_out,      ///< an object or a file that is not in the platform, and why
    unknown,       ///< a kind that no model knows: kept, without effect
    not_in_force,  ///< a configuration that no process reads
    refused,       ///< a setting with which the server does not start
    not_expanded,  ///< a variable in a file whose reader expands none
    told,          ///< a parameter that a manifest sets
    assumed,       ///< what no manifest says
    stands_in,     ///< a component that no manifest has
  };
  Kind kind = Kind::assumed;
  SourcePlace place;    ///< no file: about no place
  std::string words;    ///< one sentence
  std::string decides;  ///< JSON pointer: where the assume file decides it; may be ""
};

struct ImportedPlatform {
  Value platform;
  std::vector<ImportRemark> remarks;
  std::size_t files = 0;
  std::size_t objects = 0;
};

/// Throws InputError with every mistake of every file: YAML that is none, bombs, files that cannot
/// be read. A single object that an API server would refuse is left out with a remark instead.
ImportedPlatform import_kubernetes(const ImportRequest& request);

/// The platform file's text.
std::string platform_text(const Value& platform);

}  // namespace drdrill
