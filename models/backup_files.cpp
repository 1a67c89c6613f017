#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>

#include "models/backups.hpp"

/// Programs of backup scripts that only concern files.
namespace drdrill::models {
namespace {

ProgramAnswer failed(int status, std::string message) {
  return {{status, "", std::move(message) + "\n", true}, {}, false};
}

ProgramAnswer not_understood(const ProgramCall& call, std::string_view what) {
  return {{0, "", call.argv.front() + ": " + std::string(what) + " is not known here\n", false},
          {},
          false};
}

bool matches(std::string_view pattern, std::string_view name) {
  if (pattern.empty()) return name.empty();
  if (pattern.front() == '*')
    return matches(pattern.substr(1), name) || (!name.empty() && matches(pattern, name.substr(1)));
  return !name.empty() && (pattern.front() == '?' || pattern.front() == name.front()) &&
         matches(pattern.substr(1), name.substr(1));
}

std::string two(unsigned value) {
  return {static_cast<char>('0' + value / 10 % 10), static_cast<char>('0' + value % 10)};
}

std::vector<std::string> operands(const ProgramCall& call) {
  std::vector<std::string> out;
  for (const std::string& word : call.argv.subspan(1))
    if (!word.starts_with('-')) out.push_back(word);
  return out;
}

bool has_flag(const ProgramCall& call, char flag) {
  return std::any_of(call.argv.begin() + 1, call.argv.end(), [&](const std::string& word) {
    return word.size() > 1 && word[0] == '-' && word[1] != '-' &&
           word.find(flag) != std::string::npos;
  });
}

}  // namespace

/// Containers' clocks are UTC.
ProgramAnswer Backups::date(const ProgramCall& call) {
  const std::chrono::sys_time<Duration> at{Duration(context_.start.utc_ns) + call.now};
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(std::chrono::floor<std::chrono::seconds>(at - day));
  std::string format = "%Y-%m-%d %H:%M:%S UTC";
  for (const std::string& word : call.argv.subspan(1))
    if (word.starts_with('+')) format = word.substr(1);
  const auto year = static_cast<unsigned>(static_cast<int>(date.year()));
  const std::string whole_date = two(year / 100) + two(year % 100) + "-" +
                                 two(static_cast<unsigned>(date.month())) + "-" +
                                 two(static_cast<unsigned>(date.day()));
  const auto hour = static_cast<unsigned>(time.hours().count());
  const auto minute = static_cast<unsigned>(time.minutes().count());
  const auto second = static_cast<unsigned>(time.seconds().count());
  std::string out;
  for (std::size_t i = 0; i < format.size(); ++i) {
    if (format[i] != '%' || i + 1 == format.size()) {
      out += format[i];
      continue;
    }
    switch (format[++i]) {
      case 'Y':
        out += whole_date.substr(0, 4);
        break;
      case 'm':
        out += whole_date.substr(5, 2);
        break;
      case 'd':
        out += whole_date.substr(8, 2);
        break;
      case 'F':
        out += whole_date;
        break;
      case 'H':
        out += two(hour);
        break;
      case 'M':
        out += two(minute);
        break;
      case 'S':
        out += two(second);
        break;
      case 'T':
        out += two(hour) + ":" + two(minute) + ":" + two(second);
        break;
      case 's':
        out +=
            std::to_string(std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count());
        break;
      default:
        return not_understood(call, std::string("%") + format[i]);
    }
  }
  return {{0, out + "\n", "", true}, {}, false};
}

ProgramAnswer Backups::make_folder(const ProgramCall& call) {
  for (const std::string& path : operands(call)) {
    const std::string key = volumes_.locate(call.disk, path + "/.");
    if (volumes_.find(key)) continue;
    if (volumes_.is_full(key))
      return failed(1, "mkdir: can't create directory '" + path + "': No space left on device");
    volumes_.put(key, {"", {}, call.now});
  }
  return {};
}

ProgramAnswer Backups::remove(const ProgramCall& call) {
  const bool force = has_flag(call, 'f');
  for (const std::string& path : operands(call)) {
    const std::string key = volumes_.locate(call.disk, path);
    bool there = false;
    volumes_.each_below(key, [&](const std::string&, const File&) { there = true; });
    if (!there && !force)
      return failed(1, "rm: cannot remove '" + path + "': No such file or directory");
    volumes_.remove_below(key);
  }
  return {};
}

ProgramAnswer Backups::touch(const ProgramCall& call) {
  for (const std::string& path : operands(call)) {
    const std::string key = volumes_.locate(call.disk, path);
    if (!volumes_.find(key)) volumes_.put(key, {"", {}, call.now});
  }
  return {};
}

/// Owners and permissions are not modelled.
ProgramAnswer Backups::nothing(const ProgramCall&) {
  return {};
}

ProgramAnswer Backups::copy(const ProgramCall& call) {
  const std::vector<std::string> paths = operands(call);
  if (paths.size() != 2) return not_understood(call, "copying other than one file to another");
  const File* from = volumes_.find(volumes_.locate(call.disk, paths[0]));
  if (!from) return failed(1, "cp: can't stat '" + paths[0] + "': No such file or directory");
  const std::string key = volumes_.locate(call.disk, paths[1]);
  if (volumes_.is_full(key)) return failed(1, "cp: write error: No space left on device");
  File file = *from;
  file.written = call.now;
  volumes_.put(key, std::move(file));
  return {};
}

/// find FOLDER… [-name PATTERN] [-type f] [-mindepth N] [-mtime +DAYS] [-delete]; there are only
/// files, so types and depths change nothing.
ProgramAnswer Backups::find(const ProgramCall& call) {
  std::vector<std::string> folders;
  std::string pattern = "*";
  std::optional<int> days;
  bool deletes = false;
  for (std::size_t i = 1; i < call.argv.size(); ++i) {
    const std::string& word = call.argv[i];
    const bool more = i + 1 < call.argv.size();
    if (word == "-name" && more) {
      pattern = call.argv[++i];
    } else if ((word == "-type" || word == "-mindepth" || word == "-maxdepth") && more) {
      ++i;
    } else if (word == "-mtime" && more && call.argv[i + 1].starts_with('+')) {
      int value = 0;
      if (std::sscanf(call.argv[++i].c_str(), "+%d", &value) != 1)
        return not_understood(call, call.argv[i]);
      days = value;
    } else if (word == "-delete") {
      deletes = true;
    } else if (word.starts_with('-')) {
      return not_understood(call, word);
    } else {
      folders.push_back(word);
    }
  }
  ProgramAnswer answer;
  for (const std::string& folder : folders)
    for (const std::string& path : volumes_.paths_below(call.disk, folder)) {
      const std::string key = volumes_.locate(call.disk, path);
      const File* file = volumes_.find(key);
      const std::string name = path.substr(path.rfind('/') + 1);
      if (!file || name == "." || !matches(pattern, name)) continue;
      if (days && call.now - file->written < std::chrono::days(*days + 1)) continue;
      if (deletes)
        volumes_.remove(key);
      else
        answer.result.out += path + "\n";
    }
  return answer;
}

ProgramAnswer Backups::list(const ProgramCall& call) {
  ProgramAnswer answer;
  for (const std::string& folder : operands(call)) {
    std::vector<std::string> names;
    for (const std::string& path : volumes_.paths_below(call.disk, folder)) {
      const std::size_t skip =
          std::min(path.size(), folder.size() + (folder.ends_with('/') ? 0 : 1));
      std::string name = path == folder ? folder : path.substr(skip);
      name = path == folder ? name : name.substr(0, name.find('/'));
      if (name != "." && (names.empty() || names.back() != name)) names.push_back(name);
    }
    if (names.empty()) answer.result.err += "ls: " + folder + ": No such file or directory\n";
    for (const std::string& name : names) answer.result.out += name + "\n";
  }
  if (!answer.result.err.empty()) answer.result.exit_status = 1;
  return answer;
}

}  // namespace drdrill::models
