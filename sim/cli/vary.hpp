#pragma once

#include <string>
#include <vector>

#include "scenarios/setting.hpp"

/// Values of the files from the command line: `--set POINTER=VALUE`, and `--vary POINTER=…` for one
/// that takes several values.
namespace drdrill::cli {

/// What --set says; throws UsageError.
std::vector<Setting> settings_of(const std::vector<std::string>& texts);

struct Axis {
  std::string pointer;
  std::vector<std::string> values;  ///< as --set takes them
};

/// "/a=1h,6h,24h", "/a=10s:60s:10s" (from, to, step; durations or numbers) or, for values with
/// commas in them, "/a=[\"0 2,14 * * *\", …]". Throws UsageError.
Axis parse_axis(const std::string& text);

/// Every combination, the last axis fastest; one empty combination when there is no axis.
std::vector<std::vector<Setting>> grid_of(const std::vector<Axis>& axes);

/// "0.3", "12": the shortest of at most twelve digits.
std::string spell_number(double number);

}  // namespace drdrill::cli
