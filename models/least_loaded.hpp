#pragma once

#include <cstddef>
#include <limits>
#include <vector>

namespace drdrill::models {

/// The least loaded of many, found at once; of equal loads the first. A tournament: each inner
/// place of a binary tree holds the better of the two below it, so a change costs one walk to the
/// root.
class LeastLoaded {
 public:
  static constexpr int out = std::numeric_limits<int>::max();  ///< takes nobody

  /// `count` entries, all of them out.
  void resize(std::size_t count) {
    leaves_ = 1;
    while (leaves_ < count) leaves_ *= 2;
    loads_.assign(2 * leaves_, out);
  }
  void set(std::size_t index, int load) {
    std::size_t place = leaves_ + index;
    loads_[place] = load;
    for (place /= 2; place > 0; place /= 2) {
      const int left = loads_[2 * place];
      const int right = loads_[2 * place + 1];
      loads_[place] = right < left ? right : left;
    }
  }
  /// Is there one that is not out?
  bool any() const { return !loads_.empty() && loads_[1] != out; }
  /// The best one's index. Only when there is any.
  std::size_t best() const {
    std::size_t place = 1;
    while (place < leaves_) place = 2 * place + (loads_[2 * place] == loads_[place] ? 0 : 1);
    return place - leaves_;
  }

 private:
  std::size_t leaves_ = 0;
  std::vector<int> loads_;  // place 1 is the root, the last `leaves_` are the entries
};

}  // namespace drdrill::models
