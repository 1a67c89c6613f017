#include "sim/cli/people.hpp"

#include <algorithm>
#include <memory>
#include <mutex>
#include <ostream>
#include <poll.h>
#include <thread>
#include <unistd.h>

#include "sim/engine/sampler.hpp"

namespace drdrill::cli {
namespace {

constexpr int look_every_ms = 100;

/// A line of standard input; nothing when it is given up first, or at the end of the input.
bool read_line(std::string& line, const std::atomic<bool>& given_up) {
  line.clear();
  while (!given_up) {
    pollfd file{STDIN_FILENO, POLLIN, 0};
    if (poll(&file, 1, look_every_ms) <= 0) continue;
    char byte = 0;
    if (read(STDIN_FILENO, &byte, 1) != 1) return false;
    if (byte == '\n') return true;
    line += byte;
  }
  return false;
}

std::string question(Action::Kind kind, std::string_view actor, std::string_view what) {
  const std::string who(actor.empty() ? "somebody" : actor);
  if (kind == Action::Kind::summon)
    return who + ": is called. Enter once they are there and know what to do";
  if (kind == Action::Kind::manual)
    return who + ": " + std::string(what) + ". Enter once it is done";
  return who + ": Enter to run: " + std::string(what);
}

double drawn(const PlatformSpec& platform, std::string_view parameter, RandomStream& stream) {
  const ParameterId id = platform.parameters.find(parameter);
  return id == ParameterId::none ? 0 : Sampler(platform.parameters[id].value).draw(stream);
}

}  // namespace

bool needs_people(const Runbook& runbook) {
  return std::any_of(runbook.steps.begin(), runbook.steps.end(), [](const Step& step) {
    return step.manual() || (step.actor != "automation" && !step.actor.empty());
  });
}

live::People ask_on_terminal(std::ostream& out) {
  const auto one_at_a_time = std::make_shared<std::mutex>();
  return [one_at_a_time, &out](Action::Kind kind, std::string_view actor, std::string_view what,
                               const std::atomic<bool>& given_up) {
    const std::lock_guard lock(*one_at_a_time);
    if (given_up) return live::Asked{false, "nobody was asked any more"};
    out << "\n  " << question(kind, actor, what) << ", or s REASON to skip it\n  > " << std::flush;
    std::string line;
    if (!read_line(line, given_up)) return live::Asked{false, "nobody answered"};
    if (line == "s" || line.starts_with("s "))
      return live::Asked{false, "skipped: " + (line.size() > 2 ? line.substr(2) : "no reason")};
    return live::Asked{true, line};
  };
}

live::People unattended(const PlatformSpec& platform, std::uint64_t seed,
                        std::uint64_t replication) {
  struct Drawing {
    Drawing(std::uint64_t of, std::uint64_t run) : stream(of, run, "people") {}
    std::mutex mutex;
    RandomStream stream;
  };
  const auto drawing = std::make_shared<Drawing>(seed, replication);
  return [drawing, &platform](Action::Kind kind, std::string_view, std::string_view,
                              const std::atomic<bool>& given_up) {
    double takes = 0;
    {
      const std::lock_guard lock(drawing->mutex);
      RandomStream& stream = drawing->stream;
      if (kind == Action::Kind::manual) takes = drawn(platform, "people.manual_step", stream);
      if (kind == Action::Kind::command) takes = drawn(platform, "people.typing", stream);
      if (kind == Action::Kind::summon)
        takes = drawn(platform, "people.acknowledge", stream) +
                drawn(platform, "people.diagnose", stream);
    }
    const auto until = std::chrono::steady_clock::now() + std::chrono::duration<double>(takes);
    while (!given_up && std::chrono::steady_clock::now() < until)
      std::this_thread::sleep_for(std::chrono::milliseconds(look_every_ms));
    return live::Asked{!given_up.load(), "unattended: waited for as long as people take"};
  };
}

}  // namespace drdrill::cli
