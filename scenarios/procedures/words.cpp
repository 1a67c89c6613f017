#include "scenarios/procedures/words.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include "sim/drill/shell_run.hpp"

namespace drdrill::procedures {
namespace {

using Words = std::span<const std::string_view>;

constexpr std::array<std::string_view, 40> sections{
    "step",         "phase",      "stage",      "detection",   "detect",    "recovery steps",
    "verification", "verify",     "validation", "validate",    "rollback",  "roll back",
    "prerequisite", "symptom",    "impact",     "diagnos",     "triage",    "investigat",
    "immediate",    "resolution", "mitigation", "remediation", "procedure", "steps",
    "actions",      "commands",   "post-",      "cleanup",     "clean up",  "confirm",
    "check",        "assess",     "option",     "method",      "prepar",    "pre-",
    "identify",     "determine",  "stop ",      "monitor"};
constexpr std::array<std::string_view, 17> procedural{
    "recover",  "restor",  "failover", "fail over", "procedure", "runbook",
    "scenario", "failure", "outage",   "playbook",  "disaster",  "incident",
    "rollback", "steps",   "drill",    "loss",      "corrupt"};
constexpr std::array<std::string_view, 5> plural{"procedures", "scenarios", "strateg", "runbooks",
                                                 "playbooks"};
constexpr std::array<std::string_view, 4> rollbacks{"rollback", "roll back", "revert", "back out"};
constexpr std::array<std::string_view, 10> lookings{"detect", "verif",  "validat", "diagnos",
                                                    "check",  "assess", "confirm", "investigat",
                                                    "triage", "symptom"};
constexpr std::array<std::string_view, 5> drills{"drill", "simulat", "chaos", "game day",
                                                 "gameday"};

/// Programs that the models give a meaning; those that the shell has itself are known to it.
constexpr std::array<std::string_view, 20> programs{"aws",
                                                    "chmod",
                                                    "chown",
                                                    "cp",
                                                    "curl",
                                                    "date",
                                                    "find",
                                                    "kubectl",
                                                    "ls",
                                                    "mkdir",
                                                    "pg_basebackup",
                                                    "pg_dump",
                                                    "pg_isready",
                                                    "pg_receivewal",
                                                    "pg_restore",
                                                    "psql",
                                                    "redis-cli",
                                                    "rm",
                                                    "sleep",
                                                    "tar"};

void collect(const shell::List& list, std::vector<Called>& out);

void collect(const shell::Word& word, std::vector<Called>& out) {
  for (const shell::Part& part : word) {
    if (part.list) collect(*part.list, out);
    for (const shell::Word* inner : {&part.subscript, &part.argument, &part.second})
      collect(*inner, out);
  }
}

void collect(const shell::Command& command, std::vector<Called>& out) {
  const auto& simple = command.simple;
  if (!simple.words.empty()) {
    std::vector<std::string> words;
    for (const shell::Word& word : simple.words) {
      words.emplace_back();
      for (const shell::Part& part : word)
        words.back() += part.kind == shell::Part::Kind::literal ? part.text : std::string("$");
    }
    out.push_back({words[shell::command_word(words)], command.line});
  }
  for (const shell::Word& word : simple.words) collect(word, out);
  for (const auto* all : {&simple.assignments, &simple.declared})
    for (const shell::Assignment& assignment : *all) {
      collect(assignment.value, out);
      for (const shell::Word& element : assignment.elements) collect(element, out);
    }
  for (const shell::Redirect& redirect : command.redirects) {
    collect(redirect.target, out);
    if (redirect.document) collect(*redirect.document, out);
  }
  for (const shell::Word& word : command.for_loop.words) collect(word, out);
  for (const auto& inner : {command.for_loop.body, command.if_then.condition, command.if_then.then,
                            command.if_then.otherwise, command.while_loop.condition,
                            command.while_loop.body, command.group})
    if (inner) collect(*inner, out);
  for (const auto& arm : command.case_of.arms)
    if (arm.body) collect(*arm.body, out);
}

void collect(const shell::List& list, std::vector<Called>& out) {
  for (const auto& item : list.items)
    for (const auto& command : item.pipeline.commands) collect(command, out);
}

}  // namespace

std::string lowered(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

bool has_any(std::string_view text, Words words) {
  return std::any_of(words.begin(), words.end(), [&](std::string_view word) {
    return text.find(word) != std::string_view::npos;
  });
}

std::string slug(std::string_view text) {
  constexpr std::size_t most = 40;
  std::string out;
  for (const char c : lowered(text)) {
    const bool good = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (good)
      out += c;
    else if (!out.empty() && out.back() != '-')
      out += '-';
    if (out.size() >= most) break;
  }
  while (out.ends_with('-')) out.pop_back();
  return out;
}

bool is_section(std::string_view heading, std::string_view parent) {
  const std::string text = lowered(heading);
  const std::size_t number = std::min(text.find_first_not_of("0123456789"), text.size());
  const bool numbered = number > 0 && number + 1 < text.size() &&
                        (text[number] == '.' || text[number] == ')' || text[number] == ':');
  const std::string above = lowered(parent);
  if (numbered) return is_procedural(parent) && !has_any(above, plural);
  return text == "recovery" ||
         std::any_of(sections.begin(), sections.end(),
                     [&](std::string_view word) { return text.starts_with(word); });
}

bool is_chapter(std::string_view heading) {
  constexpr std::array<std::string_view, 9> subjects{"recovery",   "restore proc", "scenario",
                                                     "procedures", "troubleshoot", "testing",
                                                     "backup",     "failover",     "practice"};
  return !heading.empty() && heading[0] >= '0' && heading[0] <= '9' &&
         has_any(lowered(heading), subjects);
}

bool is_procedural(std::string_view heading) {
  return has_any(lowered(heading), procedural);
}
bool is_rollback(std::string_view label) {
  return has_any(lowered(label), rollbacks);
}
bool is_looking(std::string_view label) {
  return has_any(lowered(label), lookings);
}
bool is_drill(std::string_view text) {
  return has_any(lowered(text), drills);
}

bool is_known_program(std::string_view name) {
  const std::string_view base = name.substr(name.rfind('/') + 1);
  return shell::Run::built_in(base) ||
         std::find(programs.begin(), programs.end(), base) != programs.end();
}

std::vector<Called> programs_of(const shell::List& list) {
  std::vector<Called> out;
  collect(list, out);
  return out;
}

std::vector<std::string> functions_of(const shell::List& list) {
  std::vector<std::string> names;
  for (const auto& item : list.items)
    for (const auto& command : item.pipeline.commands)
      if (command.kind == shell::Command::Kind::function) names.push_back(command.name);
  return names;
}

std::string cut(std::string text, std::size_t most) {
  if (text.size() <= most) return text;
  while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xC0U) == 0x80U) --most;
  text.resize(most);
  return text;
}

}  // namespace drdrill::procedures
