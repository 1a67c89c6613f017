#include "sim/audit/walk.hpp"

#include <algorithm>
#include <cctype>

#include "sim/audit/endless.hpp"

namespace drdrill::audit {
namespace {

using Values = std::map<std::string, std::string, std::less<>>;

constexpr std::size_t longest_value = std::size_t{64} << 10;  // what is longer is not known
constexpr int deepest_shell = 8;                              // bash -c in bash -c in …

/// Walks the tree of one step.
class Walk {
 public:
  Walk(Look& look, std::size_t procedure, std::size_t step, SourcePlace place, Values& values)
      : look_(look),
        procedure_(procedure),
        step_(step),
        place_(std::move(place)),
        values_(values) {}

  void list(const shell::List& list) {
    for (std::size_t i = 0; i < list.items.size(); ++i) {
      const auto& commands = list.items[i].pipeline.commands;
      const bool before = hangs_;
      hangs_ = hangs_ || list.items[i].joint != shell::ListItem::Joint::always;
      for (std::size_t k = 0; k < commands.size(); ++k) {
        piped_ = k + 1 < commands.size();
        if (is_endless(commands[k]) && !background_)
          look_.endless.push_back(
              {procedure_, step_, at(commands[k].line), i + 1 < list.items.size(), in_function_});
        command(commands[k]);
      }
      hangs_ = before;
    }
    piped_ = false;
  }

  std::string pod, context;

 private:
  SourcePlace at(int line) const {
    const bool one_line = look_.procedures[procedure_].one_line;
    return {place_.file, one_line ? place_.line : place_.line + line - 1};
  }

  void command(const shell::Command& c) {
    line_ = c.line;
    using Kind = shell::Command::Kind;
    if (c.kind == Kind::simple) return simple(c);
    if (c.kind == Kind::function) look_.functions.emplace(procedure_, c.name);
    // What stands behind a case in a function is the function's affair.
    if (c.kind == Kind::case_of && !in_function_)
      look_.cases.push_back({&c.case_of, procedure_, at(c.line), false});
    if (c.kind == Kind::for_loop) {
      for (const shell::Word& word : c.for_loop.words) uses(word);
      std::string first = c.for_loop.words.empty() ? "?" : expand(c.for_loop.words.front());
      if (first == "?")
        for (const shell::Part& part : c.for_loop.words.front())
          if (const auto array = values_.find(part.text);
              part.kind == shell::Part::Kind::variable && array != values_.end())
            first = array->second.substr(0, array->second.find(' '));
      values_[c.for_loop.variable] = first.empty() || first[0] == '{' ? "?" : first;
      look_.assigned.push_back({c.for_loop.variable, "?", procedure_, at(c.line), false});
      loops_.push_back(c.for_loop.variable);
    }
    for (const auto& part : {c.for_loop.body, c.if_then.condition, c.if_then.then,
                             c.if_then.otherwise, c.while_loop.condition, c.while_loop.body})
      if (part) list(*part);
    for (const shell::Part& part : c.case_of.subject) use(part, "");
    for (const auto& arm : c.case_of.arms)
      if (arm.body) list(*arm.body);
    if (c.kind == Kind::count_loop) counts(c.count, at(c.line));
    const bool before = background_;
    background_ = background_ || c.kind == Kind::background;
    const bool within = in_function_;
    in_function_ = in_function_ || c.kind == Kind::function;
    if (c.group) list(*c.group);
    in_function_ = within;
    background_ = before;
    if (c.kind == Kind::for_loop) loops_.pop_back();
  }

  void simple(const shell::Command& c) {
    // PGPASSWORD=x psql …
    for (const shell::Assignment& a : c.simple.assignments)
      assign(a, at(c.line), !c.simple.words.empty());
    for (const shell::Assignment& a : c.simple.declared) assign(a, at(c.line), false);
    if (c.simple.words.empty()) return;
    constexpr std::string_view prepares =
        "set shopt readonly export declare typeset local return source . : true test [ [[ umask";
    if (!in_function_ && !lists(prepares, expand(c.simple.words.front())))
      look_.acting.insert(procedure_);
    Call call;
    call.procedure = procedure_;
    call.step = step_;
    call.place = at(c.line);
    call.pod = pod;
    call.context = context;
    call.loops = loops_;
    call.background = background_;
    call.hangs = hangs_;
    call.piped = piped_;
    call.substituted = substituted_;
    call.in_function = in_function_;
    for (const shell::Word& word : c.simple.words) {
      uses(word);
      call.argv.push_back(expand(word));
      call.raw.push_back(raw(word));
      call.words.push_back(&word);
      name_read(call);
    }
    for (const shell::Redirect& redirect : c.redirects) {
      uses(redirect.target);
      using Kind = shell::Redirect::Kind;
      const bool writes = redirect.kind == Kind::write || redirect.kind == Kind::append;
      // What goes to a device, or is only what went wrong, is no file that anybody wanted.
      if (writes && (redirect.both || redirect.stream == 1) &&
          !raw(redirect.target).starts_with("/dev/")) {
        call.targets.push_back(expand(redirect.target));
        call.raw_targets.push_back(raw(redirect.target));
      }
      if (redirect.document) {
        uses(*redirect.document);
        call.document = expand(*redirect.document);
      }
    }
    look_.calls.push_back(call);
    inner(call);
  }

  void assign(const shell::Assignment& a, const SourcePlace& where, bool exported) {
    uses(a.value);
    uses(a.subscript);
    std::string value = expand(a.value);
    for (const shell::Word& element : a.elements) {
      uses(element);
      value += (value.empty() ? "" : " ") + expand(element);
    }
    values_[a.name] = value;
    look_.assigned.push_back({a.name, value, procedure_, where, exported});
  }

  /// for ((i = 0, j = 9; …)) gives names, too.
  void counts(const shell::Count& count, const SourcePlace& where) {
    for (const shell::Word* word : {&count.init, &count.condition, &count.step}) uses(*word);
    std::string name;
    for (const shell::Part& part : count.init)
      for (const char c : part.text) {
        if (std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_') {
          name += c;
        } else if (c == '=' && !name.empty()) {
          values_[name] = "?";
          look_.assigned.push_back({name, "?", procedure_, where, false});
          name.clear();
        } else if (c != ' ') {
          name.clear();
        }
      }
  }

  /// read, mapfile, export and the like give names.
  void name_read(const Call& call) {
    const std::string& first = call.argv.front();
    if (call.argv.size() < 2) return;
    const std::string& word = call.argv.back();
    const std::size_t equals = word.find('=');
    const bool declares = first == "export" || first == "local" || first == "declare" ||
                          first == "readonly" || first == "typeset";
    const bool reads = first == "read" || first == "mapfile" || first == "readarray" ||
                       (first == "getopts" && call.argv.size() == 3) ||
                       (first == "printf" && call.argv[1] == "-v" && call.argv.size() == 3);
    if (reads || declares) {
      const std::string name = word.substr(0, equals);
      const bool is_name =
          !name.empty() && std::all_of(name.begin(), name.end(), [](unsigned char ch) {
            return std::isalnum(ch) != 0 || ch == '_';
          });
      if (!is_name) return;
      if (equals != std::string::npos) values_[name] = word.substr(equals + 1);
      look_.assigned.push_back({name, equals == std::string::npos ? "?" : word.substr(equals + 1),
                                procedure_, call.place, first == "export"});
    }
  }

  /// What kubectl exec and `bash -c` run.
  void inner(const Call& call) {
    Call made = call;
    if (call.program() == "kubectl" && call.has("exec")) {
      const auto dashes = std::find(call.argv.begin(), call.argv.end(), "--");
      if (dashes == call.argv.end() || dashes + 1 == call.argv.end()) return;
      const auto verb = std::find(call.argv.begin(), dashes, "exec");
      const auto skip = static_cast<std::ptrdiff_t>(dashes - call.argv.begin()) + 1;
      made.pod.clear();
      for (auto word = verb + 1; word != dashes; ++word) {
        if (word->starts_with("-")) {
          const bool takes = *word == "-n" || *word == "-c" || *word == "--namespace" ||
                             *word == "--container" || *word == "--context";
          if (takes && word + 1 != dashes) ++word;
        } else if (made.pod.empty()) {
          made.pod = *word;
        }
      }
      made.pod = made.pod.substr(made.pod.rfind('/') + 1);
      made.context = call.option("--context", "--context");
      made.argv.assign(call.argv.begin() + skip, call.argv.end());
      made.raw.assign(call.raw.begin() + skip, call.raw.end());
      made.words.assign(
          call.words.begin() +
              std::min<std::ptrdiff_t>(skip, static_cast<std::ptrdiff_t>(call.words.size())),
          call.words.end());
      look_.calls.push_back(made);
    }
    const bool shell = made.program() == "bash" || made.program() == "sh";
    if (!shell || made.argv.size() < 3 || made.argv[1] != "-c") return;
    // A text that starts itself again, or very many of them, would not end.
    if (depth_ >= deepest_shell || made.argv[2].size() > look_.inner_left) return;
    look_.inner_left -= made.argv[2].size();
    const shell::Parsed parsed = shell::parse(made.argv[2]);
    if (!parsed.list) return;
    look_.trees.push_back(parsed.list);
    Walk walk(look_, procedure_, step_, call.place, values_);
    walk.pod = made.pod;
    walk.context = made.context;
    walk.loops_ = loops_;
    walk.depth_ = depth_ + 1;
    walk.list(*parsed.list);
  }

  void uses(const shell::Word& word) {
    for (std::size_t i = 0; i < word.size(); ++i) {
      std::string behind;
      if (i + 1 < word.size())
        behind = word[i + 1].kind == shell::Part::Kind::variable ? "$" + word[i + 1].text
                                                                 : word[i + 1].text.substr(0, 1);
      use(word[i], behind);
    }
  }
  void use(const shell::Part& part, const std::string& behind) {
    using Operation = shell::Part::Operation;
    if (part.kind == shell::Part::Kind::variable)
      look_.uses.push_back({part.text, procedure_, at(line_),
                            part.operation == Operation::use_default ||
                                part.operation == Operation::assign_default ||
                                part.operation == Operation::use_other ||
                                part.operation == Operation::require,
                            behind});
    uses(part.subscript);
    uses(part.argument);
    uses(part.second);
    if (!part.list) return;
    const bool before = substituted_;
    substituted_ = true;
    const int line = line_;
    list(*part.list);
    line_ = line;
    substituted_ = before;
  }

  std::string expand(const shell::Word& word) const {
    std::string text;
    for (const shell::Part& part : word) {
      if (part.kind == shell::Part::Kind::literal) {
        text += part.text;
        continue;
      }
      const auto known = part.kind == shell::Part::Kind::variable && part.index.empty() &&
                                 part.operation == shell::Part::Operation::none
                             ? values_.find(part.text)
                             : values_.end();
      text += known == values_.end() ? "?" : affordable(known->second, text.size());
    }
    return text;
  }
  /// A few lines can double a value until no memory holds it: what grows too long is not known.
  std::string_view affordable(const std::string& value, std::size_t before) const {
    if (before + value.size() > longest_value || value.size() > look_.text_left) return "?";
    look_.text_left -= value.size();
    return value;
  }
  /// The variables that a $( ) uses, as raw() writes them.
  static std::string named_in(const shell::Part& part) {
    std::string text;
    if (part.list)
      for (const shell::ListItem& item : part.list->items)
        for (const shell::Command& command : item.pipeline.commands)
          for (const shell::Word& word : command.simple.words) text += raw(word);
    return text;
  }
  static std::string raw(const shell::Word& word) {
    std::string text;
    for (const shell::Part& part : word)
      text += part.kind == shell::Part::Kind::literal    ? part.text
              : part.kind == shell::Part::Kind::variable ? "$" + part.text + " "
                                                         : "$()" + named_in(part);
    return text;
  }

  Look& look_;
  std::size_t procedure_;
  std::size_t step_;
  SourcePlace place_;
  Values& values_;
  std::vector<std::string> loops_;
  bool piped_ = false;
  bool background_ = false;
  bool hangs_ = false;
  bool in_function_ = false;
  bool substituted_ = false;
  int line_ = 1;
  int depth_ = 0;  ///< of `bash -c`
};

}  // namespace

void walk(Look& look, std::size_t procedure) {
  Values values;
  const Followed& followed = look.procedures[procedure];
  if (followed.container)
    for (const kube::EnvVar& variable : followed.container->env)
      if (variable.from.empty()) values[variable.name] = variable.value;
  const Runbook& runbook = followed.procedure->runbook;
  for (std::size_t i = 0; i < runbook.steps.size(); ++i) {
    if (runbook.steps[i].run.empty()) continue;
    const shell::Parsed parsed = shell::parse(without_placeholders(runbook.steps[i].run));
    if (!parsed.list) {
      // Of documents and scripts the importer has said so.
      if (followed.of_manifest)
        look.unread.push_back({runbook.steps[i].place,
                               "the shell of " + followed.procedure->script +
                                   " is not understood here (" + parsed.error->message +
                                   "), so nothing in it was looked at",
                               Severity::note});
      continue;
    }
    look.trees.push_back(parsed.list);
    const std::size_t cases_before = look.cases.size();
    Walk(look, procedure, i, runbook.steps[i].place, values).list(*parsed.list);
    for (std::size_t c = cases_before; c < look.cases.size(); ++c)
      look.cases[c].more_follows = i + 1 < runbook.steps.size();
  }
}

}  // namespace drdrill::audit
