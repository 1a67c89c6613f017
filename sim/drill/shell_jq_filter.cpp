#include "sim/drill/shell_jq_filter.hpp"

#include "sim/drill/shell_json.hpp"
#include "sim/drill/shell_tools.hpp"

namespace drdrill::shell {
namespace {

class FilterText {
 public:
  explicit FilterText(std::string_view text) : text_(text) {}

  /// Nothing when it is not understood.
  std::optional<std::vector<JqAct>> all() {
    std::vector<JqAct> acts;
    do {
      if (!term(acts)) return std::nullopt;
    } while (take("|"));
    skip_space();
    if (at_ != text_.size()) return std::nullopt;
    return acts;
  }

 private:
  void skip_space() {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
  }
  bool take(std::string_view what) {
    skip_space();
    if (!text_.substr(at_).starts_with(what)) return false;
    at_ += what.size();
    return true;
  }
  std::string_view name() {
    const std::size_t from = at_;
    const auto belongs = [](char c) {
      return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    };
    while (at_ < text_.size() && belongs(text_[at_])) ++at_;
    return text_.substr(from, at_ - from);
  }
  bool term(std::vector<JqAct>& acts) {
    skip_space();
    if (at_ < text_.size() && text_[at_] == '.') return path(acts);
    const std::string_view word = name();
    if (word == "length" || word == "keys") {
      JqAct act;
      act.kind = word == "length" ? JqAct::Kind::length : JqAct::Kind::keys;
      acts.push_back(std::move(act));
      return true;
    }
    return word == "select" && select(acts);
  }
  bool path(std::vector<JqAct>& acts) {
    take(".");
    bool first = true;
    while (at_ < text_.size()) {
      if (text_[at_] == '[') {
        if (!bracket(acts)) return false;
      } else if (first || text_[at_] == '.') {
        if (!first) ++at_;
        JqAct act;
        act.kind = JqAct::Kind::member;
        const std::string_view plain = name();
        act.name = std::string(plain);
        if (plain.empty()) return first;
        acts.push_back(std::move(act));
      } else {
        break;
      }
      first = false;
    }
    return true;
  }
  bool bracket(std::vector<JqAct>& acts) {
    ++at_;
    JqAct act;
    if (take("]")) {
      acts.push_back(std::move(act));
      return true;
    }
    Value key;
    JsonText inside(text_.substr(at_));
    if (!inside.value(key)) return false;
    at_ += inside.at();
    if (key.kind == Value::Kind::string) {
      act.kind = JqAct::Kind::member;
      act.name = key.text;
    } else if (key.kind == Value::Kind::number && to_number(key.text)) {
      act.kind = JqAct::Kind::item;
      act.index = *to_number(key.text);
    } else {
      return false;
    }
    acts.push_back(std::move(act));
    return take("]");
  }
  bool select(std::vector<JqAct>& acts) {
    JqAct act;
    act.kind = JqAct::Kind::select;
    if (!take("(")) return false;
    skip_space();
    if (at_ == text_.size() || text_[at_] != '.' || !path(act.of)) return false;
    act.equals = take("==");
    if (!act.equals && !take("!=")) return false;
    skip_space();
    JsonText literal(text_.substr(at_));
    if (!literal.value(act.literal)) return false;
    at_ += literal.at();
    acts.push_back(std::move(act));
    return take(")");
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

std::optional<std::vector<JqAct>> jq_filter(std::string_view text) {
  return FilterText(text).all();
}

}  // namespace drdrill::shell
