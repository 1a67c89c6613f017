#pragma once

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <catch2/catch.hpp>

#include "sim/drill/shell_run.hpp"

/// A host that notes what it was asked, answers by the first words of the command, and can take its
/// time over everything.
namespace drdrill::shell {

class ScriptedHost : public Host {
 public:
  std::map<std::string, Result> answers;  ///< by the beginning of the command line
  std::vector<std::string> asked;         ///< words joined by blanks; " < input" behind
  std::vector<std::string> words;         ///< of all commands
  bool slow = false;

  std::optional<Result> start(const Invocation& invocation) override {
    std::string line;
    for (const std::string& word : invocation.argv) {
      line += (line.empty() ? "" : " ") + word;
      words.push_back(word);
    }
    pending = {};
    for (const auto& [beginning, result] : answers)
      if (line.starts_with(beginning)) pending = result;
    if (!invocation.input.empty()) (line += " < ") += invocation.input;
    asked.push_back(std::move(line));
    if (slow) return std::nullopt;
    return pending;
  }

  Result pending;
};

struct Outcome {
  int status = 0;
  std::string output;
  bool understood = true;
  bool order_assumed = false;
};

/// Runs a text to its end, `host` answering at once or late.
inline Outcome run_text(std::string_view text, ScriptedHost& host,
                        const std::map<std::string, std::string>& variables = {}) {
  const Parsed parsed = parse(text);
  INFO(text);
  if (parsed.error) FAIL(parsed.error->line << ": " << parsed.error->message);
  Run run(parsed.list, host);
  for (const auto& [name, value] : variables) run.set(name, value);
  while (!run.resume()) {
    CHECK_FALSE(run.ended());
    run.finish(host.pending);
  }
  CHECK(run.ended());
  return {run.exit_status(), run.output(), run.understood(), run.order_assumed()};
}

/// What a text prints that needs no host.
inline std::string printed(std::string_view text) {
  ScriptedHost host;
  std::string output = run_text(text, host).output;
  CHECK(host.asked.empty());
  return output;
}

}  // namespace drdrill::shell
