#include "scenarios/procedures/shfmt.hpp"

#include <algorithm>
#include <limits>

#include <nlohmann/json.hpp>

#include "scenarios/procedures/child.hpp"
#include "sim/base/problem.hpp"

namespace drdrill::procedures {
namespace {

using Json = nlohmann::json;

/// What one statement of the outermost level occupies, gathered from the events of its subtree.
struct Extent {
  std::size_t begin = 0;  // of the statement itself
  std::size_t last = 0;   // the greatest offset anywhere in it
  std::size_t line = 1;
  bool document = false;  // it has a here-document, whose end the tree does not tell
  bool calls = false;     // it calls something, so it is no mere assignment
  std::string type;
};

/// Takes from the tree what is needed and builds nothing, so that memory stays small.
class Events : public nlohmann::json_sax<Json> {
 public:
  std::vector<Extent> extents;

  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t value) override {
    if (extents.empty() || depth_ < statement_depth) return true;
    Extent& extent = extents.back();
    if (key_ == "Offset") {
      if (depth_ == statement_depth + 1 && inside_pos_) extent.begin = value;
      extent.last = std::max<std::size_t>(extent.last, value);
    }
    if (key_ == "Line" && depth_ == statement_depth + 1 && inside_pos_) extent.line = value;
    return true;
  }
  bool number_float(number_float_t, const string_t&) override { return true; }
  bool string(string_t& value) override {
    if (key_ == "Type" && depth_ == statement_depth + 1 && !extents.empty())
      extents.back().type = value;
    return true;
  }
  bool binary(binary_t&) override { return true; }
  bool start_object(std::size_t) override {
    ++depth_;
    if (depth_ == statement_depth && in_statements_) extents.emplace_back();
    return true;
  }
  bool end_object() override {
    --depth_;
    return true;
  }
  bool start_array(std::size_t) override {
    ++depth_;
    return true;
  }
  bool end_array() override {
    --depth_;
    return true;
  }
  bool key(string_t& name) override {
    key_ = name;
    if (depth_ == 1) in_statements_ = name == "Stmts";
    if (depth_ == statement_depth) inside_pos_ = name == "Pos";
    if (!extents.empty() && depth_ >= statement_depth) {
      if (name == "Hdoc") extents.back().document = true;
      if (name == "Args" && depth_ == statement_depth + 1) extents.back().calls = true;
    }
    return true;
  }
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override {
    return false;
  }

 private:
  static constexpr int statement_depth = 3;  // the file, its Stmts, one of them
  int depth_ = 0;
  bool in_statements_ = false;
  bool inside_pos_ = false;
  std::string key_;
};

Statement::Kind kind_of(const Extent& extent) {
  if (extent.type == "FuncDecl") return Statement::Kind::function;
  if (extent.type == "DeclClause") return Statement::Kind::assignment;
  if (extent.type != "CallExpr") return Statement::Kind::compound;
  return extent.calls ? Statement::Kind::command : Statement::Kind::assignment;
}

/// "<standard input>:3:5: reached EOF without closing quote" is line 3.
void read_error(std::string text, ShellSyntax& syntax) {
  text = text.substr(0, text.find('\n'));
  const auto mark = text.find("input>:");
  if (mark != std::string::npos) {
    text = text.substr(mark + 7);
    syntax.error_line = std::max(1, std::atoi(text.c_str()));
    if (const auto colon = text.find(": "); colon != std::string::npos) text.erase(0, colon + 2);
  }
  syntax.error = text.empty() ? "shfmt does not take it" : text;
}

/// Comments after a here-document belong to what follows.
void cut_comments(std::string_view script, Statement& statement) {
  while (true) {
    const std::string_view text = script.substr(statement.begin, statement.end - statement.begin);
    const std::size_t newline = text.rfind('\n');
    if (newline == std::string_view::npos) return;
    const std::size_t first = text.find_first_not_of(" \t\r", newline + 1);
    if (first != std::string_view::npos && text[first] != '#') return;
    statement.end = statement.begin + newline;
  }
}

/// A statement with a here-document goes as far as the next one begins.
std::vector<Statement> statements_of(const std::vector<Extent>& extents, std::string_view script) {
  std::vector<Statement> made;
  for (std::size_t i = 0; i < extents.size(); ++i) {
    const Extent& extent = extents[i];
    const std::size_t next = i + 1 < extents.size() ? extents[i + 1].begin : script.size();
    Statement statement{kind_of(extent), extent.begin,
                        extent.document ? next : std::min(extent.last, next),
                        static_cast<int>(extent.line)};
    while (statement.end > statement.begin &&
           std::string_view(" \t\r\n").find(script[statement.end - 1]) != std::string_view::npos)
      --statement.end;
    if (extent.document) cut_comments(script, statement);
    const bool same_line =
        !made.empty() &&
        script.substr(made.back().end, statement.begin - made.back().end).find('\n') ==
            std::string_view::npos;
    if (!same_line) {
      made.push_back(statement);
      continue;
    }
    made.back().end = statement.end;
    if (made.back().kind != statement.kind) made.back().kind = Statement::Kind::compound;
  }
  return made;
}

}  // namespace

ShellSyntax read_tree(const std::string& json, std::string_view script) {
  ShellSyntax syntax;
  Events events;
  if (!Json::sax_parse(json, &events)) {
    syntax.error = "shfmt's syntax tree is not JSON";
    return syntax;
  }
  for (const Extent& extent : events.extents)
    if (extent.begin > script.size() || extent.last > script.size() ||
        extent.line > script.size() + 1) {
      syntax.error = "shfmt's syntax tree is of another script";
      return syntax;
    }
  if (!std::is_sorted(events.extents.begin(), events.extents.end(),
                      [](const Extent& a, const Extent& b) { return a.begin < b.begin; })) {
    syntax.error = "shfmt's syntax tree is out of order";
    return syntax;
  }
  syntax.statements = statements_of(events.extents, script);
  return syntax;
}

ShellSyntax read_syntax(std::string_view script, const ShellLimits& limits) {
  ShellSyntax syntax;
  if (script.size() > limits.bytes) {
    syntax.error = "the script is larger than " + std::to_string(limits.bytes >> 10) + " kB";
    return syntax;
  }
  const ChildResult child = run_child({"shfmt", "-ln", "bash", "--to-json"}, script,
                                      {limits.time, limits.tree_bytes, limits.memory_bytes});
  switch (child.end) {
    case ChildResult::End::no_such_program: {
      Problems problems;
      problems.add({.file = "shfmt",
                    .at = {},
                    .pointer = {},
                    .message = "this program reads the syntax of shell and is not installed; it is "
                               "Debian's package shfmt"});
      throw InputError(std::move(problems));
    }
    case ChildResult::End::too_slow:
      syntax.error =
          "its syntax cannot be read within " + std::to_string(limits.time.count()) + " ms";
      return syntax;
    case ChildResult::End::too_much_output:
      syntax.error = "its syntax tree is too large";
      return syntax;
    case ChildResult::End::killed:
      syntax.error = "its syntax takes too much memory to read";
      return syntax;
    case ChildResult::End::exited:
      break;
  }
  if (child.status != 0) {
    read_error(child.err, syntax);
    // The run-time of a Go program says so when its memory is at its limit.
    if (syntax.error.find("cannot allocate memory") != std::string::npos)
      syntax.error = "its syntax takes too much memory to read";
    return syntax;
  }
  return read_tree(child.out, script);
}

}  // namespace drdrill::procedures
