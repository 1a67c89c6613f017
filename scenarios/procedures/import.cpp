#include "scenarios/procedures/import.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <sstream>
#include <utility>

#include "scenarios/procedures/code_block.hpp"
#include "scenarios/procedures/markdown.hpp"
#include "scenarios/procedures/objectives.hpp"
#include "scenarios/procedures/script.hpp"
#include "scenarios/procedures/words.hpp"
#include "sim/drill/shell.hpp"

namespace drdrill::procedures {
namespace {

constexpr std::size_t most_bytes = std::size_t{4} << 20;
constexpr std::size_t most_blocks = 200;  // of shell; each is read by a child
constexpr std::size_t most_shell_bytes = std::size_t{1} << 20;

/// Follows a document from heading to heading.
class Reading {
 public:
  Reading(std::string file, ProcedureDocument& out) : out_(out) { out_.file = std::move(file); }

  void document(std::string_view text, Problems& problems) {
    blocks_ = read_markdown(text);
    for (std::size_t i = 0; i < blocks_.size(); ++i) take(blocks_[i]);
    flush_item();
    read_objectives(blocks_, out_);
    finish();
    if (too_much_ > 0)
      problems.add({out_.file,
                    {too_much_, 0},
                    "",
                    "there is more shell than can be read (200 blocks, 1 MB, 1.5 s)"});
  }

  void script(std::string_view text, const std::string& name, Problems& problems) {
    Procedure procedure = begin(name, name, 1);
    procedure.script = name;
    std::vector<ImportNotice> notices;
    if (!add_steps({text, out_.file, 1, ""}, procedure, notices))
      for (const ImportNotice& notice : notices)
        if (notice.kind == ImportNotice::Kind::not_read)
          problems.add({out_.file, {notice.place.line, 0}, "", notice.text});
    for (ImportNotice& notice : notices) out_.notices.push_back(std::move(notice));
    procedures_.push_back(std::move(procedure));
    finish();
  }

 private:
  struct Heading {
    int level = 0;
    std::string text;
    int line = 0;
  };

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
        return;
      case Block::Kind::code:
        code(block);
        return;
      case Block::Kind::bullet:
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

  /// "[ ] Replication lag < 1 second"
  void box(const Block& block) {
    if (!block.text.starts_with("[ ]") && !lowered(block.text).starts_with("[x]")) return;
    // What is only to be done is somebody's word; what is to be found out needs a means.
    const bool validates =
        std::any_of(headings_.begin(), headings_.end(), [](const Heading& heading) {
          const std::string text = lowered(heading.text);
          return text.find("validat") != std::string::npos ||
                 text.find("verif") != std::string::npos;
        });
    const bool recovers = std::any_of(headings_.begin(), headings_.end(), [](const Heading& h) {
      constexpr std::array<std::string_view, 4> words{"recover", "disaster", "restor", "failover"};
      return has_any(lowered(h.text), words);
    });
    if (!validates || !recovers) return;
    if (box_heading_ != headings_.size() || out_.checklists.empty() ||
        out_.checklists.back().heading != (headings_.empty() ? "" : headings_.back().text)) {
      out_.checklists.push_back(
          {headings_.empty() ? "" : headings_.back().text, {out_.file, block.line}, 0, 0});
      box_heading_ = headings_.size();
    }
    WrittenChecklist& list = out_.checklists.back();
    ++list.items;
    if (block.text.find_first_of("`0123456789", 3) != std::string::npos) ++list.measured;
  }

  void contact(const Block& block) {
    for (const Heading& heading : headings_)
      if (lowered(heading.text).find("contact") != std::string::npos) {
        if (block.text.find_first_of("@0123456789") != std::string::npos ||
            lowered(block.text).find("tbd") != std::string::npos)
          out_.contacts.push_back({block.text, {out_.file, block.line}});
        return;
      }
  }

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
    shell_bytes_ += text.size();
    if (++shell_blocks_ > most_blocks || shell_bytes_ > most_shell_bytes) {
      too_much_ = too_much_ == 0 ? block.line : too_much_;
      return;
    }
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

  /// Reads the block's steps. Blocks that take long may take a second and a half together.
  void read_steps(const Piece& piece, Procedure& procedure) {
    const auto begin = std::chrono::steady_clock::now();
    add_steps(piece, procedure, out_.notices);
    const auto took = std::chrono::steady_clock::now() - begin;
    if (took < std::chrono::milliseconds(100)) return;
    slow_ += took;
    if (slow_ <= std::chrono::milliseconds(1200)) return;
    shell_blocks_ = most_blocks;
    too_much_ = piece.first_line;
  }

  /// An item of a numbered list that no code block follows is something to do by hand, unless it
  /// names the command.
  void flush_item() {
    const Block* item = std::exchange(item_, nullptr);
    if (!item || headings_.empty()) return;
    const bool wanted = std::any_of(headings_.begin(), headings_.end(),
                                    [](const Heading& h) { return is_procedural(h.text); });
    if (!wanted) return;
    const std::size_t open = item->text.find('`');
    const std::size_t close = open == std::string::npos ? open : item->text.find('`', open + 1);
    if (close != std::string::npos) {
      const std::string command = item->text.substr(open + 1, close - open - 1);
      const std::string program = command.substr(0, command.find(' '));
      if (command.find(' ') != std::string::npos && is_known_program(program)) {
        add_steps({command, out_.file, item->line, item->text}, current(label_, item->line),
                  out_.notices);
        return;
      }
    }
    add_manual(item->text, {out_.file, item->line}, current(label_, item->line));
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
    for (const Heading& each : headings_) procedure.headings.push_back(each.text);
    return procedure;
  }

  void finish() {
    for (Procedure& procedure : procedures_) {
      const auto& steps = procedure.runbook.steps;
      const bool any = std::any_of(steps.begin(), steps.end(),
                                   [](const Step& step) { return !step.run.empty(); });
      if (!any) continue;
      note_unknown(procedure);
      for (Procedure& made : finished(std::move(procedure), out_.notices))
        out_.procedures.push_back(std::move(made));
    }
  }

  void note_unknown(const Procedure& procedure) {
    std::set<std::string> functions;
    for (const Step& step : procedure.runbook.steps) {
      const shell::Parsed parsed = shell::parse(step.run);
      if (!parsed.list) {
        out_.notices.push_back({ImportNotice::Kind::unknown_command,
                                "this shell is not known here (" + parsed.error->message + ")",
                                {step.place.file, step.place.line + parsed.error->line - 1}});
        continue;
      }
      for (const std::string& name : functions_of(*parsed.list)) functions.insert(name);
      for (const Called& called : programs_of(*parsed.list))
        if (!is_known_program(called.program) && called.program.find('$') == std::string::npos &&
            functions.count(called.program) == 0)
          out_.notices.push_back({ImportNotice::Kind::unknown_command,
                                  called.program,
                                  {step.place.file, step.place.line + called.line - 1}});
    }
  }

  ProcedureDocument& out_;
  std::vector<Block> blocks_;
  std::vector<Heading> headings_;
  std::string label_;
  const Block* item_ = nullptr;
  std::vector<Procedure> procedures_;
  std::map<int, std::size_t> by_heading_;
  std::set<std::string> names_;
  std::size_t shell_blocks_ = 0;
  std::size_t shell_bytes_ = 0;
  std::chrono::steady_clock::duration slow_{};
  int too_much_ = 0;  ///< the line from which on shell was too much to read
  std::size_t box_heading_ = 0;
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
    problems.add({file, {}, "", "the file is larger than 4 MB"});
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
    reading.document(text, problems);
  else
    reading.script(text, file.substr(file.rfind('/') + 1), problems);
  return out;
}

ProcedureDocument import_file(const std::string& path, Problems& problems) {
  std::ifstream in(path, std::ios::binary);
  std::string text;
  if (in) {
    text.resize(most_bytes + 1);
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(std::max<std::streamsize>(in.gcount(), 0)));
  }
  if (!in && text.empty()) {
    problems.add({path, {}, "", "cannot be read, or is empty"});
    return {};
  }
  return import_text(text, path, problems);
}

bool is_procedure_file(const std::string& path) {
  const std::string name = lowered(path);
  if (is_markdown(path) || name.ends_with(".sh") || name.ends_with(".bash")) return true;
  if (name.substr(name.rfind('/') + 1).find('.') != std::string::npos) return false;
  std::ifstream in(path);
  std::string line;
  return std::getline(in, line) && line.starts_with("#!") &&
         (line.ends_with("sh") || line.find("bash") != std::string::npos);
}

}  // namespace drdrill::procedures
