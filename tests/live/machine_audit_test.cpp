#include "sim/live/machine_audit.hpp"

#include <algorithm>

#include <catch2/catch.hpp>

#include "sim/live/network.hpp"
#include "sim/live/undo_log.hpp"
#include "tests/live/servers.hpp"
#include "tests/live/traces.hpp"

/// What is left of a lab is found on the machine, also what nobody noted.
using namespace drdrill;
using namespace drdrill::live;
using test::Labs;

namespace {

bool tells(const MachineAudit& audit, const std::string& words) {
  return std::any_of(audit.left.begin(), audit.left.end(), [&](const std::string& sentence) {
    return sentence.find(words) != std::string::npos;
  });
}

}  // namespace

TEST_CASE("an audit of the machine finds what a lab left, and counts what it compared") {
  const Labs labs;
  const MachineState before = look_at_machine();
  const LabPlace place = claim_place();
  const LabPlace another = claim_place();
  UndoLog log(place.log());
  log.put({Made::Kind::folder, place.folder, ""});
  Network network(place.number, can_separate(), log);
  network.make();
  network.add(0);
  // Noted nowhere: the log alone would call all well.
  const ProcessId sleeper =
      start({.argv = {"sleep", "600"}, .folder = place.folder}, [](ProcessId) {});

  const MachineAudit meanwhile = audit_machine(before, place);
  CHECK(tells(meanwhile, "files: lab" + std::to_string(place.number)));
  CHECK(tells(meanwhile, "processes: " + to_string(sleeper)));
  CHECK(tells(meanwhile, "network namespaces: " + Network::prefix(place.number)) == can_separate());
  CHECK_FALSE(tells(meanwhile, "files: lab" + std::to_string(another.number)));

  kill_tree(sleeper);
  CHECK(take_down(place).empty());
  const MachineAudit after = audit_machine(before, place);
  CHECK(after.left.empty());
  CHECK(after.words.find("nothing left") != std::string::npos);
  CHECK(after.words.find(" mounts") != std::string::npos);
  CHECK(after.words.front() != '0');
  take_down(another);
}
