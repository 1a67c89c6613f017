#include <set>

#include <catch2/catch.hpp>

#include "sim/drill/platform.hpp"
#include "sim/drill/scenario.hpp"

using namespace drdrill;

TEST_CASE("every fault of the catalog is found by its name, has a level and a meaning") {
  std::set<std::string_view> seen;
  for (const FaultRow& row : fault_catalog()) {
    REQUIRE(seen.insert(row.id).second);
    REQUIRE(find_fault(row.id) == &row);
    REQUIRE(!row.levels.empty());
    REQUIRE(!row.meaning.empty());
    REQUIRE(!primitive_name(row.primitive).empty());
  }
  REQUIRE(!find_fault("meteor"));
  REQUIRE(find_fault("partition")->primitive == Primitive::isolate);
}

TEST_CASE("targets are written as level and name") {
  const auto target = parse_target("zone/singapore-1");
  REQUIRE(target);
  REQUIRE(target->level == Level::zone);
  REQUIRE(target->name == "singapore-1");
  REQUIRE(target->count == 1);
  REQUIRE(to_string(*target) == "zone/singapore-1");
  for (const char* bad : {"", "pod", "pod/", "/x", "rack/x", "Pod/x"}) {
    INFO(bad);
    REQUIRE(!parse_target(bad));
  }
}

TEST_CASE("names of tables read back as what they name") {
  for (std::size_t i = 0; i < probe_table.size(); ++i)
    REQUIRE(probe_of(probe_table[i].id) == static_cast<ProbeKind>(i));
  for (std::size_t i = 0; i < note_table.size(); ++i)
    REQUIRE(note_of(note_table[i].id) == static_cast<NoteKind>(i));
  for (const ComponentRow& row : components) REQUIRE(name_of(*component_of(row.id)) == row.id);
  for (Phase phase : {Phase::inject, Phase::recover, Phase::watch, Phase::end})
    REQUIRE(phase_of(phase_name(phase)) == phase);
  for (OnFailure what : {OnFailure::proceed, OnFailure::stop, OnFailure::abort})
    REQUIRE(on_failure_of(on_failure_name(what)) == what);
  for (int i = 0; i <= static_cast<int>(WorkloadModel::Kind::plain); ++i) {
    const auto kind = static_cast<WorkloadModel::Kind>(i);
    REQUIRE(model_kind_of(model_kind_name(kind)) == kind);
  }
  REQUIRE(!probe_of("nonsense"));
  REQUIRE(!note_of("nonsense"));
  REQUIRE(!model_kind_of("nonsense"));
}

TEST_CASE("there are three checklists of six items, and each item is found by its name") {
  REQUIRE(checklist_names() == std::vector<std::string_view>{"node", "database", "application"});
  for (const std::string_view list : checklist_names()) REQUIRE(checklist_items(list).size() == 6);
  REQUIRE(checklist_items("nonsense").empty());
  std::set<std::string_view> seen;
  for (std::size_t i = 0; i < checklist_table.size(); ++i) {
    const ChecklistRow& row = checklist_table[i];
    INFO(row.id);
    REQUIRE(seen.insert(row.id).second);
    REQUIRE(checklist_item_of(row.id) == static_cast<ChecklistItem>(i));
    REQUIRE(row.question.back() == '?');
    REQUIRE(!probe_of(row.id));
  }
  REQUIRE(!checklist_item_of("node"));
}

TEST_CASE("every component has a probe for its steady state") {
  for (std::size_t i = 0; i < component_count; ++i) {
    const auto probe = steady_probe_of(static_cast<ComponentId>(i));
    REQUIRE(probe);
    REQUIRE(row_of(*probe).component == static_cast<ComponentId>(i));
  }
}

TEST_CASE("a row of a note says what it is about the right thing") {
  REQUIRE(row_of(NoteKind::endpoints_empty).id == "service-without-endpoints");
  REQUIRE(row_of(NoteKind::capacity_exhausted).id == "capacity-exhausted");
  REQUIRE(row_of(NoteKind::postgres_promoted).part == Part::act);
}
