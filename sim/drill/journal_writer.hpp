#pragma once

#include <string_view>
#include <utility>

#include "sim/drill/journal.hpp"

/// Writes a journal while a drill runs. Entries may come a little late (the world says when
/// something happened, the drill learns it at its next wake): each goes to its place in time, after
/// those of the same instant.
namespace drdrill {

class JournalWriter {
 public:
  /// Empties the journal, keeping its memory.
  JournalWriter(Journal& journal, const Scenario& scenario);

  template <typename T>
  void put(Offset at, T&& what) {
    journal_->entries.push_back({at, Happening(std::forward<T>(what))});
    settle();
  }
  void put_samples(const SampleBuffer& buffer);

  /// Names for what notes refer to; what only the world knows at the end.
  void finish(const World& world);

 private:
  void settle();
  void name_subjects(const World& world);
  void name_parameters(const World& world);

  Journal* journal_;
};

/// The first 4 kB of what a command printed.
std::string_view cut_output(std::string_view output);

}  // namespace drdrill
