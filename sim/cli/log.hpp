#pragma once

#include <string>

/// Progress and diagnosis on stderr, through spdlog. Nothing is set up until it is asked for.
namespace drdrill::cli {

/// "off", "error", "warn", "info", "debug"; throws UsageError for anything else.
void set_log_level(const std::string& name);

void log_info(const std::string& message);
void log_debug(const std::string& message);

}  // namespace drdrill::cli
