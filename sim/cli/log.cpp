#include "sim/cli/log.hpp"

#include <array>
#include <string_view>

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "sim/base/problem.hpp"
#include "sim/cli/options.hpp"

namespace drdrill::cli {
namespace {

struct LevelRow {
  std::string_view name;
  spdlog::level::level_enum level;
};

constexpr std::array<LevelRow, 5> levels{{{"off", spdlog::level::off},
                                          {"error", spdlog::level::err},
                                          {"warn", spdlog::level::warn},
                                          {"info", spdlog::level::info},
                                          {"debug", spdlog::level::debug}}};

spdlog::logger* logger(bool make) {
  static std::shared_ptr<spdlog::logger> made;
  if (made == nullptr && make) {
    made = std::make_shared<spdlog::logger>("drdrill",
                                            std::make_shared<spdlog::sinks::stderr_sink_st>());
    made->set_pattern("%H:%M:%S.%e %l %v");
  }
  return made.get();
}

}  // namespace

void set_log_level(const std::string& name) {
  std::array<std::string_view, levels.size()> names{};
  for (std::size_t i = 0; i < levels.size(); ++i) {
    names[i] = levels[i].name;
    if (levels[i].name == name) return logger(true)->set_level(levels[i].level);
  }
  throw UsageError("--log-level " + name + ": there is no such level" + suggestion(name, names));
}

void log_info(const std::string& message) {
  if (spdlog::logger* log = logger(false)) log->info("{}", message);
}

void log_debug(const std::string& message) {
  if (spdlog::logger* log = logger(false)) log->debug("{}", message);
}

}  // namespace drdrill::cli
