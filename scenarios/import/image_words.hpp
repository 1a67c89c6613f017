#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "sim/kube/pod_spec.hpp"

/// What images and names say of a workload. Words count whole: "accounting" is no account. Internal
/// to the importers.
namespace drdrill::importing {

enum class ImageIs { helper, plain, sfu, postgres, pooler, redis, ingress, monitoring };

/// By the repository's name; nothing when no row of the table fits.
std::optional<ImageIs> what_image(std::string_view image);

/// A store of ours in an image of somebody's own, by the port that it listens on.
std::optional<ImageIs> what_port(const kube::Container& container);

/// The part in joining that a service's name speaks of: auth, meeting, signaling, chat, turn; ""
/// when it speaks of none.
std::string role_of_name(std::string_view name);

/// A store that no model has, by its name or the port that it listens on.
bool is_other_store(std::string_view name, const kube::Container& container);

}  // namespace drdrill::importing
