#pragma once

#include "models/api.hpp"
#include "models/backups.hpp"
#include "models/databases.hpp"
#include "models/entry.hpp"
#include "models/monitoring.hpp"
#include "sim/drill/checklist.hpp"

/// The items of the recovery validation checklists, answered from the state of the models: of the
/// cluster that most clients are sent to. What no model knows is not evaluated.
namespace drdrill::models {

/// What the answers are read from.
struct ChecklistSources {
  int cluster = 0;
  const Context& context;
  const Kubernetes& kubernetes;
  const Databases& databases;
  const Entry& entry;
  const Api& api;
  const Monitoring& monitoring;
  const Alerts& alerts;
  const Backups& backups;
};

/// `at` is left for who asks.
ChecklistAnswer answer_item(ChecklistItem item, const ChecklistSources& sources);

}  // namespace drdrill::models
