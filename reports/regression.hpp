#pragma once

#include <string>
#include <string_view>

#include "reports/study_writer.hpp"
#include "sim/study/regression.hpp"

/// What `drdrill compare` found, written down. The same regression gives the same bytes.
namespace drdrill {

StudyWriters<study::Regression> regression_writers();

namespace reports {

// The writers, one for each file.
void write_regression_text(const study::Regression& regression, std::ostream& out,
                           const WriteOptions& options);
void write_regression_json(const study::Regression& regression, std::ostream& out,
                           const WriteOptions& options);
void write_regression_junit(const study::Regression& regression, std::ostream& out,
                            const WriteOptions& options);
void write_regression_sarif(const study::Regression& regression, std::ostream& out,
                            const WriteOptions& options);
void write_regression_csv(const study::Regression& regression, std::ostream& out,
                          const WriteOptions& options);
void write_regression_markdown(const study::Regression& regression, std::ostream& out,
                               const WriteOptions& options);

// The words that they share.

/// "postgres RTO p95", "api missed"
std::string regressed_name(const study::RegressionRow& row);
/// "4m 12s", "not recovered", "12.3 %"
std::string figure_before(const study::RegressionRow& row);
std::string figure_after(const study::RegressionRow& row);
/// "does not depend on what changed, in any of its first 256 replications"
std::string independent_words(const study::ScenarioRegression& scenario);
/// "+2m 43s, 99 % interval 2m 31s to 2m 55s; target 5m 00s no longer met"
std::string difference_words(const study::RegressionRow& row);
/// "scenarios/x.json:57 /steps/2/run: "sleep 3" → "sleep 30""
std::string change_words(const study::ChangedValue& change);
/// "because …, 98 % of it"; or that no change explains it by itself.
std::string cause_words(const study::ScenarioRegression& scenario, const study::RegressionRow& row);
/// "1 worse, 2 better, 30 the same (3 of 20 scenarios changed)"
std::string regression_counts(const study::Regression& regression);
/// "until 2026-12-31: the reason"
std::string waiver_words(const study::Waiver& waiver);
std::string_view state_name(const study::RegressionRow& row);  ///< "worse", "waived", …
/// Fails the comparison.
bool fails(const study::RegressionRow& row);
bool fails(const study::ScenarioRegression& scenario);  ///< as a whole: it is gone

}  // namespace reports
}  // namespace drdrill
