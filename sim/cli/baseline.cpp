#include "sim/cli/baseline.hpp"

#include <algorithm>
#include <charconv>

#include "reports/json_writer.hpp"
#include "scenarios/document.hpp"
#include "sim/base/reader.hpp"

namespace drdrill::cli {
namespace {

using reports::JsonWriter;
using study::ObjectiveOutcome;
using study::Outcome;

constexpr std::string_view format = "drdrill-baseline-2";
constexpr JsonLimits limits{std::size_t{256} << 20, 20, 20'000'000};

enum Flag : std::int64_t {
  exercised = 1,
  evaluated = 2,
  censored = 4,
  rpo_known = 8,
  rto_judged = 16,
  rto_met = 32,
  rpo_judged = 64,
  rpo_met = 128
};

std::int64_t flags_of(const ObjectiveOutcome& row) {
  const auto flag = [](bool is, Flag value) { return is ? std::int64_t{value} : 0; };
  return flag(row.exercised, exercised) | flag(row.evaluated, evaluated) |
         flag(row.censored, censored) | flag(row.rpo_known, rpo_known) |
         flag(row.rto_met.has_value(), rto_judged) | flag(row.rto_met.value_or(false), rto_met) |
         flag(row.rpo_met.has_value(), rpo_judged) | flag(row.rpo_met.value_or(false), rpo_met);
}

void put_flags(std::int64_t flags, ObjectiveOutcome& row) {
  row.exercised = (flags & exercised) != 0;
  row.evaluated = (flags & evaluated) != 0;
  row.censored = (flags & censored) != 0;
  row.rpo_known = (flags & rpo_known) != 0;
  if ((flags & rto_judged) != 0) row.rto_met = (flags & rto_met) != 0;
  if ((flags & rpo_judged) != 0) row.rpo_met = (flags & rpo_met) != 0;
}

/// One number for all replications when it is the same in all.
template <class Get>
void put_column(JsonWriter& json, std::string_view key, const std::vector<Outcome>& outcomes,
                std::size_t objective, Get get) {
  json.key(key).begin_array(JsonWriter::Layout::one_line);
  const auto value = [&](const Outcome& outcome) { return get(outcome.objectives[objective]); };
  const bool constant = std::all_of(outcomes.begin(), outcomes.end(), [&](const Outcome& outcome) {
    return value(outcome) == value(outcomes.front());
  });
  for (const Outcome& outcome : outcomes) {
    json.integer(value(outcome));
    if (constant) break;
  }
  json.end_array();
}

void put_outcomes(JsonWriter& json, const std::vector<Outcome>& outcomes) {
  json.key("objectives").begin_array();
  for (std::size_t i = 0; !outcomes.empty() && i < outcomes.front().objectives.size(); ++i) {
    json.begin_object();
    put_column(json, "rto", outcomes, i, [](const auto& row) { return row.rto.count(); });
    put_column(json, "rpo", outcomes, i, [](const auto& row) { return row.rpo.count(); });
    put_column(json, "flags", outcomes, i, flags_of);
    json.end_object();
  }
  json.end_array();
}

std::vector<std::int64_t> column(Reader& reader, std::string_view key, std::size_t replications) {
  const Value* found = reader.value().find(key);
  reader.skip(key);
  std::vector<std::int64_t> values;
  if (found)
    for (const Value& item : found->items) values.push_back(item.integer);
  if (values.size() == 1) values.resize(replications, values.front());
  if (values.size() == replications) return values;
  reader.problem(key, "expected a number for each replication");
  return std::vector<std::int64_t>(replications);
}

void read_version(Reader& reader, std::size_t replications, Baseline& baseline) {
  Version version;
  version.name = reader.string("name");
  std::vector<KeptText> texts;
  reader.each("documents", [&](Reader& document) {
    texts.push_back({document.string("role"), document.string("file"), document.string("text")});
  });
  version.bundle = restored_bundle(texts);
  version.kept.resize(replications);
  for (std::size_t i = 0; i < replications; ++i) version.kept[i].replication = i;
  reader.each("objectives", [&](Reader& objective) {
    const auto rto = column(objective, "rto", replications);
    const auto rpo = column(objective, "rpo", replications);
    const auto flags = column(objective, "flags", replications);
    for (std::size_t i = 0; i < replications; ++i) {
      ObjectiveOutcome row;
      row.rto = Duration(rto[i]);
      row.rpo = Duration(rpo[i]);
      put_flags(flags[i], row);
      version.kept[i].objectives.push_back(row);
    }
  });
  baseline.versions.push_back(std::move(version));
}

}  // namespace

Baseline load_baseline(const std::string& file) {
  Problems problems;
  Baseline baseline;
  if (const auto document = load_document(file, problems, limits)) {
    Reader root(*document, file, problems);
    if (root.string("format") != format)
      root.problem("format", "expected \"" + std::string(format) +
                                 "\"; --write-baseline FILE makes such a file");
    baseline.models = root.string("models");
    baseline.head = root.string("head", std::string());
    const std::string seed = root.string("seed");
    std::from_chars(seed.data(), seed.data() + seed.size(), baseline.seed);
    constexpr std::int64_t most_replications = 1'000'000;
    const auto replications = root.integer("replications", 1, most_replications);
    baseline.replications = static_cast<std::uint32_t>(replications);
    if (problems.empty())
      root.each("scenarios",
                [&](Reader& reader) { read_version(reader, baseline.replications, baseline); });
  }
  if (!problems.empty()) throw InputError(std::move(problems));
  return baseline;
}

std::string to_text(const Baseline& baseline) {
  JsonWriter json;
  json.begin_object();
  json.key("format").string(format);
  json.key("models").string(baseline.models);
  json.key("head").string(baseline.head);
  json.key("seed").string(std::to_string(baseline.seed));
  json.key("replications").natural(baseline.replications);
  json.key("scenarios").begin_array();
  for (const Version& version : baseline.versions) {
    json.begin_object();
    json.key("name").string(version.name);
    json.key("documents").begin_array();
    for (const BundleDocument& document : version.bundle.documents) {
      json.begin_object();
      json.key("role").string(document.role);
      json.key("file").string(document.file);
      json.key("text").string(document.text);
      json.end_object();
    }
    json.end_array();
    put_outcomes(json, version.kept);
    json.end_object();
  }
  json.end_array();
  json.end_object();
  return json.take();
}

}  // namespace drdrill::cli
