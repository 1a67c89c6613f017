#include <algorithm>

#include "sim/drill/checkers.hpp"

namespace drdrill {

namespace {

const InventoryItem* find(const Inventory& inventory, const InventoryItem& like) {
  auto found = std::find_if(inventory.begin(), inventory.end(), [&](const InventoryItem& item) {
    return item.component == like.component && item.name == like.name;
  });
  return found == inventory.end() ? nullptr : &*found;
}

bool is_worse(std::int64_t before, std::int64_t after, InventoryItem::Better better) {
  switch (better) {
    case InventoryItem::Better::higher:
      return after < before;
    case InventoryItem::Better::lower:
      return after > before;
    case InventoryItem::Better::equal:
      break;
  }
  return after != before;
}

/// The same figure where it is not listed: nothing there.
InventoryItem none_of(InventoryItem item) {
  item.value = 0;
  return item;
}

std::vector<Change> worse(const Inventory& first, const Inventory& then, bool tool_made) {
  std::vector<Change> changes;
  for (const InventoryItem& before : first) {
    const InventoryItem* after = find(then, before);
    if (before.tool_made == tool_made &&
        is_worse(before.value, after ? after->value : 0, before.better))
      changes.push_back({before, after ? *after : none_of(before)});
  }
  for (const InventoryItem& after : then)
    if (!find(first, after) && after.tool_made == tool_made &&
        is_worse(0, after.value, after.better))
      changes.push_back({none_of(after), after});
  return changes;
}

/// What the undo of faults took back. `by_runbooks`: all of these faults are such as a runbook can
/// take back; a revision can be rolled back, a machine that is gone cannot be brought back.
struct Undone {
  bool any = false;
  bool by_runbooks = true;
};

Undone undone_at_the_end(const Chronicle& chronicle) {
  Undone undone;
  for (std::size_t i = 0; i < chronicle.faults.size(); ++i) {
    const FaultRecord& fault = chronicle.faults[i];
    if (!fault.injected || (fault.undone && *fault.undone < chronicle.undo)) continue;
    undone.any = true;
    undone.by_runbooks =
        undone.by_runbooks && chronicle.scenario().faults[i].effect.primitive == Primitive::deploy;
  }
  return undone;
}

std::vector<Change> worse_until_undo(const Chronicle& chronicle) {
  const Journal& journal = *chronicle.journal;
  if (journal.inventory_recovered.empty()) return {};  // it was not asked
  std::vector<Change> changes = worse(journal.inventory_before, journal.inventory_recovered, false);
  const std::vector<Change> still = worse(journal.inventory_before, journal.inventory_after, false);
  std::erase_if(changes, [&](const Change& change) {
    return std::any_of(still.begin(), still.end(), [&](const Change& other) {
      return other.before.component == change.before.component &&
             other.before.name == change.before.name;
    });
  });
  return changes;
}

}  // namespace

bool is_worse(const Inventory& first, const Inventory& then) {
  return !worse(first, then, false).empty() || !worse(first, then, true).empty();
}

std::vector<Change> residue(const Journal& journal) {
  return worse(journal.inventory_before, journal.inventory_after, true);
}

std::vector<Change> left_worse(const Chronicle& chronicle) {
  const Journal& journal = *chronicle.journal;
  std::vector<Change> changes = worse(journal.inventory_before, journal.inventory_after, false);
  const Undone undone = undone_at_the_end(chronicle);
  if (!undone.any || !undone.by_runbooks) return changes;
  for (Change& change : worse_until_undo(chronicle)) changes.push_back(std::move(change));
  return changes;
}

std::vector<Change> restored_by_undo(const Chronicle& chronicle) {
  const Undone undone = undone_at_the_end(chronicle);
  if (!undone.any || undone.by_runbooks) return {};
  return worse_until_undo(chronicle);
}

std::optional<std::uint32_t> last_step_that_touched(const Chronicle& chronicle,
                                                    ComponentId component, Offset at) {
  std::optional<std::uint32_t> step;
  Offset latest = Offset::min();
  for (const StepRun& run : chronicle.runs) {
    if (!run.changed_something() || !run.touched().has(component)) continue;
    if (run.ended > at || run.ended < latest) continue;
    latest = run.ended;
    step = run.step;
  }
  return step;
}

}  // namespace drdrill
