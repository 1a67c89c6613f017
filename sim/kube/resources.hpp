#pragma once

#include <string>
#include <string_view>
#include <vector>

/// The resource types that the API server knows: how kubectl names them and how it prints them.
namespace drdrill::kube {

struct Resource {
  std::string_view kind;      ///< "Deployment"
  std::string_view plural;    ///< "deployments"
  std::string_view singular;  ///< "deployment"
  std::string_view shorts;    ///< "deploy", or several separated by spaces
  std::string_view group;     ///< "apps"; empty: core
  std::string_view version;   ///< "v1"
  bool namespaced = true;

  std::string api_version() const;                  ///< "apps/v1"
  bool serves(std::string_view api_version) const;  ///< does the API server know it under this one?
  std::string name() const;         ///< "deployment.apps", as in messages of success
  std::string plural_name() const;  ///< "deployments.apps", as in messages of the API
};

const std::vector<Resource>& resources();
const Resource* find_kind(std::string_view kind);
/// By what a user writes: plural, singular, short, kind, with or without ".group" and in any case.
const Resource* find_resource(std::string_view word);

}  // namespace drdrill::kube
