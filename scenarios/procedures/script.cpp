#include "scenarios/procedures/script.hpp"

#include <algorithm>
#include <cctype>

#include "scenarios/procedures/placeholders.hpp"
#include "scenarios/procedures/shfmt.hpp"
#include "scenarios/procedures/words.hpp"
#include "sim/drill/shell.hpp"

namespace drdrill::procedures {
namespace {

/// The comment lines directly above, without "Step 3:" where the title says enough.
std::string title_above(std::string_view text, std::size_t at) {
  std::string title;
  std::size_t end = text.rfind('\n', at);
  while (end != std::string_view::npos && end > 0) {
    const std::size_t begin = text.rfind('\n', end - 1);
    std::string_view line = text.substr(begin == std::string_view::npos ? 0 : begin + 1,
                                        end - (begin == std::string_view::npos ? 0 : begin + 1));
    line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
    if (!line.starts_with('#') || line.starts_with("#!")) break;
    line.remove_prefix(std::min(line.find_first_not_of("# \t"), line.size()));
    if (!line.empty()) title = std::string(line) + (title.empty() ? "" : " ") + title;
    if (begin == std::string_view::npos) break;
    end = begin;
  }
  constexpr std::size_t most = 120;
  return cut(std::move(title), most);
}

/// Does it begin with a look at how the statement before ended?
bool refers_to_status(std::string_view text) {
  const std::string_view first = text.substr(0, text.find_first_of(";\n"));
  return first.find("$?") != std::string_view::npos ||
         first.find("PIPESTATUS") != std::string_view::npos;
}

/// Only says something: its success says nothing of what came before.
bool only_echoes(const shell::List& list) {
  const auto called = programs_of(list);
  return !called.empty() && std::all_of(called.begin(), called.end(), [](const Called& c) {
    return c.program == "echo" || c.program == "printf" || c.program == "set" ||
           c.program == "cd" || c.program == "shift" || c.program == "export" ||
           c.program == "date" || c.program == ":" || c.program == "readonly" ||
           c.program == "trap" || c.program == "shopt" || c.program == "declare";
  });
}

bool sets_errexit(std::string_view text) {
  if (text.starts_with("set -o errexit")) return true;
  if (!text.starts_with("set -")) return false;
  const std::string_view letters = text.substr(5, text.find_first_of(" \n", 5) - 5);
  return letters.find('e') != std::string_view::npos;
}

/// A command that only reads.
bool only_looks(const shell::List& list, std::string_view text) {
  for (const std::string_view word :
       {" delete ",       " apply",     " scale ",    " patch ",
        " drain ",        " cordon ",   " uncordon ", " rollout restart",
        " rollout undo",  " create ",   "pg_promote", "promote",
        "failover",       " set ",      "replicate",  " rm ",
        "-X P",           "-X D",       "--data",     "pg_restore",
        " label ",        " annotate ", " taint ",    " --cluster create",
        " --cluster fix", " restart",   " replace ",  " edit "})
    if (text.find(word) != std::string_view::npos) return false;
  const auto called = programs_of(list);
  return !called.empty() && std::all_of(called.begin(), called.end(), [](const Called& c) {
    return c.program == "kubectl" || c.program == "curl" || c.program == "grep" ||
           c.program == "psql" || c.program == "redis-cli" || c.program == "echo" ||
           c.program == "jq" || c.program == "sleep" || c.program == "cut" || c.program == "awk" ||
           c.program == "head" || c.program == "tail" || c.program == "date" || c.program == "wc";
  });
}

/// What becomes one step: a statement, or several that belong together.
struct Cut {
  std::size_t begin = 0;
  std::size_t end = 0;
  int line = 1;
  bool quiet = false;  ///< it sets variables, defines functions or says something
  bool looks = false;
  bool stops = false;  ///< a failure is the end of it
};

std::vector<Cut> cuts_of(std::string_view text, const std::vector<Statement>& statements,
                         bool stops) {
  std::vector<Cut> cuts;
  for (const Statement& statement : statements) {
    const std::string_view own = text.substr(statement.begin, statement.end - statement.begin);
    if (sets_errexit(own)) stops = true;
    const shell::Parsed parsed = shell::parse(own);
    const bool may_exit = own.find("exit ") != std::string_view::npos;
    const bool quiet = statement.kind == Statement::Kind::assignment ||
                       statement.kind == Statement::Kind::function ||
                       (parsed.list && only_echoes(*parsed.list) && !may_exit);
    const bool joins = !cuts.empty() && ((quiet && cuts.back().quiet) || refers_to_status(own));
    if (!joins) {
      const bool looks = parsed.list && only_looks(*parsed.list, " " + std::string(own));
      cuts.push_back({statement.begin, statement.end, statement.line, quiet, quiet || looks});
    }
    cuts.back().end = statement.end;
    cuts.back().stops = cuts.back().stops || stops || may_exit;
  }
  return cuts;
}

/// Makes the steps of one piece of shell.
class Steps {
 public:
  Steps(const Piece& piece, ShellSyntax syntax, std::vector<Placeholder> placeholders,
        Procedure& procedure)
      : piece_(piece),
        syntax_(std::move(syntax)),
        placeholders_(std::move(placeholders)),
        hidden_(hidden(piece.text, placeholders_)),
        procedure_(procedure) {}

  void make() {
    auto& steps = procedure_.runbook.steps;
    const bool stops =
        !steps.empty() && steps.back().on_failure == OnFailure::stop && !procedure_.script.empty();
    for (const Cut& cut : cuts_of(hidden_, syntax_.statements, stops)) step(cut);
  }

 private:
  std::vector<const Placeholder*> within(const Cut& cut) const {
    std::vector<const Placeholder*> found;
    for (const Placeholder& each : placeholders_)
      if (each.begin >= cut.begin && each.end <= cut.end) found.push_back(&each);
    return found;
  }

  void step(const Cut& cut) {
    Step step;
    const auto open = within(cut);
    const std::string fill = fill_all(open, piece_.text.substr(cut.begin, cut.end - cut.begin));
    step.by_hand = !open.empty() && fill.empty();
    step.run = fill.empty() ? std::string(piece_.text.substr(cut.begin, cut.end - cut.begin))
                            : filled(cut, open);
    step.title = title_above(piece_.text, cut.begin);
    if (step.title.empty()) step.title = piece_.label;
    if (step.title.empty()) step.title = step.run.substr(0, step.run.find('\n'));
    step.phase = cut.looks ? Phase::watch : Phase::recover;
    if (cut.stops) step.on_failure = OnFailure::stop;
    step.place = {piece_.file, piece_.first_line + cut.line - 1};
    step.filled_in = !fill.empty();
    if (step.filled_in) procedure_.runbook.steps.push_back(filling(step.place, open, fill));
    procedure_.runbook.steps.push_back(std::move(step));
  }

  /// What finds all of them out; empty when there is one that nothing tells.
  std::string fill_all(const std::vector<const Placeholder*>& open,
                       std::string_view statement) const {
    std::string all;
    // A namespace first: others are looked for in it.
    for (const bool place : {true, false})
      for (const Placeholder* each : open) {
        const std::string fill = in_quoted_document(each->begin)
                                     ? std::string()
                                     : fill_command(*each, piece_.text, statement);
        if (fill.empty()) return {};
        const bool is_place = fill.find("kubectl get pods -A ") != std::string::npos;
        if (is_place != place || all.find(fill) != std::string::npos) continue;
        all += (all.empty() ? "" : "\n") + fill;
      }
    return all;
  }

  static Step filling(const SourcePlace& place, const std::vector<const Placeholder*>& open,
                      const std::string& fill) {
    Step step;
    step.filled_in = true;
    for (const Placeholder* each : open)
      if (step.title.find(each->written) == std::string::npos)
        step.title += (step.title.empty() ? "Fill in " : ", ") + each->written;
    step.run = fill;
    step.phase = Phase::watch;
    step.place = place;
    return step;
  }

  std::string filled(const Cut& cut, const std::vector<const Placeholder*>& open) const {
    std::string out;
    std::size_t at = cut.begin;
    for (const Placeholder* each : open) {
      out += piece_.text.substr(at, each->begin - at);
      const bool quoted =
          std::any_of(syntax_.quoted.begin(), syntax_.quoted.end(),
                      [&](const Quoted& q) { return q.begin < each->begin && each->end < q.end; });
      out += quoted ? "'\"${" + each->name + "}\"'" : "${" + each->name + "}";
      at = each->end;
    }
    return out += piece_.text.substr(at, cut.end - at);
  }

  /// Below <<'EOF' nothing is expanded.
  bool in_quoted_document(std::size_t at) const {
    return std::any_of(syntax_.documents.begin(), syntax_.documents.end(),
                       [&](const Quoted& q) { return q.begin <= at && at < q.end; });
  }

  const Piece& piece_;
  ShellSyntax syntax_;
  std::vector<Placeholder> placeholders_;
  std::string hidden_;
  Procedure& procedure_;
};

}  // namespace

std::string without_prompts(std::string_view text) {
  if (!text.starts_with("$ ") && text.find("\n$ ") == std::string_view::npos)
    return std::string(text);
  std::string out;
  bool goes_on = false;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(text.size(), end + 1));
    const bool command = line.starts_with("$ ");
    if (command) line.remove_prefix(2);
    if (command || goes_on) out += line;
    goes_on = (command || goes_on) && line.ends_with('\\');
    out += '\n';
  }
  return out;
}

bool add_steps(const Piece& piece, const SyntaxSource& syntax_of, Procedure& procedure,
               std::vector<ImportNotice>& notices) {
  // A file that is a script as it stands has nothing to fill in.
  std::vector<Placeholder> open;
  ShellSyntax syntax;
  if (piece.whole_file) syntax = syntax_of(std::string(piece.text));
  if (!piece.whole_file || (!syntax.error.empty() && !syntax.out_of_bounds))
    open = find_placeholders(piece.text);
  if (!piece.whole_file || !open.empty()) {
    ShellSyntax second = syntax_of(hidden(piece.text, open));
    if (syntax.error.empty() || second.error.empty()) syntax = std::move(second);
  }
  if (!syntax.error.empty()) {
    notices.push_back(
        {ImportNotice::Kind::not_read,
         (syntax.out_of_bounds ? "it is not read: " : "this is no shell: ") + syntax.error,
         {piece.file, piece.first_line + syntax.error_line - 1}});
    return false;
  }
  int line = piece.first_line;
  std::size_t at = 0;
  for (const Placeholder& each : open) {
    for (; at < each.begin; ++at) line += piece.text[at] == '\n' ? 1 : 0;
    notices.push_back({ImportNotice::Kind::placeholder, each.written, {piece.file, line}});
  }
  Steps(piece, std::move(syntax), std::move(open), procedure).make();
  return true;
}

void add_manual(std::string_view words, SourcePlace place, Procedure& procedure) {
  Step step;
  step.title = words;
  step.place = std::move(place);
  procedure.runbook.steps.push_back(std::move(step));
}

}  // namespace drdrill::procedures
