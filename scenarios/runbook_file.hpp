#pragma once

#include "sim/base/reader.hpp"
#include "sim/drill/platform.hpp"
#include "sim/drill/scenario.hpp"

/// Runbooks as files state them. Internal to the loaders.
namespace drdrill {

/// `platform` is null where none is known (a runbook file by itself): actors are not checked then.
Runbook read_runbook(Reader& root, const PlatformSpec* platform);

}  // namespace drdrill
