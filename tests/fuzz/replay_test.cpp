#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include <catch2/catch.hpp>

#include "tests/fuzz/kubernetes_fuzz.hpp"
#include "tests/fuzz/procedures_fuzz.hpp"
#include "tests/fuzz/shell_fuzz.hpp"

namespace fs = std::filesystem;

namespace drdrill::test {
namespace {

std::vector<std::string> corpus(const std::string& folder) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder)) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  std::vector<std::string> texts;
  for (const fs::path& file : files) {
    std::ifstream in(file, std::ios::binary);
    texts.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
  }
  return texts;
}

/// Numbers that are the same on every machine.
class Numbers {
 public:
  std::size_t below(std::size_t limit) {
    state_ = state_ * 6364136223846793005U + 1442695040888963407U;
    return limit == 0 ? 0 : static_cast<std::size_t>(state_ >> 33U) % limit;
  }

 private:
  std::uint64_t state_ = 20261123;
};

/// One change: a byte, a stretch that goes, that is doubled, or that comes from another text.
std::string mutated(std::string text, const std::vector<std::string>& all, Numbers& numbers) {
  const std::size_t at = numbers.below(text.size());
  const std::size_t length = std::min(numbers.below(80), text.size() - at);
  switch (numbers.below(4)) {
    case 0:
      if (!text.empty()) text[at] = static_cast<char>(numbers.below(256));
      break;
    case 1:
      text.erase(at, length);
      break;
    case 2:
      text.insert(at, text.substr(at, length));
      break;
    default: {
      const std::string& other = all[numbers.below(all.size())];
      const std::size_t from = numbers.below(other.size());
      text.insert(at, other.substr(from, numbers.below(200)));
    }
  }
  return text;
}

}  // namespace

TEST_CASE("manifests of the corpus, and many that are spoilt, are imported or refused") {
  const std::vector<std::string> texts = corpus("tests/fuzz/kubernetes");
  REQUIRE(texts.size() >= 8);
  for (const std::string& text : texts) import_anything(text);
  Numbers numbers;
  for (int round = 0; round < 400; ++round) {
    std::string text = texts[numbers.below(texts.size())];
    for (std::size_t changes = 1 + numbers.below(4); changes > 0; --changes)
      text = mutated(std::move(text), texts, numbers);
    CHECK(LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()) ==
          0);
  }
}

namespace {

/// Reads the corpus as it is, and many times spoilt.
void spoil(const std::string& folder, void (*read)(std::string_view), int rounds) {
  const std::vector<std::string> texts = corpus(folder);
  REQUIRE(texts.size() >= 4);
  for (const std::string& text : texts) CHECK_NOTHROW(read(text));
  Numbers numbers;
  for (int round = 0; round < rounds; ++round) {
    std::string text = texts[numbers.below(texts.size())];
    for (std::size_t changes = 1 + numbers.below(4); changes > 0; --changes)
      text = mutated(std::move(text), texts, numbers);
    CHECK_NOTHROW(read(text));
  }
}

}  // namespace

TEST_CASE("documents and syntax trees, sound and spoilt, are read or refused") {
  spoil("tests/fuzz/markdown", read_any_document, 2000);
  spoil("tests/fuzz/syntax", read_any_tree, 2000);
}

TEST_CASE("shell, sound and spoilt, runs to its end or is refused") {
  spoil("tests/fuzz/shell", run_any_shell, 2000);
}

TEST_CASE("files that people write, sound and spoilt, are read or refused") {
  spoil("tests/scenarios/good", check_any_file, 1000);
}

}  // namespace drdrill::test
