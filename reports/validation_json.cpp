#include <cmath>
#include <ostream>

#include "reports/json_writer.hpp"
#include "reports/validation.hpp"
#include "sim/drill/drill.hpp"

namespace drdrill::reports {
namespace {

using Layout = JsonWriter::Layout;
using study::ValidationRow;

std::string_view kind_word(ValidationRow::Kind kind) {
  switch (kind) {
    case ValidationRow::Kind::closed_form:
      return "closed form";
    case ValidationRow::Kind::exact:
      return "exact";
    case ValidationRow::Kind::documented:
      return "documented";
    case ValidationRow::Kind::measured:
      break;
  }
  return "measured";
}

/// Null also for what never happens.
void put(JsonWriter& json, std::string_view key, const std::optional<double>& value) {
  json.key(key);
  value ? json.number(*value) : json.null();
}

void put(JsonWriter& json, std::string_view key, const std::string& text) {
  if (!text.empty()) json.key(key).string(text);
}

void put_row(JsonWriter& json, const ValidationRow& row) {
  json.begin_object();
  json.key("kind").string(kind_word(row.kind));
  put(json, "id", row.id);
  json.key("what").string(row.what);
  json.key("unit").string(row.is_time ? "seconds" : "");
  json.key("known").begin_object(Layout::one_line);
  put(json, "value", row.known);
  put(json, "least", row.known_least);
  put(json, "most", row.known_most);
  json.key("count").natural(row.known_count);
  json.end_object();
  json.key("predicted").begin_object(Layout::one_line);
  put(json, "value", row.predicted);
  put(json, "low", row.low);
  put(json, "high", row.high);
  put(json, "least", row.least);
  put(json, "most", row.most);
  json.key("runs").natural(row.runs);
  json.key("missing").natural(row.missing);
  json.end_object();
  json.key("verdict").string(study::agreement_name(row.agreement));
  put(json, "reason", row.reason);
  put(json, "configuration", row.configuration);
  put(json, "source", row.source);
  put(json, "remark", row.remark);
  if (!row.place.file.empty()) {
    json.key("place").begin_array(Layout::one_line).string(row.place.file);
    json.integer(row.place.line).end_array();
  }
  json.end_object();
}

}  // namespace

void write_validation_json(const study::Validation& validation, std::ostream& out,
                           const WriteOptions&) {
  JsonWriter json;
  json.begin_object();
  json.key("format").string("drdrill-validation-1");
  json.key("version").string(drdrill_version());
  json.key("seed").string(std::to_string(validation.seed));
  json.key("agrees").boolean(validation.agrees());
  json.key("ok").natural(validation.count(study::Agreement::ok));
  json.key("outside").natural(validation.count(study::Agreement::outside));
  json.key("not_comparable").natural(validation.count(study::Agreement::not_comparable));
  json.key("rows").begin_array();
  for (const ValidationRow& row : validation.rows) put_row(json, row);
  json.end_array();
  json.end_object();
  out << json.take();
}

}  // namespace drdrill::reports
