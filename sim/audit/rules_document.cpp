#include <algorithm>
#include <array>
#include <utility>

#include "sim/audit/checks.hpp"
#include "sim/audit/look.hpp"

/// What documents say in words: lists to tick off, and whom to call.
namespace drdrill::audit {
namespace {

/// "+62-812-3456-7890": eight digits in the order of the keys are nobody's number.
bool is_made_up(std::string_view text) {
  int ascending = 1, same = 1, digits = 0;
  char before = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') {
      if (std::string_view("-. ()+").find(c) == std::string_view::npos)
        ascending = same = digits = 0, before = 0;
      continue;
    }
    ++digits;
    ascending = before != 0 && c == (before == '9' ? '0' : before + 1) ? ascending + 1 : 1;
    same = before == c ? same + 1 : 1;
    before = c;
    if (ascending >= 8 || (same >= 6 && digits >= 7)) return true;
  }
  return contains(text, "555-01") || contains(lower(text), "xxx-xxx");
}

/// A host of an address that is nobody's: the reserved names, and what templates have.
bool is_template_host(const std::string& host) {
  for (const std::string_view start :
       {"example.", "company.", "yourcompany", "your-", "yourdomain", "domain."})
    if (host.starts_with(start)) return true;
  return host.starts_with("dns-provider.") || host.ends_with(".example");
}

std::string host_of(std::string_view text) {
  const std::size_t at = text.find('@');
  if (at == std::string_view::npos || at == 0) return {};
  const std::size_t end = text.find_first_of(" ,;)>|`'\"]", at);
  return lower(text.substr(at + 1, end == std::string_view::npos ? end : end - at - 1));
}

/// Much that is written is about other things.
bool is_about_recovery(const Look& look, const std::string& file) {
  return std::any_of(look.procedures.begin(), look.procedures.end(), [&](const Followed& f) {
    return f.file == file &&
           (f.purpose == Followed::Purpose::recovery || f.purpose == Followed::Purpose::backup ||
            f.purpose == Followed::Purpose::drill);
  });
}

/// Does a line before it, in the same block, start a client that takes what is pasted next?
bool is_typed_into_client(const Look& look, const SourcePlace& place) {
  for (const DocumentText& document : look.input.texts) {
    if (document.file != place.file) continue;
    std::string_view rest = document.text;
    bool client = false;
    for (int line = 1; line < place.line && !rest.empty(); ++line) {
      const std::string_view text = rest.substr(0, rest.find('\n'));
      rest.remove_prefix(std::min(rest.size(), text.size() + 1));
      if (contains(text, "```")) client = false;
      const std::string words = " " + std::string(text) + " ";
      for (const std::string_view name :
           {" psql ", " mysql ", " mongosh ", " mongo ", " redis-cli ", " sqlite3 ", " gdb "}) {
        if (!contains(words, name)) continue;
        client = true;
        for (const std::string_view given : {" -c ", " --command", " -f ", " -e ", "<", "|"})
          client = client && !contains(words, given);
      }
    }
    return client;
  }
  return false;
}

}  // namespace

/// What stands in a block of shell and is none.
void check_syntax(Look& look) {
  for (const ProcedureDocument& document : look.input.documents)
    for (const ImportNotice& notice : document.notices) {
      if (!is_about_recovery(look, document.file) || notice.kind != ImportNotice::Kind::not_read)
        continue;
      if (contains(notice.text, "this is no shell") && !is_typed_into_client(look, notice.place))
        look.report(notice.place, notice.text);
      else if (notice.text.starts_with("it is not read: "))
        look.report_as("not-read", notice.place, notice.text);
    }
}

void check_unread(Look& look) {
  for (const std::vector<Unread>* list : {&look.input.unread, &std::as_const(look.unread)})
    for (const Unread& unread : *list) {
      look.report(unread.place, unread.why);
      look.found.back().severity = unread.severity;
    }
}

/// What a process does not read says nothing of what it does.
void check_not_in_force(Look& look) {
  for (const Unread& each : look.input.not_in_force) look.report(each.place, each.why);
}
void check_refused(Look& look) {
  for (const Unread& each : look.input.refused) look.report(each.place, each.why);
}
void check_not_expanded(Look& look) {
  for (const Unread& each : look.input.not_expanded) look.report(each.place, each.why);
}

void check_checklists(Look& look) {
  for (const ProcedureDocument& document : look.input.documents)
    for (const WrittenChecklist& list : document.checklists) {
      if (list.measured * 2 > list.items || list.items < 2) continue;
      look.report(list.place, std::to_string(list.items - list.measured) + " of the " +
                                  std::to_string(list.items) + " items of \"" + list.heading +
                                  "\" name neither a command nor a number: whether one is true is "
                                  "anybody's opinion");
    }
}

void check_contacts(Look& look) {
  for (const ProcedureDocument& document : look.input.documents)
    for (const WrittenContact& contact : document.contacts) {
      const std::string host = host_of(contact.text);
      const std::string low = lower(contact.text);
      std::string why;
      if (is_made_up(contact.text))
        why = "is a number that nobody has: its digits stand as on the keys, or are still to come";
      else if (is_template_host(host))
        why = "names " + host + ", which is a place-holder and no provider";
      else if (contains(low, "support") && (contains(low, "security@") || contains(low, "abuse@")))
        why = "is where vulnerabilities and abuse are reported, not where support answers";
      else if (contains(low, "tbd") || contains(low, "todo"))
        why = "is still to be filled in";
      if (!why.empty()) look.report(contact.place, "\"" + contact.text.substr(0, 80) + "\" " + why);
    }
}

}  // namespace drdrill::audit
