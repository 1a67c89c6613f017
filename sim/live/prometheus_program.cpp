#include <signal.h>

#include "sim/live/pod_program.hpp"

/// Prometheus in a pod of a lab: it scrapes every program that has metrics, and evaluates a rule.
namespace drdrill::live {
namespace {

constexpr std::uint16_t prometheus_port = 9090;

class PrometheusProgram final : public PodProgram {
 public:
  explicit PrometheusProgram(const PlatformSpec& platform)
      : scrape_(milliseconds(platform.monitoring.scrape_interval)),
        evaluation_(milliseconds(platform.monitoring.evaluation_interval)) {}

  void prepare(const PodPlace& place) const override {
    make_own_folder(place.data(), user());
    write_file(place.folder + "/prometheus.yml",
               "global:\n  scrape_interval: " + scrape_ + "\n  scrape_timeout: " + scrape_ +
                   "\n  evaluation_interval: " + evaluation_ +
                   "\nrule_files: [rules.yml]\nscrape_configs:\n- job_name: lab\n"
                   "  file_sd_configs: [{files: ['" +
                   place.shared + "/scraped.json'], refresh_interval: 5s}]\n");
    write_file(place.folder + "/rules.yml",
               "groups:\n- name: lab\n  rules:\n  - record: lab:up\n    expr: sum(up)\n");
  }

  Program program(const PodPlace& place) const override {
    Program program =
        in_pod(place,
               {find_program("prometheus"), "--config.file=prometheus.yml",
                "--storage.tsdb.path=data", "--log.level=warn",
                "--web.listen-address=" + place.address + ":" + std::to_string(prometheus_port)},
               user());
    program.output = place.folder + "/output";
    return program;
  }

  int stop_signal() const override { return SIGTERM; }
  std::uint16_t port() const override { return prometheus_port; }
  bool has_metrics() const override { return true; }
  bool is_ready(const PodPlace& place) const override {
    return answers_http(place, prometheus_port, "/-/ready");
  }

 private:
  static std::string milliseconds(Duration time) {
    return std::to_string(std::chrono::ceil<std::chrono::milliseconds>(time).count()) + "ms";
  }
  std::string scrape_, evaluation_;
};

}  // namespace

std::unique_ptr<PodProgram> make_prometheus(const PlatformSpec& platform) {
  return std::make_unique<PrometheusProgram>(platform);
}

}  // namespace drdrill::live
