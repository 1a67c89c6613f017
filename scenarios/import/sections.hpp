#pragma once

#include "scenarios/import/backups.hpp"
#include "scenarios/import/settings.hpp"

/// The sections of a platform file that are about a component or about people. Internal to the
/// importers.
namespace drdrill::importing {

Value postgres_section(Inventory& inventory, const Settings& settings, const Backups& backups);
Value redis_section(Inventory& inventory, const Settings& settings);
Value entry_section(Inventory& inventory);
Value people_section(Inventory& inventory);
Value load_section(Inventory& inventory);
Value dependencies_section(Inventory& inventory);

}  // namespace drdrill::importing
