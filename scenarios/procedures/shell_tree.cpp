#include "scenarios/procedures/shell_tree.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace drdrill::procedures {
namespace {

using Json = nlohmann::json;

/// Takes from the tree what is needed and builds nothing, so that memory stays small.
class Events : public nlohmann::json_sax<Json> {
 public:
  std::vector<Extent> extents;
  std::vector<Quoted> quoted;
  std::vector<Quoted> documents;

  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t value) override {
    if (key_ == "Offset" && open_.size() > 1) {
      Node& owner = open_[open_.size() - 2];
      if (open_.back().key == "Pos") owner.extent.begin = value;
      if (open_.back().key == "End") owner.extent.end = value;
    }
    if (extents.empty() || open_.size() < statement_depth) return true;
    Extent& extent = extents.back();
    if (key_ == "Offset") {
      if (open_.size() == statement_depth + 1 && inside_pos_) extent.begin = value;
      extent.last = std::max<std::size_t>(extent.last, value);
    }
    if (key_ == "Line" && open_.size() == statement_depth + 1 && inside_pos_) extent.line = value;
    return true;
  }
  bool number_float(number_float_t, const string_t&) override { return true; }
  bool string(string_t& value) override {
    if (key_ == "Type" && !open_.empty()) open_.back().quotes = quotes(value);
    if (key_ == "Value" && !open_.empty() && value.find('\\') != std::string::npos)
      open_.back().quotes = Node::Quotes::other;
    if (key_ == "Type" && open_.size() == statement_depth + 1 && !extents.empty())
      extents.back().type = value;
    return true;
  }
  bool binary(binary_t&) override { return true; }
  bool start_object(std::size_t) override {
    open_.push_back({key_, {}, {}});
    if (open_.size() == statement_depth && in_statements_) extents.emplace_back();
    return true;
  }
  bool end_object() override {
    const Node node = std::move(open_.back());
    open_.pop_back();
    if (node.quotes == Node::Quotes::single) quoted.push_back(node.extent);
    if (node.document.end > 0 && node.word_is_quoted) documents.push_back(node.document);
    if (open_.empty()) return true;
    Node& owner = open_.back();
    if (node.key == "Hdoc") owner.document = node.extent;
    if (node.key == "Word") owner.word_is_quoted = node.has_quotes;
    // A part stands in the array "Parts" of its word.
    if (node.quotes != Node::Quotes::none && open_.size() > 1)
      open_[open_.size() - 2].has_quotes = true;
    return true;
  }
  bool start_array(std::size_t) override {
    open_.push_back({key_, {}, {}});
    return true;
  }
  bool end_array() override {
    open_.pop_back();
    return true;
  }
  bool key(string_t& name) override {
    key_ = name;
    if (open_.size() == 1) in_statements_ = name == "Stmts";
    if (open_.size() == statement_depth) inside_pos_ = name == "Pos";
    if (!extents.empty() && open_.size() >= statement_depth) {
      if (name == "Hdoc") extents.back().document = true;
      if (name == "Args" && open_.size() == statement_depth + 1) extents.back().calls = true;
    }
    return true;
  }
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override {
    return false;
  }

 private:
  /// An object or array that is open.
  struct Node {
    enum class Quotes : std::uint8_t { none, single, other };
    std::string key;  ///< under which it stands
    Quoted extent;
    Quoted document;  ///< of a redirection
    Quotes quotes = Quotes::none;
    bool has_quotes = false;  ///< a word, one of whose parts is quoted
    bool word_is_quoted = false;
  };
  static Node::Quotes quotes(const std::string& type) {
    if (type == "SglQuoted") return Node::Quotes::single;
    return type == "DblQuoted" ? Node::Quotes::other : Node::Quotes::none;
  }

  static constexpr std::size_t statement_depth = 3;  // the file, its Stmts, one of them
  std::vector<Node> open_;
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

namespace {

Tree failed(std::string error) {
  Tree tree;
  tree.error = std::move(error);
  return tree;
}

}  // namespace

Tree tree_of(const std::string& json, std::string_view script) {
  Events events;
  if (!Json::sax_parse(json, &events)) return failed("shfmt's syntax tree is not JSON");
  const auto outside = [&](const Quoted& q) { return q.begin > q.end || q.end > script.size(); };
  for (const Extent& extent : events.extents)
    if (extent.begin > script.size() || extent.last > script.size() ||
        extent.line > script.size() + 1)
      return failed("shfmt's syntax tree is of another script");
  if (std::any_of(events.quoted.begin(), events.quoted.end(), outside) ||
      std::any_of(events.documents.begin(), events.documents.end(), outside))
    return failed("shfmt's syntax tree is of another script");
  if (!std::is_sorted(events.extents.begin(), events.extents.end(),
                      [](const Extent& a, const Extent& b) { return a.begin < b.begin; }))
    return failed("shfmt's syntax tree is out of order");
  Tree tree;
  tree.extents = std::move(events.extents);
  tree.quoted = std::move(events.quoted);
  tree.documents = std::move(events.documents);
  return tree;
}

ShellSyntax syntax_of(Tree tree, std::string_view script) {
  ShellSyntax syntax;
  syntax.error = std::move(tree.error);
  syntax.error_line = tree.error_line;
  syntax.out_of_bounds = tree.out_of_bounds;
  if (!syntax.error.empty()) return syntax;
  syntax.statements = statements_of(tree.extents, script);
  syntax.quoted = std::move(tree.quoted);
  syntax.documents = std::move(tree.documents);
  return syntax;
}

std::optional<Tree> part_of(const Tree& tree, std::size_t begin, std::size_t end,
                            std::size_t line) {
  Tree part;
  for (Extent extent : tree.extents) {
    if (extent.begin < begin || extent.begin >= end) continue;
    if (extent.last > end) return std::nullopt;
    extent.begin -= begin;
    extent.last -= begin;
    extent.line -= line;
    part.extents.push_back(std::move(extent));
  }
  const auto cut = [&](const std::vector<Quoted>& from, std::vector<Quoted>& to) {
    for (const Quoted& each : from)
      if (each.begin >= begin && each.end <= end)
        to.push_back({each.begin - begin, each.end - begin});
  };
  cut(tree.quoted, part.quoted);
  cut(tree.documents, part.documents);
  return part;
}

}  // namespace drdrill::procedures
