#include "sim/live/guardian.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <exception>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>

#include "sim/live/undo_log.hpp"

namespace drdrill::live {
namespace {

using Clock = Guardian::Clock;

constexpr std::chrono::milliseconds beat_every{500};
constexpr std::chrono::milliseconds look_every{50};
constexpr char beat_byte = 'b';
constexpr char stay_byte = 's';
constexpr int undone = 0;
constexpr int not_undone = 4;

enum class Told { nothing, sign_of_life, to_stay, owner_is_gone, owner_is_lost };

/// What the owner says next; `until`: when we have waited long enough.
Told listen(int socket, Clock::time_point until) {
  const auto left =
      std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now()).count();
  if (left <= 0) return Told::owner_is_lost;
  pollfd file{socket, POLLIN, 0};
  const int ready = poll(&file, 1, static_cast<int>(std::min<long>(left, 60'000)));
  if (ready <= 0) return Told::nothing;
  char byte = 0;
  const ssize_t got = read(socket, &byte, 1);
  if (got == 0) return Told::owner_is_gone;
  if (got < 0) return Told::nothing;
  return byte == stay_byte ? Told::to_stay : Told::sign_of_life;
}

/// The files of whoever started us are not ours to hold: a pipe that we kept would never end.
void close_all_but(std::vector<int> kept) {
  if (const int nothing = open("/dev/null", O_RDWR | O_CLOEXEC); nothing >= 0) {
    for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) dup2(nothing, stream);
  }
  std::sort(kept.begin(), kept.end());
  unsigned from = 3;
  for (const int file : kept) {
    if (file < 0) continue;
    if (static_cast<unsigned>(file) > from) close_range(from, static_cast<unsigned>(file) - 1, 0);
    from = static_cast<unsigned>(file) + 1;
  }
  close_range(from, ~0U, 0);
}

[[noreturn]] void hold() {
  for (;;) pause();
}

[[noreturn]] void guard(int socket, const LabPlace& place, ProcessId owner,
                        std::chrono::seconds deadline, std::chrono::seconds patience) {
  setsid();
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGPIPE}) ::signal(number, SIG_IGN);
  close_all_but({socket, place.reservation ? place.reservation->descriptor() : -1});
  const auto end = Clock::now() + deadline;
  auto heard = Clock::now();
  for (;;) {
    const Told told = listen(socket, std::min(end, heard + patience));
    if (told == Told::sign_of_life) heard = Clock::now();
    if (told == Told::to_stay) hold();
    if (told == Told::owner_is_lost) signal(owner, SIGKILL);
    if (told == Told::owner_is_lost || told == Told::owner_is_gone) break;
  }
  try {
    _exit(take_down(place).empty() ? undone : not_undone);
  } catch (const std::exception&) {
    _exit(not_undone);
  }
}

}  // namespace

Guardian::Guardian(const LabPlace& place, std::chrono::seconds deadline,
                   std::chrono::seconds patience)
    : place_(place), over_by_(Clock::now() + deadline) {
  std::array<int, 2> ends{};
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
    throw std::system_error(errno, std::generic_category(), "cannot make a pair of sockets");
  const ProcessId owner = process_of(getpid());
  pid_ = fork();
  if (pid_ < 0) throw std::system_error(errno, std::generic_category(), "cannot fork");
  if (pid_ == 0) {
    close(ends[1]);
    guard(ends[0], place, owner, deadline, patience);
  }
  close(ends[0]);
  socket_ = ends[1];
  heart_ = std::thread([this] { beat(); });
}

/// As long as what we are about does not take longer than it may.
void Guardian::beat() {
  auto due = Clock::now();
  while (!ending_) {
    if (Clock::now() >= due && Clock::now() < over_by_.load()) {
      // It may be dead; then nobody reads, and is_watching() tells.
      const ssize_t sent = send(socket_, &beat_byte, 1, MSG_NOSIGNAL | MSG_DONTWAIT);
      due = sent == 1 ? due + beat_every : Clock::now() + beat_every;
    }
    std::this_thread::sleep_for(look_every);
  }
}

void Guardian::expect(std::chrono::steady_clock::duration within) {
  over_by_ = Clock::now() + within;
}

bool Guardian::is_watching() {
  if (status_) return false;
  int status = 0;
  if (waitpid(pid_, &status, WNOHANG) == 0) return true;
  status_ = status;
  return false;
}

void Guardian::end_beating() {
  ending_ = true;
  if (heart_.joinable()) heart_.join();
}

int Guardian::wait_for_its_end() {
  int status = 0;
  while (!status_) {
    const pid_t ended = waitpid(pid_, &status, 0);
    if (ended == pid_) status_ = status;
    if (ended < 0 && errno != EINTR) status_ = -1;
  }
  return *status_;
}

std::vector<std::string> Guardian::finish() {
  if (socket_ < 0) return {};
  end_beating();
  close(socket_);
  socket_ = -1;
  const int status = wait_for_its_end();
  if (WIFEXITED(status) && WEXITSTATUS(status) == undone) return {};
  return take_down(place_);
}

void Guardian::stay() {
  if (!is_watching()) throw std::runtime_error("the lab's guardian has died");
  end_beating();
  UndoLog(place_.log()).put({Made::Kind::process, to_string(process_of(pid_)), ""});
  const bool told = send(socket_, &stay_byte, 1, MSG_NOSIGNAL) == 1;
  close(socket_);
  socket_ = -1;
  if (!told) throw std::runtime_error("the lab's guardian has died");
}

Guardian::~Guardian() {
  try {
    finish();
  } catch (const std::exception&) {
    // Whoever wants to know calls finish(); `drdrill recover` finds what is left.
  }
}

}  // namespace drdrill::live
