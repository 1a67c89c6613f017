#pragma once

#include <memory>
#include <utility>

namespace drdrill::kube {

/// A value that many objects share until one of them changes it. Copying a Cluster copies pointers
/// to labels, templates and specifications instead of the things themselves; `edit` takes a private
/// copy first. A default Shared holds a default T.
template <class T>
class Shared {
 public:
  Shared() = default;
  Shared(T value)  // NOLINT(google-explicit-constructor): a T is a Shared<T>
      : value_(std::make_shared<const T>(std::move(value))) {}

  const T& operator*() const { return get(); }
  const T* operator->() const { return &get(); }

  /// Calls `f(T&)` on a copy and keeps the result.
  template <class F>
  void edit(F&& f) {
    T copy = get();
    std::forward<F>(f)(copy);
    value_ = std::make_shared<const T>(std::move(copy));
  }

  /// Is it the very same value, not only an equal one?
  bool is(const Shared& other) const { return value_ == other.value_; }
  bool operator==(const Shared& other) const {
    return value_ == other.value_ || get() == other.get();
  }

 private:
  const T& get() const {
    static const T none{};
    return value_ ? *value_ : none;
  }

  std::shared_ptr<const T> value_;
};

}  // namespace drdrill::kube
