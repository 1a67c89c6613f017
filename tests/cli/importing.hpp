#pragma once

#include <fstream>
#include <string>
#include <vector>

#include "tests/cli/folder.hpp"
#include "tests/cli/harness.hpp"

/// Manifests that are imported by the command line.
namespace drdrill::test {

inline const std::string redis = R"(apiVersion: v1
kind: ConfigMap
metadata: {name: redis}
data:
  redis.conf: |
    cluster-enabled yes
    cluster-node-timeout 5000
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: redis}
spec:
  replicas: 6
  selector: {matchLabels: {app: redis}}
  template:
    metadata: {labels: {app: redis}}
    spec:
      containers:
        - name: redis
          image: redis:7.2
          command: [COMMAND]
          volumeMounts: [{name: conf, mountPath: /conf}]
      volumes: [{name: conf, configMap: {name: redis}}]
)";

inline std::string with_command(const std::string& command) {
  std::string text = redis;
  return text.replace(text.find("COMMAND"), 7, command);
}

inline Outcome import(const Folder& folder, const std::string& text,
                      const std::vector<std::string>& more = {}) {
  std::ofstream(folder / "in.yaml", std::ios::binary) << text;
  std::vector<std::string> arguments{"import", "kubernetes", folder / "in.yaml", "-o",
                                     folder / "out.json"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return drdrill(arguments);
}

}  // namespace drdrill::test
