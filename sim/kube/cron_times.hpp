#pragma once

#include <bitset>
#include <cstdint>
#include <optional>
#include <string_view>

namespace drdrill::kube {

/// When a CronJob fires. Kubernetes reads schedules as robfig/cron does: five fields or a nickname,
/// in UTC (the controller manager's zone) unless `timeZone` says otherwise; when both days of month
/// and days of week are restricted, either will do.
class CronTimes {
 public:
  /// Nothing when the schedule is none, or the time zone is not known here: known are UTC and the
  /// zones without daylight saving time that the table in the source names.
  static std::optional<CronTimes> parse(std::string_view schedule, std::string_view time_zone);

  /// The first firing after `utc_minute` (minutes since 1970 UTC), looking ahead five years as
  /// robfig/cron does.
  std::optional<std::int64_t> next_after(std::int64_t utc_minute) const;

 private:
  bool day_matches(std::int64_t local_day) const;

  std::bitset<60> minutes_;
  std::bitset<24> hours_;
  std::bitset<32> days_;
  std::bitset<13> months_;
  std::bitset<7> weekdays_;
  bool any_day_ = false;
  bool any_weekday_ = false;
  int offset_minutes_ = 0;
};

}  // namespace drdrill::kube
