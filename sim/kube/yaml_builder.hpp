#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "sim/kube/yaml.hpp"

/// Makes values of the events of a YAML parser and refuses what passes a limit. Knows no parser.
/// Not for other folders.
namespace drdrill::kube {

/// Thrown at the first thing that is refused.
struct YamlRefused {
  Position at;
  std::string message;
};

/// Thrown when whoever takes the values wants no more.
struct YamlEnough {};

/// A plain scalar (its `text`) as kubectl's YAML library types it. Quoted scalars are strings.
void type_plain(Value& value);

class YamlBuilder {
 public:
  /// Each document goes to `take`; with `split`, each element of its `items` by itself, before the
  /// rest of it. `anchor` is 0 for what has none.
  YamlBuilder(const YamlLimits& limits, bool split, std::function<bool(Value)> take)
      : limits_(limits), split_(split), take_(std::move(take)) {}

  void begin_document(Position at);
  void end_document();
  void scalar(Value value, std::size_t anchor) { add(std::move(value), anchor); }
  void alias(Position at, std::size_t anchor);
  void open(Position at, Value::Kind kind, std::size_t anchor);
  void close();

 private:
  struct Anchor {
    Value value;
    std::size_t nodes;
    std::size_t bytes;  ///< of its scalars and keys
    std::size_t depth;
  };
  /// Where a key's member is, and whether the mapping itself said it or a merge brought it.
  struct Slot {
    std::size_t index;
    bool own;
  };
  struct Open {
    Value value;
    std::size_t anchor = 0;
    bool have_key = false;
    std::string key;
    Position key_at;
    std::map<std::string, Slot, std::less<>> slots;
  };

  [[noreturn]] void too_deep(Position at) const;
  void hand_over(Value value);
  void spend(std::size_t nodes, Position at);
  void repeat(std::size_t nodes, std::size_t bytes, Position at);
  void add(Value value, std::size_t anchor);
  void attach(Value value);
  bool is_split_off() const;
  static void take_key(Open& level, const Value& value);
  static void take_value(Open& level, Value value);
  static void put(Open& level, Value::Member member, bool own);
  static void merge(Open& level, Value value);

  const YamlLimits limits_;
  const bool split_;
  std::function<bool(Value)> take_;
  Value root_;
  std::vector<Open> open_;
  std::map<std::size_t, Anchor> anchors_;
  std::size_t nodes_ = 0;           ///< of the document, or of the element that is split off
  std::size_t repeated_ = 0;        ///< made by aliases, or kept for them, in all
  std::size_t repeated_bytes_ = 0;  ///< of text, likewise
  std::size_t aliases_ = 0;
};

}  // namespace drdrill::kube
