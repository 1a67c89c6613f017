#include "scenarios/procedures/import.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <sstream>
#include <utility>

#include "scenarios/file_text.hpp"
#include "scenarios/procedures/code_block.hpp"
#include "scenarios/procedures/library.hpp"
#include "scenarios/procedures/markdown.hpp"
#include "scenarios/procedures/objectives.hpp"
#include "scenarios/procedures/placeholders.hpp"
#include "scenarios/procedures/script.hpp"
#include "scenarios/procedures/shfmt.hpp"
#include "scenarios/procedures/words.hpp"
#include "scenarios/procedures/written_lists.hpp"
#include "sim/drill/shell.hpp"

namespace drdrill::procedures {
namespace {

constexpr std::size_t most_bytes = std::size_t{4} << 20;
constexpr std::string_view too_large = "the file is larger than 4 MB";
constexpr std::size_t most_of_first_line = 256;
constexpr std::size_t most_shell_bytes = std::size_t{1} << 20;  // of a document
constexpr std::string_view too_much_shell = "there is more than 1 MB of shell before it";

/// Follows a document from heading to heading.
class Reading {
 public:
  Reading(std::string file, ProcedureDocument& out) : out_(out) { out_.file = std::move(file); }

  void document(std::string_view text) {
    blocks_ = read_markdown(text);
    read_all_shell();
    for (const Block& block : blocks_) take(block);
    flush_item();
    read_objectives(blocks_, out_);
    finish();
  }

  void script(std::string_view text, const std::string& name, Problems& problems) {
    const ShellSyntax syntax = read_syntax(text);
    std::vector<ImportNotice> notices;
    for (const EntryFunction& function : entry_functions(text, syntax)) {
      procedures_.push_back(begin(function.name, function.name + " of " + name, function.line));
      procedures_.back().script = name;
      add_entry(text, syntax, function, out_.file, procedures_.back(), notices);
    }
    if (procedures_.empty()) {
      procedures_.push_back(begin(name, name, 1));
      procedures_.back().script = name;
      const auto asked = [](const std::string& asked_for) { return read_syntax(asked_for); };
      if (!add_steps({text, out_.file, 1, "", true}, asked, procedures_.back(), notices))
        for (const ImportNotice& notice : notices)
          if (notice.kind == ImportNotice::Kind::not_read)
            problems.add({out_.file, {notice.place.line, 0}, "", notice.text});
    }
    for (ImportNotice& notice : notices) out_.notices.push_back(std::move(notice));
    finish();
  }

 private:
  struct Heading {
    int level = 0;
    std::string text;
    int line = 0;
  };

  /// The syntax of all shell in the document, read at once.
  void read_all_shell() {
    std::vector<std::string> texts;
    std::size_t bytes = 0;
    const auto add = [&](const std::string& text) {
      std::string words = hidden(text, find_placeholders(text));
      bytes += words.size();
      if (bytes > most_shell_bytes || !syntaxes_.try_emplace(words).second) return;
      texts.push_back(std::move(words));
    };
    for (const Block& block : blocks_) {
      if (block.kind == Block::Kind::code && is_shell(block.language, block.text))
        add(without_prompts(block.text));
      if (block.kind == Block::Kind::ordered)
        for (const std::string& command : commands_in(block.text)) add(command);
    }
    std::vector<ShellSyntax> read = read_syntaxes(texts);
    for (std::size_t i = 0; i < texts.size(); ++i) syntaxes_[texts[i]] = std::move(read[i]);
  }

  ShellSyntax syntax_of(const std::string& text) const {
    const auto found = syntaxes_.find(text);
    if (found != syntaxes_.end()) return found->second;
    ShellSyntax none;
    none.error = too_much_shell;
    return none;
  }

  void take(const Block& block) {
    switch (block.kind) {
      case Block::Kind::heading:
        flush_item();
        while (!headings_.empty() && headings_.back().level >= block.level) headings_.pop_back();
        headings_.push_back({block.level, block.text, block.line});
        label_.clear();
        return;
      case Block::Kind::label:
        flush_item();
        label_ = block.text.substr(0, block.text.find_last_not_of(":* ") + 1);
        return;
      case Block::Kind::ordered:
        flush_item();
        item_ = &block;
        item_more_.clear();
        return;
      case Block::Kind::code:
        code(block);
        return;
      case Block::Kind::bullet:
        if (item_ && block.indent > item_->indent)
          item_more_ += (item_more_.empty() ? " " : "; ") + block.text;
        box(block);
        contact(block);
        return;
      case Block::Kind::row:
        contact(block);
        return;
      case Block::Kind::text:
        return;
    }
  }

  std::vector<std::string> heading_texts() const {
    std::vector<std::string> texts;
    for (const Heading& each : headings_) texts.push_back(each.text);
    return texts;
  }
  void box(const Block& block) { read_box(block, heading_texts(), out_); }
  void contact(const Block& block) { read_contact(block, heading_texts(), out_); }

  void code(const Block& block) {
    if (block.language == "yaml" || block.language == "yml") {
      out_.manifests.push_back({block.text, {out_.file, block.line}});
      item_ = nullptr;
      return;
    }
    if (!is_shell(block.language, block.text)) {
      std::istringstream lines(block.text);
      Block line = block;
      for (; std::getline(lines, line.text); ++line.line) contact(line);
      return;
    }
    const std::string text = without_prompts(block.text);
    if (text.find_first_not_of(" \t\n") == std::string::npos || is_crontab(text)) return;
    std::string label = label_;
    if (item_) label = item_->text;
    if (label.empty() && !headings_.empty() && root() + 1 < headings_.size())
      label = headings_.back().text;
    item_ = nullptr;
    const std::string name = script_name(text);
    if (!name.empty() || text.starts_with("#!")) {
      Procedure procedure = begin(name.empty() ? heading() : name, heading(), block.line);
      procedure.script = name.empty() ? slug(heading()) + ".sh" : name;
      read_steps({text, out_.file, block.line, ""}, procedure);
      procedures_.push_back(std::move(procedure));
      return;
    }
    read_steps({text, out_.file, block.line, label}, current(label, block.line));
  }

  void read_steps(const Piece& piece, Procedure& procedure) {
    std::vector<ImportNotice> notices;
    add_steps(
        piece, [&](const std::string& text) { return syntax_of(text); }, procedure, notices);
    for (ImportNotice& notice : notices) {
      // Said once: nothing behind it is read either.
      const bool bound = notice.text.find(too_much_shell) != std::string::npos ||
                         notice.text.find(out_of_time) != std::string::npos;
      if (bound && std::exchange(cut_short_, true)) continue;
      out_.notices.push_back(std::move(notice));
    }
  }

  /// An item of a numbered list that no code block follows is something to do by hand, unless it
  /// names the command.
  void flush_item() {
    const Block* item = std::exchange(item_, nullptr);
    if (!item || headings_.empty()) return;
    // A table of contents.
    if (item->text.starts_with("[") && item->text.ends_with(")")) return;
    const bool wanted = std::any_of(headings_.begin(), headings_.end(),
                                    [](const Heading& h) { return is_procedural(h.text); });
    if (!wanted) return;
    const auto commands = commands_in(item->text);
    for (const std::string& command : commands)
      read_steps({command, out_.file, item->line, item->text}, current(label_, item->line));
    if (!commands.empty()) return;
    constexpr std::size_t longest = 300;
    add_manual(cut(item->text + item_more_, longest), {out_.file, item->line},
               current(label_, item->line));
  }

  /// Index of the heading that the procedure is named by.
  std::size_t root() const {
    std::size_t at = headings_.size() - 1;
    while (at > 0 && is_section(headings_[at].text, headings_[at - 1].text) &&
           !(headings_[at - 1].level == 1 && is_chapter(headings_[at].text)))
      --at;
    return at;
  }
  std::string heading() const { return headings_.empty() ? "procedure" : headings_[root()].text; }

  /// The procedure of the heading that we are under.
  Procedure& current(const std::string& label, int line) {
    std::string name = heading();
    int key = headings_.empty() ? 0 : headings_[root()].line;
    bool back = is_rollback(label);
    for (std::size_t i = headings_.empty() ? 0 : root() + 1; i < headings_.size(); ++i)
      back = back || is_rollback(headings_[i].text);
    if (back) name += ": rollback", key = -key - 1;
    const auto [found, made] = by_heading_.emplace(key, procedures_.size());
    if (made) procedures_.push_back(begin(name, name, line));
    return procedures_[found->second];
  }

  Procedure begin(const std::string& name, const std::string& title, int line) {
    Procedure procedure;
    std::string id = slug(name.ends_with(".sh") ? name.substr(0, name.size() - 3) : name);
    if (id.empty()) id = "procedure";
    while (!names_.insert(id).second) id += "-" + std::to_string(line);
    procedure.runbook.name = id;
    procedure.runbook.title = title;
    procedure.runbook.source = out_.file + (headings_.empty() ? "" : ", " + heading());
    procedure.runbook.place = {out_.file, line};
    procedure.headings = heading_texts();
    return procedure;
  }

  /// A list of things to do is a procedure if its own heading says that it is followed: a title
  /// like "Disaster recovery" says nothing of each list in the document.
  bool is_followed(const Procedure& procedure) const {
    const auto& steps = procedure.runbook.steps;
    if (std::any_of(steps.begin(), steps.end(), [](const Step& step) { return !step.run.empty(); }))
      return true;
    if (steps.empty()) return false;
    const auto& headings = procedure.headings;
    const std::size_t first = headings.size() > 1 ? 1 : 0;
    return std::any_of(headings.begin() + static_cast<std::ptrdiff_t>(first), headings.end(),
                       [](const std::string& heading) { return is_procedural(heading); });
  }

  void finish() {
    for (Procedure& procedure : procedures_) {
      if (!is_followed(procedure)) continue;
      note_unknown(procedure, out_.notices);
      for (Procedure& made : finished(std::move(procedure), out_.notices))
        out_.procedures.push_back(std::move(made));
    }
  }

  ProcedureDocument& out_;
  std::vector<Block> blocks_;
  std::vector<Heading> headings_;
  std::string label_;
  const Block* item_ = nullptr;  ///< of a numbered list, whose step is not made yet
  std::string item_more_;        ///< the bullets below it
  std::vector<Procedure> procedures_;
  std::map<int, std::size_t> by_heading_;
  std::set<std::string> names_;
  std::map<std::string, ShellSyntax> syntaxes_;  ///< by the text, placeholders hidden
  bool cut_short_ = false;                       ///< it was said that not all shell was read
};

bool is_markdown(const std::string& path) {
  const std::string name = lowered(path);
  return name.ends_with(".md") || name.ends_with(".markdown") || name.ends_with(".mdx");
}

}  // namespace

ProcedureDocument import_text(std::string_view text, const std::string& file, Problems& problems) {
  ProcedureDocument out;
  out.file = file;
  if (text.size() > most_bytes) {
    problems.add({file, {}, "", std::string(too_large)});
    return out;
  }
  if (!is_utf8(text)) {
    problems.add({file, {}, "", "this is not UTF-8; save the file as UTF-8"});
    return out;
  }
  if (text.find('\0') != std::string_view::npos) {
    problems.add({file, {}, "", "there is a zero byte: this is no text"});
    return out;
  }
  Reading reading(file, out);
  if (is_markdown(file))
    reading.document(text);
  else
    reading.script(text, file.substr(file.rfind('/') + 1), problems);
  return out;
}

ProcedureDocument import_file(const std::string& path, Problems& problems) {
  const FileText read = read_file_text(path, most_bytes);
  std::string why = read.why();
  if (read.end == FileText::End::too_large) why = too_large;
  if (read.end == FileText::End::folder)
    why = "this is a directory; name the documents in it (audit takes directories)";
  if (read.end == FileText::End::whole && read.text.empty()) why = "the file is empty";
  if (!why.empty()) {
    problems.add({path, {}, "", std::move(why)});
    return {};
  }
  return import_text(read.text, path, problems);
}

bool is_procedure_file(const std::string& path) {
  const std::string name = lowered(path);
  if (is_markdown(path) || name.ends_with(".sh") || name.ends_with(".bash")) return true;
  if (name.substr(name.rfind('/') + 1).find('.') != std::string::npos) return false;
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) return false;
  std::ifstream in(path, std::ios::binary);
  std::string line(most_of_first_line, '\0');
  in.read(line.data(), static_cast<std::streamsize>(line.size()));
  line.resize(static_cast<std::size_t>(in.gcount()));
  line.resize(std::min(line.find('\n'), line.size()));
  return line.starts_with("#!") && (line.ends_with("sh") || line.find("bash") != std::string::npos);
}

}  // namespace drdrill::procedures
