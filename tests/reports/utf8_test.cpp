#include "reports/utf8.hpp"

#include <catch2/catch.hpp>

#include "reports/terminal.hpp"

namespace drdrill::reports {

TEST_CASE("bytes that are no UTF-8 become the replacement character") {
  CHECK(valid_utf8("a\xff"
                   "b") ==
        "a\xef\xbf\xbd"
        "b");
  CHECK(valid_utf8("\xc0\xaf") == "\xef\xbf\xbd\xef\xbf\xbd");          // overlong
  CHECK(valid_utf8("\xed\xa0\x80").find('\xed') == std::string::npos);  // a surrogate
  CHECK(valid_utf8("\xf4\x90\x80\x80").find('\xf4') == std::string::npos);
  CHECK(valid_utf8("\xe2\x82") == "\xef\xbf\xbd\xef\xbf\xbd");  // cut in the middle
  CHECK(valid_utf8("héllo € 😀") == "héllo € 😀");
}

TEST_CASE("one line holds no control characters, escapes or direction marks") {
  CHECK(one_line("  a\tb\r\n\x1b[31mc\x07  ") == "a b c");
  CHECK(one_line("x\xe2\x80\xaey") == "xy");
  CHECK(one_line("\xc2\x9b"
                 "31m") == "31m");  // the eight-bit CSI
  CHECK(one_line("\n\n").empty());
}

TEST_CASE("the first line is the first that is not blank") {
  CHECK(first_line("\n \n  pg_promote\n---\n t") == "pg_promote");
  CHECK(first_line("").empty());
  CHECK(first_line("\n\n").empty());
}

TEST_CASE("columns count what a terminal shows") {
  CHECK(columns("abc") == 3);
  CHECK(columns("é–✓") == 3);
  CHECK(columns("e\xcc\x81") == 1);  // a combining accent
  CHECK(columns("数据") == 4);
}

TEST_CASE("clipping cuts at whole characters and says so") {
  CHECK(clip("abcdef", 6) == "abcdef");
  CHECK(clip("abcdef", 4) == "abc…");
  CHECK(clip("数据库", 4) == "数…");
  CHECK(clip("ab cd", 4) == "ab…");
}

TEST_CASE("wrapping keeps words whole and lines within the width") {
  CHECK(wrap("aa bb cc", 5) == std::vector<std::string>{"aa bb", "cc"});
  CHECK(wrap("a incomprehensible b", 4) == std::vector<std::string>{"a", "incomprehensible", "b"});
  CHECK(wrap("", 4).empty());
}

}  // namespace drdrill::reports
