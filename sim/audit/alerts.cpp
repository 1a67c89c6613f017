#include "sim/audit/alerts.hpp"

#include <algorithm>

#include "sim/audit/call.hpp"
#include "sim/kube/yaml.hpp"

namespace drdrill::audit {
namespace {

std::string text_of(const Value& value, std::string_view key) {
  const Value* found = value.find(key);
  return found ? found->text : std::string();
}

class Alerts {
 public:
  explicit Alerts(std::vector<AlertRule>& out) : out_(out) {}

  /// `base` is the line before the first of what positions count in.
  void visit(const Value& value, const std::string& file, int base, bool within = false) {
    if (std::string name = text_of(value, "alert"); !name.empty() && value.find("expr"))
      out_.push_back({std::move(name), text_of(value, "expr"), {file, base + value.at.line}});
    for (const Value& item : value.items) visit(item, file, base, within);
    for (const Value::Member& member : value.members) {
      visit(member.value, file, base, within);
      const std::string& text = member.value.text;
      const bool file_of_rules = !within && member.value.kind == Value::Kind::string &&
                                 contains(text, "expr:") && contains(text, "alert:");
      if (!file_of_rules) continue;
      Problems broken;
      const int first = member.value.literal ? base + member.value.at.line : base;
      for (const Value& inner : kube::parse_yaml_documents(text, file, broken))
        visit(inner, file, first, true);
    }
  }

 private:
  std::vector<AlertRule>& out_;
};

bool names_kube_prometheus(const Value& value) {
  if (contains(value.text, "kube-prometheus")) return true;
  return std::any_of(value.items.begin(), value.items.end(), names_kube_prometheus) ||
         std::any_of(value.members.begin(), value.members.end(), [](const Value::Member& member) {
           return names_kube_prometheus(member.value);
         });
}

}  // namespace

std::vector<AlertRule> alert_rules(const Input& input) {
  std::vector<AlertRule> out;
  Alerts alerts(out);
  for (const Manifests& file : input.manifests)
    for (const Value& document : file.documents)
      alerts.visit(document, file.file, file.first_line - 1);
  return out;
}

bool beside_kube_prometheus(const Input& input) {
  for (const DocumentText& document : input.texts)
    if (contains(document.text, "kube-prometheus")) return true;
  return std::any_of(input.manifests.begin(), input.manifests.end(), [](const Manifests& file) {
    return std::any_of(file.documents.begin(), file.documents.end(), names_kube_prometheus);
  });
}

}  // namespace drdrill::audit
