#include "tests/drill/shfmt_reading.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "sim/drill/shell_parser.hpp"

namespace drdrill::shell {
namespace {

using Json = nlohmann::json;
using Operation = Part::Operation;

struct Unknown {
  std::string what;
};

std::string run_shfmt(std::string_view text, std::string& error) {
  namespace fs = std::filesystem;
  const fs::path base = fs::temp_directory_path() / ("drdrill-shfmt-" + std::to_string(::getpid()));
  const std::string in = base.string() + ".in", err = base.string() + ".err";
  std::ofstream(in, std::ios::binary) << text;
  const std::string command = "shfmt -ln bash --to-json < '" + in + "' 2> '" + err + "'";
  std::string out;
  if (FILE* pipe = ::popen(command.c_str(), "r")) {
    std::array<char, 65536> buffer{};
    for (std::size_t got = 0; (got = std::fread(buffer.data(), 1, buffer.size(), pipe)) > 0;)
      out.append(buffer.data(), got);
    if (::pclose(pipe) != 0) {
      std::ifstream said(err);
      error.assign(std::istreambuf_iterator<char>(said), {});
      if (error.empty()) error = "shfmt failed";
    }
  }
  fs::remove(in);
  fs::remove(err);
  return out;
}

/// The numbers that this shfmt has for operators, learnt by asking it.
class Codes {
 public:
  Codes() {
    constexpr std::array<std::string_view, 16> operations{
        "-", ":-", "=", ":=", "?", ":?", "+", ":+", "#", "##", "%", "%%", "^", "^^", ",", ",,"};
    std::string script, error;
    for (const std::string_view o : operations) script += "${x" + std::string(o) + "y}\n";
    const Json statements = Json::parse(run_shfmt(script + "${x@Q}\n", error))["Stmts"];
    const auto code = [&](std::size_t i) {
      return statements[i]["Cmd"]["Args"][0]["Parts"][0]["Exp"]["Op"].get<int>();
    };
    for (std::size_t i = 0; i < operations.size(); ++i) operations_[code(i)] = operations[i];
    operations_[code(operations.size())] = "@";
    const Json joints = Json::parse(run_shfmt("a && b\na || b\na | b\na |& b\n", error))["Stmts"];
    constexpr std::array<std::string_view, 4> names{"&&", "||", "|", "|&"};
    for (std::size_t i = 0; i < names.size(); ++i)
      joints_[joints[i]["Cmd"]["Op"].get<int>()] = names[i];
  }
  std::string operation(int code) const { return operations_.at(code); }
  std::string joint(int code) const { return joints_.at(code); }

 private:
  std::map<int, std::string> operations_, joints_;
};

void add(Word& word, std::string_view text, bool quoted) {
  add_literal(word, text, quoted);
}

class Reader {
 public:
  Reader(std::string_view text, const Codes& codes) : text_(text), codes_(codes) {}

  std::shared_ptr<const List> list(const Json& statements) {
    auto all = std::make_shared<List>();
    if (!statements.is_array()) return all;
    for (const Json& statement : statements) {
      const std::size_t first = all->items.size();
      chain(statement, *all, ListItem::Joint::always);
      if (!flag(statement, "Background")) continue;
      auto inner = std::make_shared<List>();
      std::move(all->items.begin() + static_cast<std::ptrdiff_t>(first), all->items.end(),
                std::back_inserter(inner->items));
      all->items.resize(first);
      Command command;
      command.kind = Command::Kind::background;
      command.group = inner;
      all->items.emplace_back();
      all->items.back().pipeline.commands.push_back(std::move(command));
    }
    return all;
  }

 private:
  /// A member, or null.
  static const Json& in(const Json& json, const char* key) {
    static const Json none;
    if (!json.is_object()) return none;
    const auto found = json.find(key);
    return found == json.end() ? none : *found;
  }
  static std::string text_in(const Json& json, const char* key) {
    const Json& found = in(json, key);
    return found.is_string() ? found.get<std::string>() : std::string();
  }
  static bool flag(const Json& json, const char* key) {
    const Json& found = in(json, key);
    return found.is_boolean() && found.get<bool>();
  }
  static std::string type(const Json& json) { return text_in(json, "Type"); }
  static std::size_t offset(const Json& json, const char* key) {
    return json.at(key).at("Offset").get<std::size_t>();
  }
  std::string source(const Json& json) const {
    const std::size_t begin = offset(json, "Pos"), end = offset(json, "End");
    if (begin > end || end > text_.size()) throw Unknown{"positions"};
    return std::string(text_.substr(begin, end - begin));
  }
  std::string_view from(const Json& json, const char* key) const {
    return text_.substr(std::min(offset(json, key), text_.size()));
  }

  // ---- commands ----

  void chain(const Json& statement, List& all, ListItem::Joint joint) {
    const Json& cmd = in(statement, "Cmd");
    const std::string op =
        type(cmd) == "BinaryCmd" ? codes_.joint(in(cmd, "Op").get<int>()) : std::string();
    if (op == "&&" || op == "||") {
      if (flag(statement, "Negated")) throw Unknown{"a negated chain"};
      chain(in(cmd, "X"), all, joint);
      // What stands on the right may be a chain itself only in brackets.
      all.items.push_back({op == "&&" ? ListItem::Joint::and_then : ListItem::Joint::or_else,
                           pipeline(in(cmd, "Y"))});
      return;
    }
    all.items.push_back({joint, pipeline(statement)});
  }

  Pipeline pipeline(const Json& statement) {
    Pipeline all;
    all.negated = flag(statement, "Negated");
    if (type(in(statement, "Cmd")) == "TimeClause") {
      if (!in(statement, "Cmd").contains("Stmt")) throw Unknown{"time of nothing"};
      Pipeline inner = pipeline(in(in(statement, "Cmd"), "Stmt"));
      inner.negated = inner.negated != all.negated;
      return inner;
    }
    pipe(statement, all);
    return all;
  }

  void pipe(const Json& statement, Pipeline& all) {
    const Json& cmd = in(statement, "Cmd");
    const std::string op =
        type(cmd) == "BinaryCmd" ? codes_.joint(in(cmd, "Op").get<int>()) : std::string();
    if (op != "|" && op != "|&") {
      all.commands.push_back(command(statement));
      return;
    }
    pipe(in(cmd, "X"), all);
    if (op == "|&") {
      Redirect redirect;
      redirect.kind = Redirect::Kind::duplicate;
      redirect.stream = 2;
      add(redirect.target, "1", false);
      all.commands.back().redirects.push_back(std::move(redirect));
    }
    all.commands.push_back(command(in(cmd, "Y")));
  }

  Command command(const Json& statement) {
    Command made;
    if (flag(statement, "Coprocess")) throw Unknown{"coprocess"};
    if (statement.contains("Cmd")) fill(made, in(statement, "Cmd"));
    // Ours keeps the redirections of a function's body with the body.
    std::vector<Redirect>& redirects = made.redirects;
    if (statement.contains("Redirs"))
      for (const Json& redirect : in(statement, "Redirs"))
        redirects.push_back(read_redirect(redirect));
    return made;
  }

  void fill(Command& made, const Json& cmd) {
    using Kind = Command::Kind;
    const std::string what = type(cmd);
    if (what == "CallExpr") {
      call(made.simple, cmd);
    } else if (what == "DeclClause") {
      declare(made.simple, cmd);
    } else if (what == "Subshell" || what == "Block") {
      made.kind = what == "Block" ? Kind::group : Kind::subshell;
      made.group = list(in(cmd, "Stmts"));
    } else if (what == "IfClause") {
      if_then(made, cmd);
    } else if (what == "WhileClause") {
      made.kind = Kind::while_loop;
      made.while_loop = {list(in(cmd, "Cond")), list(in(cmd, "Do")), flag(cmd, "Until")};
    } else if (what == "ForClause") {
      loop(made, cmd);
    } else if (what == "CaseClause") {
      case_of(made, cmd);
    } else if (what == "FuncDecl") {
      made.kind = Kind::function;
      made.name = text_in(in(cmd, "Name"), "Value");
      auto body = std::make_shared<List>();
      body->items.emplace_back();
      body->items.back().pipeline.commands.push_back(command(in(cmd, "Body")));
      made.group = body;
    } else if (what == "ArithmCmd") {
      made.simple.whole_words = true;
      made.simple.words.emplace_back();
      add(made.simple.words.back(), "((", false);
      Part part;
      part.kind = Part::Kind::arithmetic;
      part.quoted = true;
      part.argument = expression(in(cmd, "X"));
      made.simple.words.push_back({part});
    } else if (what == "TestClause") {
      made.simple.whole_words = true;
      for (const char* mark : {"[[", "]]"}) {
        made.simple.words.emplace_back();
        add(made.simple.words.back(), mark, false);
        if (mark[0] == '[') test(made.simple, in(cmd, "X"));
      }
    } else if (what == "LetClause") {
      throw Unknown{"let"};
    } else {
      throw Unknown{what};
    }
  }

  void call(Simple& made, const Json& cmd) {
    for (const Json& each : in(cmd, "Assigns")) made.assignments.push_back(assignment(each));
    for (const Json& each : in(cmd, "Args")) expand_into(word(each, false), made.words);
    if (!made.words.empty()) {
      static constexpr std::array<std::string_view, 5> declaring{"export", "local", "readonly",
                                                                 "declare", "typeset"};
      for (const auto name : declaring)
        if (is_plain(made.words[0], name))
          throw Unknown{"a declaration that is quoted or prefixed"};
    }
  }

  void declare(Simple& made, const Json& cmd) {
    made.whole_words = true;
    const std::string variant = text_in(in(cmd, "Variant"), "Value");
    if (variant == "nameref") throw Unknown{variant};
    made.words.emplace_back();
    add(made.words.back(), variant, false);
    for (const Json& each : in(cmd, "Args")) {
      if (each.contains("Array") || each.contains("Index")) {
        made.declared.push_back(assignment(each));
        continue;
      }
      Word all;
      if (each.contains("Name")) {
        add(all, text_in(in(each, "Name"), "Value"), false);
        if (!flag(each, "Naked")) add(all, flag(each, "Append") ? "+=" : "=", false);
      }
      if (each.contains("Value")) join(all, word(in(each, "Value"), false));
      made.words.push_back(std::move(all));
    }
  }

  Assignment assignment(const Json& json) {
    Assignment made;
    if (flag(json, "Naked")) throw Unknown{"an assignment without ="};
    made.name = text_in(in(json, "Name"), "Value");
    made.append = flag(json, "Append");
    if (json.contains("Index")) made.index = source(in(json, "Index"));
    if (json.contains("Value")) made.value = word(in(json, "Value"), false);
    if (!json.contains("Array")) return made;
    made.array = true;
    for (const Json& element : in(in(json, "Array"), "Elems")) {
      if (element.contains("Index")) {
        made.elements.push_back(element.contains("Value") ? word(in(element, "Value"), false)
                                                          : Word());
        made.subscripts.resize(made.elements.size());
        add(made.subscripts.back(), source(in(element, "Index")), true);
      } else {
        expand_into(word(in(element, "Value"), false), made.elements);
      }
    }
    made.subscripts.resize(made.elements.size());
    return made;
  }

  Redirect read_redirect(const Json& json) {
    Redirect made;
    std::string_view op = from(json, "OpPos");
    const auto take = [&](std::string_view sign) {
      if (!op.starts_with(sign)) return false;
      op.remove_prefix(sign.size());
      return true;
    };
    bool input = false;
    if (take("&>>")) {
      made.kind = Redirect::Kind::append;
      made.both = true;
    } else if (take("&>")) {
      made.both = true;
    } else if (take("<<<")) {
      made.kind = Redirect::Kind::text;
      input = true;
    } else if (take("<<")) {
      made.kind = Redirect::Kind::document;
      input = true;
    } else if (take("<>")) {
      throw Unknown{"<>"};
    } else if (take("<&") || take(">&")) {
      made.kind = Redirect::Kind::duplicate;
      input = in(json, "Op").get<int>() != 0 && from(json, "OpPos").starts_with("<");
    } else if (take("<")) {
      made.kind = Redirect::Kind::read;
      input = true;
    } else if (take(">>")) {
      made.kind = Redirect::Kind::append;
    } else if (take(">|")) {
      made.force = true;
    } else if (!take(">")) {
      throw Unknown{"a redirection"};
    }
    made.stream = input ? 0 : 1;
    bool numbered = false;
    if (json.contains("N")) {
      const std::string number = text_in(in(json, "N"), "Value");
      if (number.find_first_not_of("0123456789") != std::string::npos) throw Unknown{"{name}>"};
      if (number.size() > 3) throw Unknown{"a large stream"};
      made.stream = std::stoi(number);
      numbered = true;
    }
    if (made.kind == Redirect::Kind::document) {
      const Word delimiter = word(in(json, "Word"), false);
      const bool quoted = std::any_of(delimiter.begin(), delimiter.end(),
                                      [](const Part& part) { return part.quoted; });
      auto document = std::make_shared<Word>();
      const bool cut_tabs = from(json, "OpPos").starts_with("<<-");
      if (json.contains("Hdoc")) *document = here_document(in(json, "Hdoc"), quoted, cut_tabs);
      made.document = document;
      return made;
    }
    made.target = word(in(json, "Word"), false);
    if (made.kind == Redirect::Kind::duplicate && !made.target.empty()) {
      const Part& first = made.target[0];
      const bool plain = first.kind == Part::Kind::literal;
      const bool file = plain && first.text != "-" &&
                        first.text.find_first_not_of("0123456789") != std::string::npos;
      if (file && (input || numbered)) throw Unknown{"a file as a stream"};
      if (file && first.text.ends_with('-')) throw Unknown{"a moved stream"};
      if (file) {
        made.kind = Redirect::Kind::write;
        made.both = true;
      }
    }
    return made;
  }

  void if_then(Command& made, const Json& cmd) {
    made.kind = Command::Kind::if_then;
    made.if_then.condition = list(in(cmd, "Cond"));
    made.if_then.then = list(in(cmd, "Then"));
    if (!cmd.contains("Else")) return;
    const Json& other = in(cmd, "Else");
    if (!other.contains("Cond")) {
      made.if_then.otherwise = list(in(other, "Then"));
      return;
    }
    auto otherwise = std::make_shared<List>();
    otherwise->items.emplace_back();
    otherwise->items.back().pipeline.commands.emplace_back();
    if_then(otherwise->items.back().pipeline.commands.back(), other);
    made.if_then.otherwise = otherwise;
  }

  void loop(Command& made, const Json& cmd) {
    if (flag(cmd, "Select")) throw Unknown{"select"};
    const Json& how = in(cmd, "Loop");
    if (type(how) == "CStyleLoop") {
      made.kind = Command::Kind::count_loop;
      made.count.init = expression(in(how, "Init"));
      made.count.condition = expression(in(how, "Cond"));
      made.count.step = expression(in(how, "Post"));
      made.group = list(in(cmd, "Do"));
      return;
    }
    made.kind = Command::Kind::for_loop;
    made.for_loop.variable = text_in(in(how, "Name"), "Value");
    made.for_loop.body = list(in(cmd, "Do"));
    if (how.contains("InPos") && in(in(how, "InPos"), "Line").get<int>() > 0) {
      for (const Json& each : in(how, "Items")) expand_into(word(each, false), made.for_loop.words);
      return;
    }
    Part all;
    all.kind = Part::Kind::variable;
    all.quoted = true;
    all.text = "@";
    made.for_loop.words.push_back({all});
  }

  void case_of(Command& made, const Json& cmd) {
    made.kind = Command::Kind::case_of;
    made.case_of.subject = word(in(cmd, "Word"), false);
    for (const Json& item : in(cmd, "Items")) {
      Case::Arm arm;
      for (const Json& pattern : in(item, "Patterns")) arm.patterns.push_back(word(pattern, false));
      arm.body = list(in(item, "Stmts"));
      const std::string_view end = from(item, "OpPos");
      arm.end = end.starts_with(";;&")  ? Case::End::look_on
                : end.starts_with(";&") ? Case::End::fall_through
                                        : Case::End::leave;
      made.case_of.arms.push_back(std::move(arm));
    }
  }

  /// A condition is its words, as they stand in the text.
  void test(Simple& made, const Json& x) {
    const auto plain = [&](std::string_view text) {
      made.words.emplace_back();
      add(made.words.back(), text, false);
    };
    const std::string what = type(x);
    if (what == "Word") {
      made.words.push_back(word(x, false));
    } else if (what == "ParenTest") {
      plain("(");
      test(made, in(x, "X"));
      plain(")");
    } else if (what == "UnaryTest") {
      plain(operator_between(offset(x, "Pos"), offset(in(x, "X"), "Pos")));
      test(made, in(x, "X"));
    } else if (what == "BinaryTest") {
      test(made, in(x, "X"));
      plain(operator_between(offset(in(x, "X"), "End"), offset(in(x, "Y"), "Pos")));
      test(made, in(x, "Y"));
    } else {
      throw Unknown{what};
    }
  }

  std::string operator_between(std::size_t begin, std::size_t end) const {
    if (begin > end || end > text_.size()) throw Unknown{"positions"};
    std::string found;
    for (const char c : text_.substr(begin, end - begin))
      if (std::isspace(static_cast<unsigned char>(c)) == 0 && c != '\\') found += c;
    return found;
  }

  // ---- words ----

  static void join(Word& word, const Word& more) {
    for (const Part& part : more) {
      if (part.kind == Part::Kind::literal)
        add(word, part.text, part.quoted);
      else
        word.push_back(part);
    }
  }

  static void expand_into(Word word, std::vector<Word>& out) {
    constexpr std::size_t most = 10000;
    if (!expand_braces(std::move(word), out, most)) throw Unknown{"many words"};
  }

  Word word(const Json& json, bool quoted) {
    Word out;
    for (const Json& each : in(json, "Parts")) part(out, each, quoted);
    return out;
  }

  void part(Word& out, const Json& json, bool quoted) {
    const std::string what = type(json);
    if (what == "Lit") {
      literal(out, text_in(json, "Value"), quoted, "$`\"\\");
    } else if (what == "SglQuoted") {
      const std::string value = text_in(json, "Value");
      if (!flag(json, "Dollar")) return add(out, value, true);
      const Parsed parsed = parse("$'" + value + "'");
      if (!parsed.list) throw Unknown{"an escape"};
      add(out, parsed.list->items[0].pipeline.commands[0].simple.words[0][0].text, true);
    } else if (what == "DblQuoted") {
      const std::size_t before = out.size();
      const Json& parts = in(json, "Parts");
      if (parts.empty()) add(out, "", true);
      for (const Json& each : parts) part(out, each, true);
      (void)before;
    } else if (what == "ParamExp") {
      out.push_back(parameter(json, quoted));
    } else if (what == "CmdSubst") {
      if (flag(json, "TempFile") || flag(json, "ReplyVar")) throw Unknown{what};
      Part made;
      made.kind = Part::Kind::substitute;
      made.quoted = quoted;
      made.list = list(in(json, "Stmts"));
      out.push_back(std::move(made));
    } else if (what == "ArithmExp") {
      if (flag(json, "Bracket")) throw Unknown{"$[ ]"};
      Part made;
      made.kind = Part::Kind::arithmetic;
      made.quoted = quoted;
      made.argument = expression(in(json, "X"));
      out.push_back(std::move(made));
    } else if (what == "ProcSubst") {
      Part made;
      made.kind = Part::Kind::process;
      made.text = std::string(from(json, "Pos").substr(0, 1));
      made.list = list(in(json, "Stmts"));
      out.push_back(std::move(made));
    } else {
      throw Unknown{what};
    }
  }

  /// A literal as it stands in the text, with its backslashes.
  static void literal(Word& out, const std::string& value, bool quoted,
                      std::string_view escapable) {
    for (std::size_t i = 0; i < value.size(); ++i) {
      if (value[i] != '\\' || i + 1 == value.size()) {
        add(out, value.substr(i, 1), quoted || value[i] == '\\');
        continue;
      }
      const char next = value[++i];
      if (next == '\n') continue;
      if (!quoted)
        add(out, std::string(1, next), true);
      else if (escapable.find(next) != std::string_view::npos)
        add(out, std::string(1, next), true);
      else
        add(out, std::string{'\\', next}, true);
    }
    if (value.empty()) add(out, "", quoted);
  }

  Word here_document(const Json& json, bool quoted, bool cut_tabs) {
    Word out;
    for (const Json& each : in(json, "Parts")) {
      if (type(each) != "Lit") {
        part(out, each, true);
        continue;
      }
      std::string value = text_in(each, "Value");
      if (cut_tabs) value = without_tabs(value, out.empty());
      if (quoted)
        add(out, value, true);
      else
        literal(out, value, true, "$`\\");
    }
    return out;
  }

  /// <<- takes the tabs away that lines begin with.
  static std::string without_tabs(const std::string& text, bool begins_line) {
    std::string out;
    for (const char c : text) {
      if (begins_line && c == '\t') continue;
      begins_line = c == '\n';
      out += c;
    }
    return out;
  }

  Part parameter(const Json& json, bool quoted) {
    Part made;
    made.kind = Part::Kind::variable;
    made.quoted = quoted;
    made.text = text_in(in(json, "Param"), "Value");
    if (flag(json, "Width")) throw Unknown{"${%}"};
    if (flag(json, "Length")) made.operation = Operation::length;
    if (json.contains("Index")) made.index = source(in(json, "Index"));
    if (flag(json, "Excl")) {
      made.indirect = true;
      if (made.index == "@" || made.index == "*") {
        made.indirect = false;
        made.operation = Operation::keys;
      }
      if (json.contains("Names")) {
        made.indirect = false;
        made.operation = Operation::names;
        made.index = source(json).ends_with("@}") ? "@" : "*";
      }
    }
    if (json.contains("Slice")) {
      made.operation = Operation::slice;
      made.has_second = in(json, "Slice").contains("Length");
      made.argument = expression(in(json, "Slice").value("Offset", Json()));
      if (made.has_second) made.second = expression(in(in(json, "Slice"), "Length"));
    } else if (json.contains("Repl")) {
      replace(made, in(json, "Repl"));
    } else if (json.contains("Exp")) {
      operate(made, in(json, "Exp"), quoted);
    }
    return made;
  }

  void replace(Part& made, const Json& repl) {
    made.operation = Operation::replace;
    made.strong = flag(repl, "All");
    if (repl.contains("Orig")) made.argument = in_braces(in(repl, "Orig"), false);
    // ${x/#a/b}: the mark is the first character of the pattern.
    if (!made.strong && !made.argument.empty() && made.argument[0].kind == Part::Kind::literal &&
        !made.argument[0].quoted && !made.argument[0].text.empty()) {
      std::string& text = made.argument[0].text;
      if (text[0] == '#' || text[0] == '%') {
        made.anchor = text[0];
        text.erase(0, 1);
        if (text.empty()) made.argument.erase(made.argument.begin());
      }
    }
    made.has_second = repl.contains("With");
    if (made.has_second) made.second = in_braces(in(repl, "With"), false);
  }

  void operate(Part& made, const Json& exp, bool quoted) {
    const std::string op = codes_.operation(in(exp, "Op").get<int>());
    const std::map<std::string, Operation> known{
        {"-", Operation::use_default}, {"=", Operation::assign_default},
        {"+", Operation::use_other},   {"?", Operation::require},
        {"#", Operation::cut_front},   {"%", Operation::cut_back},
        {"^", Operation::upper},       {",", Operation::lower}};
    if (op == "@") {
      made.operation = Operation::transform;
      made.anchor = in(in(exp, "Word"), "Parts")[0]["Value"].get<std::string>()[0];
      return;
    }
    const bool colon = op[0] == ':';
    made.strong = op.size() == 2;
    const std::string sign = op.substr(colon ? 1 : 0, 1);
    made.operation = known.at(sign);
    const bool pattern = std::string_view("#%^,").find(sign[0]) != std::string_view::npos;
    if (exp.contains("Word")) made.argument = in_braces(in(exp, "Word"), quoted && !pattern);
  }

  /// The words in ${ }: a backslash takes the next character whatever it is.
  Word in_braces(const Json& json, bool quoted) {
    Word out;
    for (const Json& each : in(json, "Parts")) {
      if (type(each) != "Lit") {
        part(out, each, quoted);
        continue;
      }
      const std::string value = text_in(each, "Value");
      for (std::size_t i = 0; i < value.size(); ++i) {
        const bool escaped = value[i] == '\\' && i + 1 < value.size();
        if (escaped) ++i;
        if (escaped && value[i] == '\n') continue;
        add(out, value.substr(i, 1), quoted || escaped);
      }
    }
    return out;
  }

  /// Arithmetic as it stands in the text, without blanks; nothing where something is expanded.
  Word expression(const Json& json) {
    Word out;
    if (json.is_null()) return out;
    add(out, source(json), true);
    return out;
  }

  std::string_view text_;
  const Codes& codes_;
};

// ---- text -----------------------------------------------------------------------------------

std::string shown(const Word& word);

std::string calculated(const Word& word) {
  std::string out;
  for (const Part& part : word) {
    if (part.kind != Part::Kind::literal) return "expanded";
    for (std::size_t i = 0; i < part.text.size(); ++i) {
      const char c = part.text[i];
      if (c == '$' || c == '`') return "expanded";
      if (std::isspace(static_cast<unsigned char>(c)) == 0 && c != '"' && c != '\\') out += c;
    }
  }
  return out;
}

std::string shown(const Part& part) {
  const std::string quoted = part.quoted ? "q" : "u";
  switch (part.kind) {
    case Part::Kind::literal:
      return quoted + "'" + part.text + "'";
    case Part::Kind::substitute:
      return quoted + "$(" + shown(*part.list) + ")";
    case Part::Kind::process:
      return part.text + "(" + shown(*part.list) + ")";
    case Part::Kind::arithmetic:
      return quoted + "((" + calculated(part.argument) + "))";
    case Part::Kind::variable:
      break;
  }
  const bool slice = part.operation == Operation::slice;
  std::string index;
  for (const char c : part.index)
    if (std::isspace(static_cast<unsigned char>(c)) == 0) index += c;
  return quoted + "${" + part.text + "[" + index + "]" + (part.indirect ? "!" : "") +
         std::to_string(static_cast<int>(part.operation)) + (part.strong ? "s" : "") +
         (part.anchor != 0 ? std::string(1, part.anchor) : "") + "|" +
         (slice ? calculated(part.argument) : shown(part.argument)) + "|" +
         (part.has_second && !part.second.empty()
              ? slice ? calculated(part.second) : shown(part.second)
              : "-") +
         "}";
}

std::string shown(const Word& word) {
  Word merged;
  for (const Part& part : word) {
    // An empty piece between others says nothing.
    if (word.size() > 1 && part.kind == Part::Kind::literal && part.text.empty()) continue;
    if (part.kind == Part::Kind::literal)
      add_literal(merged, part.text, part.quoted);
    else
      merged.push_back(part);
  }
  std::string out;
  for (const Part& part : merged) out += shown(part);
  return out;
}

std::string shown(const Assignment& a) {
  std::string index;
  for (const char c : a.index)
    if (std::isspace(static_cast<unsigned char>(c)) == 0) index += c;
  std::string out = a.name + "[" + index + "]" + (a.append ? "+=" : "=") + shown(a.value);
  if (!a.array) return out;
  out += "(";
  for (std::size_t i = 0; i < a.elements.size(); ++i)
    out += (a.subscripts[i].empty() ? "" : "[]=") + shown(a.elements[i]) + " ";
  return out + ")";
}

std::string shown(const Redirect& r) {
  return " >" + std::to_string(static_cast<int>(r.kind)) + ":" + std::to_string(r.stream) +
         (r.both ? "b" : "") + (r.force ? "f" : "") + shown(r.target) +
         (r.document ? "<<" + shown(*r.document) : "");
}

std::string shown(const Command& c) {
  using Kind = Command::Kind;
  std::string out = std::to_string(static_cast<int>(c.kind)) + "{";
  const auto part = [&](const std::shared_ptr<const List>& list) {
    out += list ? "<" + shown(*list) + ">" : "<>";
  };
  switch (c.kind) {
    case Kind::simple:
      for (const Assignment& a : c.simple.assignments) out += shown(a) + ";";
      for (const Word& word : c.simple.words) out += " " + shown(word);
      for (const Assignment& a : c.simple.declared) out += " " + shown(a);
      if (c.simple.whole_words) out += " whole";
      break;
    case Kind::for_loop:
      out += c.for_loop.variable;
      for (const Word& word : c.for_loop.words) out += " " + shown(word);
      part(c.for_loop.body);
      break;
    case Kind::count_loop:
      out += calculated(c.count.init) + ";" + calculated(c.count.condition) + ";" +
             calculated(c.count.step);
      part(c.group);
      break;
    case Kind::if_then:
      part(c.if_then.condition);
      part(c.if_then.then);
      part(c.if_then.otherwise);
      break;
    case Kind::while_loop:
      out += c.while_loop.until ? "until" : "while";
      part(c.while_loop.condition);
      part(c.while_loop.body);
      break;
    case Kind::case_of:
      out += shown(c.case_of.subject);
      for (const Case::Arm& arm : c.case_of.arms) {
        for (const Word& pattern : arm.patterns) out += " |" + shown(pattern);
        part(arm.body);
        out += std::to_string(static_cast<int>(arm.end));
      }
      break;
    default:
      out += c.name;
      part(c.group);
  }
  for (const Redirect& redirect : c.redirects) out += shown(redirect);
  return out + "}";
}

}  // namespace

std::string shown(const List& list) {
  std::string out;
  for (const ListItem& item : list.items) {
    out += item.joint == ListItem::Joint::and_then  ? " && "
           : item.joint == ListItem::Joint::or_else ? " || "
                                                    : " ; ";
    if (item.pipeline.negated) out += "! ";
    for (const Command& command : item.pipeline.commands) out += shown(command);
  }
  return out;
}

ShfmtReading read_with_shfmt(std::string_view text) {
  static const Codes codes;
  ShfmtReading out;
  const std::string json = run_shfmt(text, out.error);
  if (!out.error.empty()) return out;
  try {
    out.list = Reader(text, codes).list(Json::parse(json).value("Stmts", Json()));
  } catch (const Unknown& unknown) {
    out.unknown = unknown.what;
  }
  return out;
}

}  // namespace drdrill::shell
