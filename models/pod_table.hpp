#pragma once

#include <vector>

#include "models/kubernetes.hpp"

namespace drdrill::models {

/// Something for each pod slot of each cluster. Grows as slots appear; `clear` keeps the memory.
template <class T>
class PodTable {
 public:
  T& operator[](PodRef ref) {
    const auto cluster = static_cast<std::size_t>(ref.cluster);
    const auto slot = static_cast<std::size_t>(ref.pod);
    if (cluster >= rows_.size()) rows_.resize(cluster + 1);
    if (slot >= rows_[cluster].size()) rows_[cluster].resize(slot + 1);
    return rows_[cluster][slot];
  }
  /// Null when nothing was ever put there.
  const T* find(PodRef ref) const {
    const auto cluster = static_cast<std::size_t>(ref.cluster);
    const auto slot = static_cast<std::size_t>(ref.pod);
    if (ref.cluster < 0 || cluster >= rows_.size() || slot >= rows_[cluster].size()) return nullptr;
    return &rows_[cluster][slot];
  }
  /// Calls f(PodRef, T&) for each slot, in order of cluster and slot.
  template <class F>
  void each(F&& f) {
    for (std::size_t c = 0; c < rows_.size(); ++c)
      for (std::size_t p = 0; p < rows_[c].size(); ++p)
        f(PodRef{static_cast<int>(c), static_cast<int>(p)}, rows_[c][p]);
  }
  template <class F>
  void each(F&& f) const {
    for (std::size_t c = 0; c < rows_.size(); ++c)
      for (std::size_t p = 0; p < rows_[c].size(); ++p)
        f(PodRef{static_cast<int>(c), static_cast<int>(p)}, rows_[c][p]);
  }

 private:
  std::vector<std::vector<T>> rows_;
};

}  // namespace drdrill::models
