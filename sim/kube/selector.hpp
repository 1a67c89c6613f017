#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Labels, and the selectors that pick objects by them.
namespace drdrill::kube {

struct Label {
  std::string key;
  std::string value;

  bool operator==(const Label&) const = default;
};

/// Sorted by key, keys unique; so for annotations too.
using Labels = std::vector<Label>;

/// Null when there is no such label.
const std::string* find_label(const Labels& labels, std::string_view key);
void set_label(Labels& labels, std::string_view key, std::string_view value);
bool remove_label(Labels& labels, std::string_view key);
/// "a=1,b=2", or "<none>" when there are none.
std::string to_string(const Labels& labels);

struct Requirement {
  enum class Op { in, not_in, exists, absent, greater, less };
  std::string key;
  Op op = Op::exists;
  std::vector<std::string> values;  ///< of `in` and `not_in`; one number for `greater` and `less`

  bool operator==(const Requirement&) const = default;
};

/// All requirements must hold. No requirements select everything, as an empty podSelector does; a
/// *Service* without selector selects nothing, and says so itself (see endpoints).
struct Selector {
  std::vector<Requirement> requirements;

  bool empty() const { return requirements.empty(); }
  bool matches(const Labels& labels) const;
  bool operator==(const Selector&) const = default;
};

/// Selects objects that carry all these labels.
Selector selector_of(const Labels& labels);

/// Reads kubectl's -l: "app=a,role!=b,tier in (x,y),zone notin (z),key,!key". Nothing when it is no
/// selector.
std::optional<Selector> parse_selector(std::string_view text);

/// In the form that parse_selector reads; "<none>" when it is empty.
std::string to_string(const Selector& selector);

/// One term of kubectl's --field-selector: "status.phase=Failed", "metadata.name!=x".
struct FieldTerm {
  std::string path;
  std::string value;
  bool equal = true;
};

std::optional<std::vector<FieldTerm>> parse_field_selector(std::string_view text);

}  // namespace drdrill::kube
