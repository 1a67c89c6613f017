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

std::vector<Change> worse(const Journal& journal, bool tool_made) {
  std::vector<Change> changes;
  auto compare = [&](const InventoryItem& before, const InventoryItem& after) {
    if (before.tool_made == tool_made && is_worse(before.value, after.value, before.better))
      changes.push_back({before, after});
  };
  for (const InventoryItem& before : journal.inventory_before) {
    const InventoryItem* after = find(journal.inventory_after, before);
    compare(before, after ? *after : none_of(before));
  }
  for (const InventoryItem& after : journal.inventory_after)
    if (!find(journal.inventory_before, after)) compare(none_of(after), after);
  return changes;
}

}  // namespace

std::vector<Change> left_worse(const Journal& journal) {
  return worse(journal, false);
}

std::vector<Change> residue(const Journal& journal) {
  return worse(journal, true);
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
