#pragma once

#include "scenarios/import/inventory.hpp"

namespace drdrill::importing {

/// Secrets stand in no repository, and pods do not start without them: those that pods read and no
/// manifest has are taken to be there, and it is said.
void add_secrets(Inventory& inventory);

}  // namespace drdrill::importing
