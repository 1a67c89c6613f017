#include <algorithm>

#include "sim/drill/shell_regex.hpp"
#include "sim/drill/shell_tools.hpp"

/// The one-line awk of pipes: [condition] { print list }.
namespace drdrill::shell {
namespace {

struct Operand {
  enum class Kind : std::uint8_t { text, field, last_field, line_number, field_count };
  Kind kind = Kind::text;
  std::string text;
  std::size_t field = 0;
};

struct Program {
  bool at_end = false;  ///< END
  std::optional<Pattern> pattern;
  std::optional<Operand> left, right;
  std::string sign;
  std::vector<std::vector<Operand>> printed;  ///< separated by commas; the inner ones are joined
};

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  std::optional<Program> read() {
    Program made;
    skip();
    if (take("END")) {
      made.at_end = true;
    } else if (take("/")) {
      const std::size_t end = text_.find('/', at_);
      if (end == std::string_view::npos) return std::nullopt;
      const std::string_view inside = text_.substr(at_, end - at_);
      made.pattern = Pattern::compile(inside, Pattern::Syntax::extended, false);
      at_ = end + 1;
      if (!made.pattern || inside.empty()) return std::nullopt;
    } else if (at_ < text_.size() && text_[at_] != '{' && !comparison(made)) {
      return std::nullopt;
    }
    skip();
    if (at_ < text_.size() && !action(made)) return std::nullopt;
    if (made.printed.empty()) made.printed.push_back({Operand{Operand::Kind::field, {}, 0}});
    skip();
    if (at_ != text_.size()) return std::nullopt;
    return made;
  }

 private:
  void skip() {
    while (at_ < text_.size() &&
           std::string_view(" \t\n;").find(text_[at_]) != std::string_view::npos)
      ++at_;
  }
  bool take(std::string_view s) {
    if (!text_.substr(at_).starts_with(s)) return false;
    at_ += s.size();
    return true;
  }

  bool comparison(Program& made) {
    made.left = operand();
    skip();
    for (const char* sign : {"==", "!=", ">=", "<=", ">", "<"}) {
      if (!take(sign)) continue;
      made.sign = sign;
      break;
    }
    skip();
    made.right = operand();
    return made.left && made.right && !made.sign.empty();
  }

  bool action(Program& made) {
    if (!take("{")) return false;
    skip();
    if (!take("print")) return false;
    for (skip(); !take("}"); skip()) {
      if (made.printed.empty() || take(",")) made.printed.emplace_back();
      skip();
      const auto next = operand();
      if (!next) return false;
      made.printed.back().push_back(*next);
    }
    return true;
  }

  std::optional<Operand> operand() {
    Operand made;
    if (take("\"")) {
      const std::size_t end = text_.find('"', at_);
      if (end == std::string_view::npos) return std::nullopt;
      made.text = unescaped(text_.substr(at_, end - at_));
      at_ = end + 1;
      return made;
    }
    if (take("$NF")) {
      made.kind = Operand::Kind::last_field;
      return made;
    }
    if (take("NR")) {
      made.kind = Operand::Kind::line_number;
      return made;
    }
    if (take("NF")) {
      made.kind = Operand::Kind::field_count;
      return made;
    }
    if (take("$")) made.kind = Operand::Kind::field;
    const std::size_t end = std::min(text_.find_first_not_of("0123456789", at_), text_.size());
    const auto number = to_number(text_.substr(at_, end - at_));
    if (!number) return std::nullopt;
    made.text = text_.substr(at_, end - at_);
    made.field = static_cast<std::size_t>(*number);
    at_ = end;
    return made;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

struct Record {
  std::string_view line;
  std::size_t number = 0;
  std::vector<std::string_view> fields;
};

void split(Record& record, char separator) {
  record.fields.clear();
  std::string_view rest = record.line;
  if (separator != ' ') {
    for (std::size_t at = 0; !record.line.empty() && at <= record.line.size();) {
      const std::size_t end = std::min(record.line.find(separator, at), record.line.size());
      record.fields.push_back(record.line.substr(at, end - at));
      at = end + 1;
    }
    return;
  }
  while (true) {
    rest.remove_prefix(std::min(rest.find_first_not_of(" \t"), rest.size()));
    if (rest.empty()) return;
    const std::size_t end = std::min(rest.find_first_of(" \t"), rest.size());
    record.fields.push_back(rest.substr(0, end));
    rest.remove_prefix(end);
  }
}

std::string value_of(const Operand& operand, const Record& record) {
  switch (operand.kind) {
    case Operand::Kind::text:
      return operand.text;
    case Operand::Kind::line_number:
      return std::to_string(record.number);
    case Operand::Kind::field_count:
      return std::to_string(record.fields.size());
    case Operand::Kind::last_field:
      return record.fields.empty() ? std::string() : std::string(record.fields.back());
    case Operand::Kind::field:
      break;
  }
  if (operand.field == 0) return std::string(record.line);
  if (operand.field > record.fields.size()) return {};
  return std::string(record.fields[operand.field - 1]);
}

bool chosen(const Program& program, const Record& record, Budget& budget) {
  if (program.pattern) return program.pattern->find(record.line, 0, budget).has_value();
  if (!program.left) return true;
  const std::string a = value_of(*program.left, record), b = value_of(*program.right, record);
  const auto x = to_number(a), y = to_number(b);
  const int order = x && y ? (*x < *y ? -1 : *x > *y ? 1 : 0) : a.compare(b);
  if (program.sign == "==") return order == 0;
  if (program.sign == "!=") return order != 0;
  if (program.sign == ">=") return order >= 0;
  if (program.sign == "<=") return order <= 0;
  return program.sign == ">" ? order > 0 : order < 0;
}

}  // namespace

std::optional<Result> tool_awk(ToolCall& call) {
  const auto switches = read_options(call.argv, "F:");
  if (!switches || switches->operands.empty()) return std::nullopt;
  const std::string* given = switches->value('F');
  if (given && given->size() != 1) return std::nullopt;
  if (given && std::string_view("|.*+?^$\\[](){}").find((*given)[0]) != std::string_view::npos &&
      *given != "|" && *given != ".")
    return std::nullopt;
  call.budget.work(switches->operands[0].size() * Budget::parsing_work);
  const auto program = Reader(switches->operands[0]).read();
  if (!program) return std::nullopt;
  const std::vector<std::string> files(switches->operands.begin() + 1, switches->operands.end());
  const auto text = text_of(call, files);
  if (!text) return std::nullopt;
  Result result;
  Record record;
  const auto print = [&] {
    for (std::size_t i = 0; i < program->printed.size(); ++i) {
      if (i > 0) result.out += ' ';
      for (const Operand& operand : program->printed[i])
        call.budget.append(result.out, value_of(operand, record));
    }
    result.out += '\n';
  };
  for (const std::string_view line : lines_of(*text)) {
    record.line = line;
    ++record.number;
    split(record, given ? (*given)[0] : ' ');
    if (!program->at_end && chosen(*program, record, call.budget)) print();
  }
  if (program->at_end) print();
  return result;
}

}  // namespace drdrill::shell
