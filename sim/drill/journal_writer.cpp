#include "sim/drill/journal_writer.hpp"

#include <algorithm>

#include "sim/drill/drill.hpp"

namespace drdrill {

namespace {

constexpr std::size_t output_limit = 4096;

void describe_parameter(const Parameter& from, ParameterId number, UsedParameter& to) {
  to.number = number;
  to.id = from.id;
  to.value = describe(from.value, unit_symbol(from.unit));
  to.provenance = from.provenance;
  to.source = from.source;
  to.place = from.place;
}

}  // namespace

std::string_view cut_output(std::string_view output) {
  return output.substr(0, output_limit);
}

JournalWriter::JournalWriter(Journal& journal, const Scenario& scenario) : journal_(&journal) {
  journal.version = drdrill_version();
  journal.scenario = scenario;
  journal.entries.clear();
  journal.inventory_before.clear();
  journal.inventory_after.clear();
  journal.touched = {};
  journal.exercised = {};
  journal.fingerprint = 0;
  journal.left_behind.clear();
  journal.unasked.clear();
}

void JournalWriter::settle() {
  auto& entries = journal_->entries;
  auto later = [at = entries.back().at](const JournalEntry& e) { return e.at <= at; };
  auto place = std::find_if(entries.rbegin() + 1, entries.rend(), later).base();
  if (place != entries.end() - 1) std::rotate(place, entries.end() - 1, entries.end());
}

void JournalWriter::put_samples(const SampleBuffer& buffer) {
  auto note = buffer.notes.begin();
  for (const Sample& sample : buffer.samples) {
    for (; note != buffer.notes.end() && note->at <= sample.at; ++note) put(note->at, *note);
    put(sample.at, sample);
  }
  for (; note != buffer.notes.end(); ++note) put(note->at, *note);
}

void JournalWriter::name_subjects(const World& world) {
  std::size_t count = 0;
  for (const JournalEntry& entry : journal_->entries)
    if (const auto* note = std::get_if<Note>(&entry.what); note && note->subject != SubjectId::none)
      count = std::max(count, static_cast<std::size_t>(note->subject) + 1);
  auto& names = journal_->subjects;
  names.resize(count);
  for (auto& name : names) name.clear();
  for (const JournalEntry& entry : journal_->entries)
    if (const auto* note = std::get_if<Note>(&entry.what); note && note->subject != SubjectId::none)
      if (auto& name = names[static_cast<std::size_t>(note->subject)]; name.empty())
        name = world.subject_name(note->subject);
}

void JournalWriter::name_parameters(const World& world) {
  auto& used = journal_->parameters;
  std::size_t count = 0;
  auto known = [&](ParameterId id) {
    auto end = used.begin() + static_cast<std::ptrdiff_t>(count);
    return std::any_of(used.begin(), end, [id](const UsedParameter& p) { return p.number == id; });
  };
  auto name = [&](ParameterId id) {
    if (id == ParameterId::none || known(id)) return;
    const Parameter* parameter = world.parameter(id);
    if (!parameter) return;
    if (count == used.size()) used.emplace_back();
    describe_parameter(*parameter, id, used[count++]);
  };
  for (const JournalEntry& entry : journal_->entries) {
    if (const auto* note = std::get_if<Note>(&entry.what)) name(note->parameter);
    if (const auto* step = std::get_if<StepEnded>(&entry.what))
      for (const TimeSpent& spent : step->told().spent) name(spent.parameter);
  }
  used.resize(count);
  std::sort(used.begin(), used.end(),
            [](const UsedParameter& a, const UsedParameter& b) { return a.number < b.number; });
}

void JournalWriter::finish(const World& world) {
  journal_->sampling = world.sampling();
  journal_->ledger = world.ledger();
  journal_->impact = world.user_impact();
  journal_->fingerprint = world.fingerprint();
  name_subjects(world);
  name_parameters(world);
}

}  // namespace drdrill
