#pragma once

#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

/// Colours, columns and line breaks of the text format.
namespace drdrill::reports {

enum class Ink { plain, bold, dim, red, green, yellow };

/// Puts ANSI colours around text, or nothing.
class Pen {
 public:
  explicit Pen(bool on) : on_(on) {}
  std::string operator()(Ink ink, std::string_view text) const;

 private:
  bool on_;
};

enum class Align { left, right };

struct Cell {
  std::string text;
  Ink ink = Ink::plain;
};

/// What becomes of a last column that is too wide.
enum class Last {
  cut,
  wrapped  ///< broken into lines, each below the column's beginning
};

/// Columns as wide as their widest cell, two spaces apart; no spaces at the ends of lines.
class TextTable {
 public:
  explicit TextTable(std::vector<Align> aligns) : aligns_(std::move(aligns)) {}
  void add(std::vector<Cell> row) { rows_.push_back(std::move(row)); }
  bool empty() const { return rows_.empty(); }
  /// The last column is cut or wrapped so that lines stay within `width`.
  void write(std::ostream& out, const Pen& pen, std::size_t indent, std::size_t width,
             Last last = Last::cut) const;
  /// Of each column its widest cell's.
  std::vector<std::size_t> widths() const;

 private:
  std::vector<Align> aligns_;
  std::vector<std::vector<Cell>> rows_;
};

/// Breaks at spaces into lines of at most `width` columns; a longer word stands alone, uncut.
std::vector<std::string> wrap(std::string_view text, std::size_t width);

/// Spaces in front until it is `width` columns wide.
std::string pad_left(std::string_view text, std::size_t width);
/// Spaces behind until it is `width` columns wide.
std::string pad_right(std::string_view text, std::size_t width);

}  // namespace drdrill::reports
