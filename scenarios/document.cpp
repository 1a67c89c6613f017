#include "scenarios/document.hpp"

#include <algorithm>
#include <deque>
#include <unordered_set>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "scenarios/file_text.hpp"

namespace drdrill {
namespace {

using Json = nlohmann::json;

/// Follows the parser through the text, token by token, because its events carry no positions.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : text_(text) {}

  /// May it stand between two tokens?
  static bool is_between(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == ',' || c == ':';
  }

  /// Skips what stands between two tokens; the position of the next one.
  Position next_token() {
    while (at_ < text_.size() && is_between(text_[at_])) step();
    return here();
  }

  void skip(std::size_t bytes) {
    for (std::size_t i = 0; i < bytes && at_ < text_.size(); ++i) step();
  }

  void skip_string() {
    step();
    while (at_ < text_.size() && text_[at_] != '"') skip(text_[at_] == '\\' ? 2 : 1);
    step();
  }

  void skip_number() {
    while (at_ < text_.size() && is_of_number(text_[at_])) step();
  }

  std::size_t offset() const { return at_; }

  /// The position of a byte that lies ahead.
  Position position_of(std::size_t offset) {
    while (at_ < offset && at_ < text_.size()) step();
    return here();
  }

 private:
  static bool is_of_number(char c) {
    return (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E';
  }
  Position here() const { return {line_, static_cast<int>(at_ - line_start_) + 1}; }
  void step() {
    if (at_ < text_.size() && text_[at_] == '\n') {
      ++line_;
      line_start_ = at_ + 1;
    }
    ++at_;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t line_start_ = 0;
  int line_ = 1;
};

/// "unexpected ','; expected string literal" out of the library's longer sentence.
std::string reason_of(const std::string& what) {
  if (what.find("ill-formed UTF-8") != std::string::npos)
    return "this is not UTF-8; save the file as UTF-8";
  for (std::string_view mark : {" - ", "syntax error "}) {
    const auto found = what.find(mark);
    if (found == std::string::npos) continue;
    std::string reason = what.substr(found + mark.size());
    if (const auto read = reason.find("; last read: "); read != std::string::npos) {
      const auto rest = reason.find("; expected", read);
      reason = reason.substr(0, read) +
               (rest == std::string::npos ? std::string() : reason.substr(rest));
    }
    return "this is no JSON: " + reason;
  }
  return "this is no JSON";
}

/// Builds the tree from the parser's events. Returning false stops the parser.
class Builder : public nlohmann::json_sax<Json> {
 public:
  Builder(std::string_view text, const std::string& file, Problems& problems,
          const JsonLimits& limits, const std::function<bool(Value)>* take)
      : text_(text),
        cursor_(text),
        file_(file),
        problems_(problems),
        limits_(limits),
        take_(take) {}

  Value take_root() { return std::move(root_); }
  /// Did whoever takes the elements want no more?
  bool enough() const { return enough_; }

  bool null() override { return word(Value::Kind::null, 4) != nullptr; }

  bool boolean(bool value) override {
    Value* made = word(Value::Kind::boolean, value ? 4 : 5);
    if (made) made->boolean = value;
    return made != nullptr;
  }

  bool number_integer(number_integer_t value) override {
    Value* made = number(Value::Kind::integer, static_cast<double>(value));
    if (made) made->integer = value;
    return made != nullptr;
  }

  bool number_unsigned(number_unsigned_t value) override {
    if (std::in_range<std::int64_t>(value)) return number_integer(static_cast<std::int64_t>(value));
    Value* made = number(Value::Kind::number, static_cast<double>(value));
    if (made) report(made->at, "the number does not fit; the largest whole one is 2^63 - 1");
    return made != nullptr;
  }

  bool number_float(number_float_t value, const string_t& /*spelling*/) override {
    return number(Value::Kind::number, value) != nullptr;
  }

  bool string(string_t& value) override {
    Value* made = add(Value::Kind::string, cursor_.next_token());
    cursor_.skip_string();
    if (made) made->text = std::move(value);
    return made != nullptr;
  }

  bool binary(binary_t& /*value*/) override { return false; }

  bool start_object(std::size_t /*size*/) override { return open(Value::Kind::object); }
  bool start_array(std::size_t /*size*/) override { return open(Value::Kind::array); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }

  bool key(string_t& name) override {
    Level& level = open_.back();
    level.key_at = cursor_.next_token();
    cursor_.skip_string();
    level.duplicate = !level.keys.insert(name).second;
    if (level.duplicate)
      report(level.key_at, "the key \"" + name.substr(0, 60) + "\" stands here twice");
    level.key = std::move(name);
    return true;
  }

  bool parse_error(std::size_t position, const std::string& /*token*/,
                   const Json::exception& error) override {
    // Everything before the cursor was reported; what follows is the token that does not belong,
    // with separators before it, or is itself a separator.
    const std::size_t end = std::min(position, text_.size());
    std::size_t at = std::min(cursor_.offset(), end);
    while (at + 1 < end && Cursor::is_between(text_[at])) ++at;
    constexpr int out_of_range = 406;
    report(cursor_.position_of(at),
           error.id == out_of_range ? "the number is too large" : reason_of(error.what()));
    return false;
  }

 private:
  struct Level {
    Value* value;
    std::string key;  ///< of the member that comes next
    Position key_at;
    bool duplicate = false;
    std::unordered_set<std::string> keys;
  };

  void report(Position at, std::string message) {
    problems_.add({file_, at, pointer(), std::move(message)});
  }

  /// Of the container that is open, which is as near as a pointer can be to what is no value.
  std::string pointer() const {
    std::string out;
    for (std::size_t i = 0; i + 1 < open_.size(); ++i) {
      const Level& level = open_[i];
      out += "/" + (level.value->kind == Value::Kind::object
                        ? pointer_token(level.key)
                        : std::to_string(level.value->items.size() - 1));
    }
    return out;
  }

  Value* word(Value::Kind kind, std::size_t length) {
    Value* made = add(kind, cursor_.next_token());
    cursor_.skip(length);
    return made;
  }

  Value* number(Value::Kind kind, double value) {
    Value* made = add(kind, cursor_.next_token());
    const std::size_t from = cursor_.offset();
    cursor_.skip_number();
    if (made) made->number = value;
    if (made && take_) made->text = text_.substr(from, cursor_.offset() - from);
    return made;
  }

  /// Where the next value goes; a duplicate's goes nowhere.
  Value& slot() {
    if (open_.empty()) return root_;
    Level& level = open_.back();
    if (level.value->kind == Value::Kind::array) return level.value->items.emplace_back();
    if (level.duplicate) return dropped_.emplace_back();
    level.value->members.push_back({level.key, level.key_at, {}});
    return level.value->members.back().value;
  }

  Value* add(Value::Kind kind, Position at) {
    if (++count_ > limits_.values) {
      report(at, "too large: more than " + std::to_string(limits_.values) + " values");
      return nullptr;
    }
    Value& made = slot();
    made.kind = kind;
    made.at = at;
    return &made;
  }

  bool open(Value::Kind kind) {
    const Position at = cursor_.next_token();
    if (open_.size() >= limits_.depth) {
      problems_.add({file_,
                     at,
                     {},
                     "nested too deeply: more than " + std::to_string(limits_.depth) + " levels"});
      return false;
    }
    Value* made = add(kind, at);
    cursor_.skip(1);
    if (made) open_.push_back({made, {}, {}, false, {}});
    return made != nullptr;
  }

  bool close() {
    cursor_.next_token();
    cursor_.skip(1);
    open_.pop_back();
    return !take_ || !is_split_off() || hand_over();
  }

  /// Was what is closed now an object in the `items` of the root?
  bool is_split_off() const {
    return open_.size() == 2 && open_[0].value->kind == Value::Kind::object &&
           open_[0].key == "items" && !open_[0].duplicate &&
           open_[1].value->kind == Value::Kind::array &&
           open_[1].value->items.back().kind == Value::Kind::object;
  }

  bool hand_over() {
    auto& items = open_[1].value->items;
    Value item = std::move(items.back());
    items.pop_back();
    count_ = 0;
    enough_ = !(*take_)(std::move(item));
    return !enough_;
  }

  std::string_view text_;
  Cursor cursor_;
  const std::string& file_;
  Problems& problems_;
  JsonLimits limits_;
  const std::function<bool(Value)>* take_;  // null: everything is kept
  bool enough_ = false;
  Value root_;
  std::deque<Value> dropped_;  // values of duplicates, of which some are open: they stay in place
  std::vector<Level> open_;
  std::size_t count_ = 0;
};

std::string too_large(const JsonLimits& limits) {
  return "too large: more than " + std::to_string(limits.bytes >> 20) + " MB";
}

/// Is it text that may be JSON? Says why not.
bool is_text(std::string_view& text, const std::string& file, Problems& problems,
             const JsonLimits& limits) {
  if (text.size() > limits.bytes) {
    problems.add({file, {}, {}, too_large(limits)});
    return false;
  }
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF")) {
    problems.add({file, {1, 1}, {}, "this is UTF-16; save the file as UTF-8"});
    return false;
  }
  if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) {
    problems.add({file, {}, {}, "the file is empty; expected a JSON object"});
    return false;
  }
  // The library takes a zero byte for the end of the text and would drop what follows.
  if (const auto zero = text.find('\0'); zero != std::string_view::npos) {
    problems.add({file, Cursor(text).position_of(zero), {}, "a zero byte; this is no text file"});
    return false;
  }
  return true;
}

}  // namespace

std::optional<Value> parse_json(std::string_view text, const std::string& file, Problems& problems,
                                const JsonLimits& limits) {
  if (!is_text(text, file, problems, limits)) return std::nullopt;
  Builder builder(text, file, problems, limits, nullptr);
  if (!Json::sax_parse(text.begin(), text.end(), &builder)) return std::nullopt;
  return builder.take_root();
}

bool stream_json(std::string_view text, const std::string& file, Problems& problems,
                 const std::function<bool(Value)>& take, const JsonLimits& limits) {
  if (!is_text(text, file, problems, limits)) return false;
  Builder builder(text, file, problems, limits, &take);
  if (!Json::sax_parse(text.begin(), text.end(), &builder)) return builder.enough();
  take(builder.take_root());
  return true;
}

std::optional<Value> load_document(const std::string& path, Problems& problems,
                                   const JsonLimits& limits) {
  const auto refuse = [&](std::string message) {
    problems.add({path, {}, {}, std::move(message)});
    return std::nullopt;
  };
  const FileText read = read_file_text(path, limits.bytes);
  if (read.end == FileText::End::too_large) return refuse(too_large(limits));
  if (read.end != FileText::End::whole) return refuse(read.why());
  return parse_json(read.text, path, problems, limits);
}

}  // namespace drdrill
