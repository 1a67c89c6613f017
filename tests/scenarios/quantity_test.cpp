#include "scenarios/quantity.hpp"

#include <catch2/catch.hpp>

#include "scenarios/cron.hpp"
#include "scenarios/document.hpp"

namespace drdrill {
namespace {

std::optional<double> quantity(std::string_view json, ParameterUnit unit) {
  Problems problems;
  const auto value = parse_json(json, "f", problems);
  REQUIRE(value);
  return quantity_of(*value, unit);
}

TEST_CASE("Quantities are read in the unit that they are kept in") {
  using Unit = ParameterUnit;
  CHECK(quantity("\"1h30m\"", Unit::seconds) == 5400);
  CHECK(quantity("2.5", Unit::seconds) == 2.5);
  CHECK(quantity("\"8Gi\"", Unit::bytes) == 8.0 * (1 << 30));
  CHECK(quantity("\"4GB\"", Unit::bytes) == 4e9);
  CHECK(quantity("\"0.2GB\"", Unit::bytes) == 2e8);
  CHECK(quantity("\"0.3MB/s\"", Unit::bytes_per_second) == 3e5);
  CHECK(quantity("\"60/s\"", Unit::per_second) == 60);
  CHECK(quantity("\"90/m\"", Unit::per_second) == 1.5);
  CHECK(quantity("\"5%\"", Unit::share) == 0.05);
  CHECK(quantity("1", Unit::share) == 1);
  CHECK(quantity("12", Unit::count) == 12);
  CHECK(quantity("true", Unit::boolean) == 1);
}

TEST_CASE("What is no quantity of the unit is refused") {
  using Unit = ParameterUnit;
  for (const char* text : {"\"5 minutes\"", "-1", "\"\"", "true", "null", "[]", "1e300"})
    CHECK_FALSE(quantity(text, Unit::seconds));
  for (const char* text : {"\"8Qi\"", "\"8GB/s\"", "\"-1\"", "-5"})
    CHECK_FALSE(quantity(text, Unit::bytes));
  for (const char* text : {"\"60\"", "\"60/y\"", "\"/s\"", "\"x/s\"", "\"-1/s\"", "\"inf/s\""})
    CHECK_FALSE(quantity(text, Unit::per_second));
  for (const char* text : {"1.01", "\"101%\"", "\"5\"", "-0.1"})
    CHECK_FALSE(quantity(text, Unit::share));
  for (const char* text : {"1", "\"true\""}) CHECK_FALSE(quantity(text, Unit::boolean));
}

TEST_CASE("Cron schedules are read as Kubernetes reads them") {
  for (const char* good : {"0 2 * * *", "*/15 0-6,22,23 1-31/2 jan,DEC mon-fri", "@daily",
                           "0 0 ? * 7", " 5  4 * * sun"})
    CHECK(cron_mistake(good) == std::nullopt);
  CHECK(
      cron_mistake("0 2 * *") ==
      std::optional<std::string>("expected five fields (minute hour day month weekday), found 4"));
  CHECK(cron_mistake("0 24 * * *") == std::optional<std::string>("\"24\" is no hour from 0 to 23"));
  for (const char* bad : {"60 * * * *", "* * 0 * *", "* * * 13 *", "5-1 * * * *", "*/0 * * * *",
                          "a * * * *", "1- * * * *", ", * * * *", "@often", "* * * * mon-", ""})
    CHECK(cron_mistake(bad));
}

}  // namespace
}  // namespace drdrill
