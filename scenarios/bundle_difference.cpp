#include <algorithm>
#include <array>
#include <functional>
#include <set>

#include "scenarios/bundle.hpp"
#include "scenarios/platform_overlay.hpp"
#include "sim/kube/yaml.hpp"

namespace drdrill {
namespace {

using Kind = Value::Kind;

bool same(const Value& a, const Value& b) {
  if (a.kind != b.kind) return false;
  switch (a.kind) {
    case Kind::null:
      return true;
    case Kind::boolean:
      return a.boolean == b.boolean;
    case Kind::integer:
      return a.integer == b.integer;
    case Kind::number:
      return a.number == b.number;
    case Kind::string:
      return a.text == b.text;
    case Kind::array:
      return std::equal(a.items.begin(), a.items.end(), b.items.begin(), b.items.end(), same);
    case Kind::object:
      break;
  }
  return a.members.size() == b.members.size() &&
         std::all_of(a.members.begin(), a.members.end(), [&](const Value::Member& member) {
           const Value* other = b.find(member.key);
           return other && same(member.value, *other);
         });
}

/// Words about a document, which no run depends on.
bool is_remark(std::string_view role, std::string_view pointer, std::string_view key) {
  constexpr std::array<std::string_view, 6> heads{"$schema", "name",   "title",
                                                  "variant", "source", "based_on"};
  constexpr std::array<std::string_view, 4> of_parameters{"source", "provenance", "help", "kept"};
  const auto is = [&](std::string_view word) { return word == key; };
  if (pointer.empty()) return key.starts_with("x-") || std::any_of(heads.begin(), heads.end(), is);
  const bool parameter =
      pointer.starts_with(role.starts_with("parameters/") ? "/parameters/" : "/overrides/");
  return parameter && std::any_of(of_parameters.begin(), of_parameters.end(), is);
}

std::vector<std::string> names_of(const Value& array) {
  std::vector<std::string> names;
  std::transform(array.items.begin(), array.items.end(), std::back_inserter(names), identity);
  return names;
}

/// Each element has a name, and no two the same.
bool named(const std::vector<std::string>& names) {
  const std::set<std::string> different(names.begin(), names.end());
  return different.size() == names.size() && different.count("") == 0;
}

/// Those of `names` that are among `others`.
std::vector<std::string> shared(const std::vector<std::string>& names,
                                const std::vector<std::string>& others) {
  std::vector<std::string> out;
  for (const std::string& name : names)
    if (std::find(others.begin(), others.end(), name) != others.end()) out.push_back(name);
  return out;
}

std::string words_of(const Value* value) {
  if (!value) return {};
  constexpr std::size_t most = 120;
  std::string text = kube::to_json(*value), out;
  for (char c : text)
    if (c != '\n' && (c != ' ' || (!out.empty() && out.back() != ' '))) out += c;
  return out.size() <= most ? out : out.substr(0, most) + "…";
}

/// Goes through two trees side by side and makes a third of them: where they differ, `pick` says
/// whether the head's value is taken. Null stands for what is not there.
class Mixer {
 public:
  using Pick =
      std::function<bool(const std::string& pointer, const Value* base, const Value* head)>;

  Mixer(std::string_view role, int depth, Pick pick)
      : role_(role), depth_(depth), pick_(std::move(pick)) {}

  Value mix(const Value& base, const Value& head, const std::string& pointer, int depth) const {
    if (same(base, head)) return base;
    if (depth < depth_ && base.kind == head.kind) {
      if (base.kind == Kind::object) return objects(base, head, pointer, depth + 1);
      if (base.kind == Kind::array) {
        const auto before = names_of(base), after = names_of(head);
        if (named(before) && named(after) && shared(before, after) == shared(after, before))
          return named_elements(base, head, pointer, depth + 1);
        if (base.items.size() == head.items.size()) return elements(base, head, pointer, depth + 1);
      }
    }
    return pick_(pointer, &base, &head) ? head : base;
  }

 private:
  Value objects(const Value& base, const Value& head, const std::string& pointer, int depth) const {
    Value out = base;
    out.members.clear();
    for (const Value::Member& member : base.members) {
      const std::string here = pointer + "/" + pointer_token(member.key);
      const Value* other = head.find(member.key);
      const bool remark = is_remark(role_, pointer, member.key);
      if (other && !remark)
        out.members.push_back({member.key, member.at, mix(member.value, *other, here, depth)});
      else if (remark || !pick_(here, &member.value, nullptr))
        out.members.push_back(member);
    }
    for (const Value::Member& member : head.members)
      if (!base.find(member.key) &&
          (is_remark(role_, pointer, member.key) ||
           pick_(pointer + "/" + pointer_token(member.key), nullptr, &member.value)))
        out.members.push_back(member);
    return out;
  }

  Value elements(const Value& base, const Value& head, const std::string& pointer,
                 int depth) const {
    Value out = base;
    for (std::size_t i = 0; i < out.items.size(); ++i)
      out.items[i] = mix(base.items[i], head.items[i], pointer + "/" + std::to_string(i), depth);
    return out;
  }

  /// What only the head has goes behind what stands before it there.
  Value named_elements(const Value& base, const Value& head, const std::string& pointer,
                       int depth) const {
    const auto before = names_of(base), after = names_of(head);
    const auto place = [](const std::vector<std::string>& names, const std::string& name) {
      return static_cast<std::size_t>(std::find(names.begin(), names.end(), name) - names.begin());
    };
    Value out = base;
    out.items.clear();
    std::vector<std::string> names;
    for (std::size_t i = 0; i < before.size(); ++i) {
      const std::size_t j = place(after, before[i]);
      const bool stays = j < after.size();
      const std::string here = pointer + "/" + std::to_string(stays ? j : i);
      if (!stays && pick_(here, &base.items[i], nullptr)) continue;
      out.items.push_back(stays ? mix(base.items[i], head.items[j], here, depth) : base.items[i]);
      names.push_back(before[i]);
    }
    for (std::size_t j = 0; j < after.size(); ++j) {
      if (place(before, after[j]) < before.size()) continue;
      if (!pick_(pointer + "/" + std::to_string(j), nullptr, &head.items[j])) continue;
      std::size_t at = 0;
      for (std::size_t k = 0; k < j; ++k)
        if (const std::size_t i = place(names, after[k]); i < names.size()) at = i + 1;
      out.items.insert(out.items.begin() + static_cast<std::ptrdiff_t>(at), head.items[j]);
      names.insert(names.begin() + static_cast<std::ptrdiff_t>(at), after[j]);
    }
    return out;
  }

  std::string_view role_;
  int depth_;
  Pick pick_;
};

/// All documents of both, the base's first. `pick` is asked for each change in a fixed order.
using PickChange =
    std::function<bool(const BundleDocument* base, const BundleDocument* head,
                       const std::string& pointer, const Value* before, const Value* after)>;
Bundle mix_bundles(const Bundle& base, const Bundle& head, int depth, const PickChange& pick) {
  Bundle out;
  for (const BundleDocument& document : base.documents) {
    const BundleDocument* other = head.find(document.role);
    if (!other) {
      if (!pick(&document, nullptr, {}, &document.root, nullptr)) out.documents.push_back(document);
      continue;
    }
    out.documents.push_back(document);
    const Mixer mixer(document.role, depth,
                      [&](const std::string& pointer, const Value* before, const Value* after) {
                        return pick(&document, other, pointer, before, after);
                      });
    out.documents.back().root = mixer.mix(document.root, other->root, {}, 0);
  }
  for (const BundleDocument& document : head.documents)
    if (!base.find(document.role) && pick(nullptr, &document, {}, nullptr, &document.root))
      out.documents.push_back(document);
  return out;
}

DocumentChange change_of(const BundleDocument* base, const BundleDocument* head,
                         const std::string& pointer, const Value* before, const Value* after) {
  const BundleDocument& where = after ? *head : *base;
  return {where.role,
          where.inside + pointer,
          words_of(before),
          words_of(after),
          {where.file, after ? after->at.line : before->at.line}};
}

}  // namespace

BundleDifference::BundleDifference(const Bundle& base, const Bundle& head, std::size_t most)
    : base_(base), head_(head) {
  constexpr int deepest = 24;
  for (depth_ = deepest; depth_ >= 0; --depth_) {
    changes_.clear();
    mix_bundles(base_, head_, depth_, [&](auto... what) {
      changes_.push_back(change_of(what...));
      return false;
    });
    if (changes_.size() <= most) return;
  }
  depth_ = 0;
}

Bundle BundleDifference::mixed(const std::vector<bool>& made) const {
  std::size_t next = 0;
  return mix_bundles(base_, head_, depth_, [&](auto...) { return made.at(next++); });
}

}  // namespace drdrill
