#pragma once

#include "sim/audit/look.hpp"

namespace drdrill::audit {

/// Puts the objects of manifests and platform into `look`, and what pods of Jobs, CronJobs and init
/// containers run, as procedures: the shell of their commands and the scripts of ConfigMaps that
/// they mount and call, each with its line. Of Deployments and their like only what makes backups.
void read_pods(Look& look, std::deque<Procedure>& procedures, std::deque<kube::Object>& objects);

}  // namespace drdrill::audit
