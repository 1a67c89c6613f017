#include <array>
#include <charconv>
#include <ostream>

#include "reports/sweep.hpp"

namespace drdrill::reports {
namespace {

/// Quoted as RFC 4180 wants it, where it must be.
std::string field(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + '"';
}

std::string number(double value) {
  std::array<char, 64> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
  return {buffer.data(), end.ptr};
}

/// Empty for what is not there: undefined, never, no target.
std::string number(const std::optional<double>& value) {
  return value ? number(*value) : "";
}

}  // namespace

void write_sweep_csv(const study::SweepPart& sweep, std::ostream& out, const WriteOptions&) {
  for (const std::string& pointer : sweep.head.pointers) out << field(pointer) << ',';
  out << "objective,of,target_s,runs,never,p50_s,p90_s,p95_s,p99_s,max_s,met,met_low,met_high,"
         "participant_minutes_mean,estimate_share,usd_per_month\n";
  constexpr double ms_per_minute = 60'000;
  for (const SweepRow& row : sweep_rows(sweep)) {
    for (const std::string& value : row.cell->values) out << field(value) << ',';
    out << row.objective << ',' << (row.rpo ? "rpo" : "rto") << ','
        << (row.target ? number(to_seconds(*row.target)) : "") << ',' << row.times->count() << ','
        << row.times->infinite();
    for (const double p : {0.5, 0.9, 0.95, 0.99}) out << ',' << number(seconds_at(*row.times, p));
    const auto most = row.times->greatest();
    out << ',' << (most ? number(to_seconds(Duration(*most))) : "");
    if (row.met.of > 0) {
      const study::Interval interval = study::wilson(row.met);
      out << ',' << number(row.met.value()) << ',' << number(interval.low) << ','
          << number(interval.high);
    } else {
      out << ",,,";
    }
    out << ',' << number(row.tally->participant_ms.mean() / ms_per_minute) << ','
        << number(row.tally->estimate_share()) << ',' << number(row.cell->usd_per_month) << '\n';
  }
}

}  // namespace drdrill::reports
