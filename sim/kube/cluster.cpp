#include "sim/kube/cluster.hpp"

#include "sim/kube/controllers.hpp"
#include "sim/kube/kubectl.hpp"
#include "sim/kube/manifest.hpp"
#include "sim/kube/yaml.hpp"
