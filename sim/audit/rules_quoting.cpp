#include <algorithm>
#include <set>

#include "sim/audit/checks.hpp"
#include "sim/audit/look.hpp"

/// What becomes of values between quotes.
namespace drdrill::audit {
namespace {

/// `date` with no format, which prints words; what others print is not known.
bool prints_blanks(const shell::Part& part) {
  if (!part.list || part.list->items.empty()) return false;
  const auto& commands = part.list->items.front().pipeline.commands;
  return commands.size() == 1 && commands[0].simple.words.size() == 1 &&
         commands[0].simple.words[0].size() == 1 && commands[0].simple.words[0][0].text == "date";
}

/// `X=$2`: what people type has blanks in it.
bool is_argument(const Look& look, std::size_t procedure, const std::string& name) {
  if (name.size() == 1 && name[0] >= '1' && name[0] <= '9') return true;
  for (const Assigned& a : look.assigned)
    if (a.name == name && a.procedure == procedure)
      for (const Use& use : look.uses)
        if (use.procedure == procedure && use.place.line == a.place.line && use.name.size() == 1 &&
            use.name[0] >= '1' && use.name[0] <= '9')
          return true;
  return false;
}

/// What people type has blanks, and so has what `date` prints.
bool may_have_blanks(const Look& look, const Call& call, const shell::Part& part) {
  if (part.kind == shell::Part::Kind::substitute) return prints_blanks(part);
  if (part.kind != shell::Part::Kind::variable || !is_argument(look, call.procedure, part.text))
    return false;
  // What names an object of Kubernetes, or counts them, can have none.
  constexpr std::string_view names =
      "service namespace ns deployment pod node replicas port image tag version env environment";
  if (lists(names, lower(part.text))) return false;
  return std::none_of(look.assigned.begin(), look.assigned.end(), [&](const Assigned& a) {
    return a.name == part.text && a.procedure == call.procedure && !contains(a.value, "?") &&
           !contains(a.value, " ");
  });
}

}  // namespace

/// Splits of unquoted words inside of a quoted text: '…'$X'…'.
void check_splitting(Look& look) {
  for (const Call& call : look.calls) {
    for (const shell::Word* word : call.words) {
      bool quoted = false;
      std::set<std::string> bare;
      for (const shell::Part& part : *word) {
        if (part.kind == shell::Part::Kind::literal && part.quoted && part.text.size() > 4)
          quoted = true;
        if (!part.quoted && may_have_blanks(look, call, part))
          bare.insert(part.kind == shell::Part::Kind::substitute ? "$(date)" : "$" + part.text);
      }
      const bool date_of = call.program() == "date" && !quoted && !bare.empty() &&
                           word->size() == 1 && call.has("-d");
      if (bare.empty() || (!quoted && !date_of)) continue;
      look.report(call.place, joined(bare) + (bare.size() == 1 ? " stands" : " stand") +
                                  " outside of the quotes: a blank in " +
                                  (bare.size() == 1 ? "its value" : "one of their values") +
                                  " (any sentence and any date has one) ends the argument there, "
                                  "and " +
                                  std::string(call.program()) +
                                  " takes the rest for further arguments");
      break;
    }
  }
}

/// "{\"text\": \"$WORDS\"}": what people write has quotation marks in it.
void check_json_text(Look& look) {
  std::set<std::size_t> said;
  for (const Call& call : look.calls) {
    if (call.program() != "curl" || said.count(call.procedure) != 0) continue;
    for (const shell::Word* word : call.words) {
      const bool json = !word->empty() && word->front().text.starts_with("{");
      if (!json) continue;
      for (const shell::Part& part : *word) {
        if (part.kind != shell::Part::Kind::variable || !part.quoted) continue;
        const std::string name = lower(part.text);
        if (!contains(name, "desc") && !contains(name, "message") && !contains(name, "text") &&
            !contains(name, "summary") && !contains(name, "reason"))
          continue;
        said.insert(call.procedure);
        look.report(call.place, "$" + part.text +
                                    " is put into JSON as it is: a quotation mark or a new line in "
                                    "it makes the request invalid");
        break;
      }
    }
  }
}

}  // namespace drdrill::audit
