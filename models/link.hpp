#pragma once

#include "models/pod_model.hpp"

/// What a link bears: when is one that is slow or loses packets as good as cut?
namespace drdrill::models {

/// Does an answer come within `patience`, more likely than not, over a path that suffers so? TCP
/// sends a packet again after the round trip and 200 ms, then after twice as long each time; one
/// transmission counts when it and its answer both arrive.
bool comes_through(const Impairment& path, Duration patience);

/// Two parts of a path, one after the other.
inline Impairment operator+(Impairment a, const Impairment& b) {
  a.slowness *= b.slowness;
  a.delay += b.delay;
  a.loss = 1 - (1 - a.loss) * (1 - b.loss);
  a.skew += b.skew;
  a.full = a.full || b.full;
  return a;
}

}  // namespace drdrill::models
