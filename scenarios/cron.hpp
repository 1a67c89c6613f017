#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace drdrill {

/// What is wrong with a cron schedule as Kubernetes' CronJob reads it: five fields (minute, hour,
/// day of month, month, day of week), or @hourly, @daily, @midnight, @weekly, @monthly, @yearly,
/// @annually. Nothing when it is sound.
std::optional<std::string> cron_mistake(std::string_view schedule);

}  // namespace drdrill
