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

}  // namespace

/// Splits of unquoted words inside of a quoted text: '…'$X'…'.
void check_splitting(Look& look) {
  for (const Call& call : look.calls) {
    for (const shell::Word* word : call.words) {
      bool quoted = false;
      const shell::Part* bare = nullptr;
      for (const shell::Part& part : *word) {
        if (part.kind == shell::Part::Kind::literal && part.quoted && part.text.size() > 4)
          quoted = true;
        const bool expands =
            part.kind == shell::Part::Kind::variable || part.kind == shell::Part::Kind::substitute;
        if (!expands || part.quoted) continue;
        bool literal = false;
        for (const Assigned& a : look.assigned)
          if (a.name == part.text && a.procedure == call.procedure && !contains(a.value, "?") &&
              !contains(a.value, " "))
            literal = true;
        if (part.kind == shell::Part::Kind::substitute && !prints_blanks(part)) literal = true;
        if (part.kind == shell::Part::Kind::variable &&
            !is_argument(look, call.procedure, part.text))
          literal = true;
        if (!literal && (!bare || part.kind == shell::Part::Kind::substitute)) bare = &part;
      }
      const bool date_of =
          call.program() == "date" && !quoted && bare && word->size() == 1 && call.has("-d");
      if (!bare || (!quoted && !date_of)) continue;
      const bool is_date = bare->kind == shell::Part::Kind::substitute;
      look.report(call.place,
                  (is_date ? std::string("$(…)") : "$" + bare->text) +
                      " stands outside of the quotes: a blank in its value (" +
                      (is_date ? "`date` prints five" : "any sentence or time of day has one") +
                      ") ends the argument there, and " + std::string(call.program()) +
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
