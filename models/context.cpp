#include "models/context.hpp"

#include "sim/base/ensure.hpp"

namespace drdrill::models {

Draw& Draws::operator[](std::string_view id) {
  const ParameterId number = table_->find(id);
  ENSURE(number != ParameterId::none, "no value for parameter " + std::string(id));
  return draw_of(number, (*table_)[number].value);
}

Draw& Draws::in_release(std::string_view id, int minor) {
  const ParameterId number = table_->find(id);
  ENSURE(number != ParameterId::none, "no value for parameter " + std::string(id));
  return draw_of(number, (*table_)[number].value_in(minor));
}

Draw& Draws::draw_of(ParameterId id, const Distribution& value) {
  for (const auto& draw : draws_)
    if (draw->id() == id && draw->draws_from(value)) return *draw;
  draws_.push_back(std::make_unique<Draw>(id, (*table_)[id], value));
  return *draws_.back();
}

void Draws::restart(std::uint64_t seed, std::uint64_t replication) {
  for (const auto& draw : draws_) draw->restart(seed, replication);
}

bool Draws::used(ParameterId id) const {
  for (const auto& draw : draws_)
    if (draw->id() == id) return draw->used();
  return false;
}

void Draws::forget_use() {
  for (const auto& draw : draws_) draw->forget_use();
}

void Draws::observe(const std::vector<ObservedTimes::Values>& all) {
  for (const auto& draw : draws_) draw->observe({});
  for (const ObservedTimes::Values& one : all)
    for (const auto& draw : draws_)
      if ((*table_)[draw->id()].id == one.parameter) draw->observe(one.values);
}

SubjectId Notes::subject(std::string_view name) {
  if (names_used_ == names_.size()) names_.emplace_back();
  names_[names_used_].assign(name);
  return static_cast<SubjectId>(names_used_++);
}

std::string_view Notes::name(SubjectId subject) const {
  const auto index = static_cast<std::size_t>(subject);
  return index < names_used_ ? std::string_view(names_[index]) : std::string_view();
}

void Notes::drain(std::vector<Note>& out) {
  out.insert(out.end(), notes_.begin(), notes_.end());
  notes_.clear();
}

void Notes::reset() {
  notes_.clear();
  names_used_ = kept_;
}

}  // namespace drdrill::models
