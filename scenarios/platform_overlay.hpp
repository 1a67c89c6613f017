#pragma once

#include <string>

#include "sim/base/value.hpp"

namespace drdrill {

/// What `based_on` means: `over` laid upon `base`. Members of objects are merged, and null
/// takes one of the base's away; arrays whose elements have a name (`name`, `id`, or `kind` and
/// `metadata.name`) are merged element by element, new ones at the end, and those with "$patch":
/// "delete" (as Kubernetes spells it) taken out of the base; everything else of `over` replaces
/// what `base` has.
Value overlay(const Value& base, const Value& over);

/// What an element of an array is known by: its name, its id, or its kind with namespace and name;
/// empty: by nothing.
std::string identity(const Value& element);

}  // namespace drdrill
