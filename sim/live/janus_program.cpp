#include <arpa/inet.h>
#include <filesystem>
#include <signal.h>
#include <stdexcept>

#include "sim/live/pod_program.hpp"

/// Janus in a pod of a lab: an SFU with rooms (its VideoRoom plugin), asked over HTTP. It has a
/// configuration folder and plugin folders of its own, so nothing else that the machine's package
/// configures is loaded, and it binds to nothing but the pod's address.
namespace drdrill::live {
namespace {

namespace fs = std::filesystem;

constexpr std::uint16_t janus_port = 8088;
/// Below those that Linux gives to clients (ip_local_port_range); 0 to 63 of the third byte of an
/// address, the number of a lab, do not meet.
constexpr unsigned first_port = 16384, ports = 16384;

/// Where Debian keeps what Janus loads: /usr/lib/ARCHITECTURE/janus.
std::string library_of(const std::string& folder, const std::string& name) {
  std::error_code error;
  for (fs::directory_iterator at("/usr/lib", error), end; !error && at != end; at.increment(error))
    if (std::string path = at->path() / "janus" / folder / name; fs::exists(path)) return path;
  throw std::runtime_error("this machine's Janus has no " + name + ": apt-get install janus");
}

class JanusProgram final : public PodProgram {
 public:
  void prepare(const PodPlace& place) const override {
    const std::string home = home_of(place);
    make_folder(home);
    for (const char* folder : {"plugins", "transports", "events", "loggers"})
      make_folder(home + "/" + folder);
    link(home, "plugins", "libjanus_videoroom.so");
    link(home, "transports", "libjanus_http.so");
    const Endpoint bound = endpoint(place);
    write_file(home + "/janus.jcfg",
               "general: {\n  configs_folder = \"" + home + "\"\n  plugins_folder = \"" + home +
                   "/plugins\"\n  transports_folder = \"" + home +
                   "/transports\"\n  events_folder = \"" + home +
                   "/events\"\n  loggers_folder = \"" + home + "/loggers\"\n  interface = \"" +
                   bound.host + "\"\n  server_name = \"" + place.name +
                   "\"\n  debug_level = 2\n  debug_colors = false\n}\n");
    write_file(home + "/janus.transport.http.jcfg",
               "general: {\n  json = \"compact\"\n  base_path = \"/janus\"\n  http = true\n"
               "  https = false\n  port = " +
                   std::to_string(bound.port) + "\n  ip = \"" + bound.host +
                   "\"\n}\nadmin: {\n  admin_http = false\n  admin_https = false\n}\n");
    write_file(home + "/janus.plugin.videoroom.jcfg", "general: {\n}\n");
  }

  Program program(const PodPlace& place) const override {
    const std::string home = home_of(place);
    Program program =
        in_pod(place, {find_program("janus"), "-F", home, "-C", home + "/janus.jcfg"}, user());
    program.output = place.folder + "/output";
    return program;
  }

  int stop_signal() const override { return SIGTERM; }
  std::uint16_t port() const override { return janus_port; }
  /// It binds to addresses that an interface has been given and to no others: where pods share the
  /// machine's loopback device each has a port of its own.
  Endpoint endpoint(const PodPlace& place) const override {
    if (!place.name_space.empty()) return {place.address, janus_port};
    in_addr address{};
    inet_pton(AF_INET, place.address.c_str(), &address);
    const unsigned pod = ntohl(address.s_addr) & 0xffffU;
    return {"127.0.0.1", static_cast<std::uint16_t>(first_port + pod % ports)};
  }
  bool is_ready(const PodPlace& place) const override {
    return answers_http(endpoint(place), "/janus/info");
  }

 private:
  static std::string home_of(const PodPlace& place) { return place.folder + "/janus"; }
  static void link(const std::string& home, const std::string& folder, const std::string& name) {
    const std::string to = home + "/" + folder + "/" + name;
    std::error_code none;
    fs::remove(to, none);
    fs::create_symlink(library_of(folder, name), to);
  }
};

}  // namespace

std::unique_ptr<PodProgram> make_janus(const PlatformSpec&) {
  return std::make_unique<JanusProgram>();
}

}  // namespace drdrill::live
