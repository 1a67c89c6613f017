#include "sim/live/clients/lab_api.hpp"

#include <array>

#include "sim/cli/subcommand.hpp"

namespace drdrill::cli {
namespace {

constexpr std::array<OptionRow, 7> options{{
    {"address", "ADDRESS", "where to listen"},
    {"port", "N", "where to listen (default: 8080)"},
    {"services", "FILE", "where Services lead now"},
    {"database", "NAME", "the database that is written to"},
    {"database-service", "NAME", "the Service that leads to it"},
    {"redis-service", "NAME", "the Service that leads to Redis"},
    {"pool", "N", "connections to each store"},
}};

int run_lab_api(const Options& given, Context& context) {
  live::LabApiOptions api;
  api.address = given.value("address", api.address);
  const std::uint64_t port = given.natural("port", api.port);
  if (port == 0 || port > UINT16_MAX) throw UsageError("--port: expected 1 to 65535");
  api.port = static_cast<std::uint16_t>(port);
  api.services_file = given.value("services", "");
  api.database.database = given.value("database", api.database.database);
  api.database.service = given.value("database-service", api.database.service);
  api.redis_service = given.value("redis-service", api.redis_service);
  const std::uint64_t pool = given.natural("pool", api.pool);
  if (pool == 0 || pool > 100) throw UsageError("--pool: expected 1 to 100");
  api.pool = static_cast<unsigned>(pool);
  return live::serve_lab_api(api, context.err);
}

}  // namespace

constexpr Subcommand lab_api_subcommand{
    "lab-api",
    "",
    "",  // a pod of a lab runs it, nobody else
    "The API pod of a lab: writes through PostgreSQL and Redis. `drdrill lab up` starts it.\n\n"
    "  drdrill lab-api --address 127.0.0.1 --services services.json\n",
    options,
    run_lab_api};

}  // namespace drdrill::cli
