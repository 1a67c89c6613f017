#include "sim/base/parameter.hpp"

#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "sim/base/ensure.hpp"

namespace drdrill {
namespace {

Parameter parameter(std::string id, double value) {
  Parameter p;
  p.id = std::move(id);
  p.value = constant(value);
  return p;
}

std::vector<std::string> ids(const ParameterTable& table) {
  std::vector<std::string> out;
  for (const Parameter& p : table.all()) out.push_back(p.id);
  return out;
}

TEST_CASE("a table is in order of id, whatever the order of the files") {
  ParameterTable table;
  for (const char* id : {"redis.b", "api.z", "redis.a", "postgres", "api.a"})
    table.put(parameter(id, 1));
  CHECK(ids(table) == std::vector<std::string>{"api.a", "api.z", "postgres", "redis.a", "redis.b"});
}

TEST_CASE("a parameter is found by its whole id") {
  ParameterTable table;
  table.put(parameter("b", 2));
  table.put(parameter("a", 1));
  table.put(parameter("b.c", 3));
  REQUIRE(table.find("b") != ParameterId::none);
  CHECK(table[table.find("a")].value == constant(1));
  CHECK(table[table.find("b")].value == constant(2));
  CHECK(table[table.find("b.c")].value == constant(3));
  for (const char* id : {"", "A", "b.", "b.c.d", "c"}) {
    INFO(id);
    CHECK(table.find(id) == ParameterId::none);
  }
  CHECK(ParameterTable().find("a") == ParameterId::none);
}

TEST_CASE("a later parameter of the same id replaces the whole earlier one") {
  ParameterTable table;
  table.put(parameter("a", 1));
  table.put(parameter("b", 2));
  Parameter later = parameter("a", 9);
  later.unit = ParameterUnit::bytes;
  later.provenance = Provenance::measured;
  later.source = "a drill";
  later.place = {"mine.json", 12};
  table.put(later);
  REQUIRE(table.all().size() == 2);
  const Parameter& found = table[table.find("a")];
  CHECK(found.value == constant(9));
  CHECK(found.unit == ParameterUnit::bytes);
  CHECK(found.provenance == Provenance::measured);
  CHECK(found.source == "a drill");
  CHECK(found.place.file == "mine.json");
  CHECK(found.place.line == 12);
  CHECK(table[table.find("b")].value == constant(2));
}

TEST_CASE("a number that the table never gave is our bug") {
  ParameterTable table;
  table.put(parameter("a", 1));
  CHECK_THROWS_AS(table[ParameterId::none], Bug);
  CHECK_THROWS_AS(table[ParameterId{1}], Bug);
}

TEST_CASE("a table never numbers two parameters alike") {
  ParameterTable table;
  for (int i = 100'000; i < 165'535; ++i) table.put(parameter(std::to_string(i), i));
  CHECK(table[table.find("165534")].value == constant(165'534));
  table.put(parameter("165534", 1));  // replacing needs no number more
  CHECK_THROWS_AS(table.put(parameter("165535", 1)), Bug);
}

TEST_CASE("provenances are read by the names that they are written with") {
  CHECK(provenance_of("measured") == Provenance::measured);
  CHECK(provenance_of("documented") == Provenance::documented);
  CHECK(provenance_of("derived") == Provenance::derived);
  CHECK(provenance_of("estimate") == Provenance::estimate);
  CHECK(provenance_name(Provenance::measured) == "measured");
  CHECK(provenance_name(Provenance::documented) == "documented");
  CHECK(provenance_name(Provenance::derived) == "derived");
  CHECK(provenance_name(Provenance::estimate) == "estimate");
  CHECK_FALSE(provenance_of("").has_value());
  CHECK_FALSE(provenance_of("Measured").has_value());
  CHECK_FALSE(provenance_of("guess").has_value());
}

TEST_CASE("units have the words of files and the symbols of reports") {
  using U = ParameterUnit;
  CHECK(unit_name(U::seconds) == "seconds");
  CHECK(unit_name(U::count) == "count");
  CHECK(unit_name(U::bytes) == "bytes");
  CHECK(unit_name(U::bytes_per_second) == "bytes_per_second");
  CHECK(unit_name(U::per_second) == "per_second");
  CHECK(unit_name(U::share) == "share");
  CHECK(unit_name(U::boolean) == "boolean");
  CHECK(unit_symbol(U::seconds) == "s");
  CHECK(unit_symbol(U::bytes) == "B");
  CHECK(unit_symbol(U::bytes_per_second) == "B/s");
  CHECK(unit_symbol(U::per_second) == "/s");
  for (const U unit : {U::count, U::share, U::boolean}) CHECK(unit_symbol(unit).empty());
}

}  // namespace
}  // namespace drdrill
