#include <string>

#include <catch2/catch.hpp>

#include "sim/audit/look.hpp"
#include "tests/audit/auditing.hpp"

using namespace drdrill;

namespace {

std::string pasted(const std::string& body) {
  return "## Database recovery\n```bash\n" + body + "\n```\n";
}

/// Bytes of all words of all commands.
std::size_t text_of(const std::string& document) {
  Problems problems;
  audit::Input input;
  input.documents.push_back(procedures::import_text(document, "doc.md", problems));
  const audit::Look look(input);
  std::size_t bytes = 0;
  for (const audit::Call& call : look.calls)
    for (const std::string& word : call.argv) bytes += word.size();
  return bytes;
}

}  // namespace

TEST_CASE("a value that doubles itself is given up, and what it was in is still looked at") {
  std::string body = "a=xxxxxxxxxx\n";
  for (int i = 0; i < 12; ++i) body += "a=\"$a$a$a$a$a$a$a$a$a$a\"\n";
  body += "kubectl exec -it \"$a\" -- redis-cli cluster check";
  CHECK(text_of(pasted(body)) < 200'000);
  CHECK(test::finds(test::audited(pasted(body)), "redis-command-unknown"));
}

TEST_CASE("many uses of one long value do not fill the memory") {
  std::string body = "a=" + std::string(60'000, 'x') + "\n";
  for (int i = 0; i < 2'000; ++i) body += "ls \"$a\"\n";
  CHECK(text_of(pasted(body)) < (std::size_t{40} << 20));
}

TEST_CASE("a shell that starts itself is followed a few times") {
  CHECK(text_of(pasted("a='bash -c \"$a\"'\nbash -c \"$a\"")) > 0);
  CHECK(text_of(pasted("a='bash -c \"$a\"; bash -c \"$a\"; bash -c \"$a\"'\nbash -c \"$a\"")) > 0);
}
