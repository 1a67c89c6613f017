#include "sim/study/closed_forms.hpp"

#include <set>
#include <string>

#include <catch2/catch.hpp>

namespace drdrill::study {
namespace {

constexpr std::uint64_t seed = 1;

TEST_CASE("the engine meets every closed form within its interval of 99.9 %", "[many]") {
  std::size_t figures = 0;
  for (const ClosedFormCase& row : closed_form_cases()) {
    for (const ClosedForm& form : row.play(seed)) {
      INFO(row.title << ", " << form.what << ": " << form.simulated.mean << " +- "
                     << form.simulated.half_width << ", exact " << form.exact);
      CHECK(form.holds());
      ++figures;
    }
  }
  CHECK(figures >= 80);
}

TEST_CASE("a closed form holds neither off its value nor with an interval that says nothing") {
  CHECK(ClosedForm{"W", 5, {5.1, 0.2}, 0.1}.holds());
  CHECK_FALSE(ClosedForm{"W", 5, {5.3, 0.2}, 0.1}.holds());
  CHECK_FALSE(ClosedForm{"W", 5, {5.1, 0.6}, 0.1}.holds());
  CHECK(ClosedForm{"T", 924.6, {924.6, 0}, 0.1}.holds());
  CHECK_FALSE(ClosedForm{"T", 924.6, {924.7, 0}, 0.1}.holds());
}

TEST_CASE("every closed form has a title and a source of its own") {
  std::set<std::string_view> titles;
  for (const ClosedFormCase& row : closed_form_cases()) {
    CHECK(titles.insert(row.title).second);
    CHECK_FALSE(row.source.empty());
  }
}

}  // namespace
}  // namespace drdrill::study
