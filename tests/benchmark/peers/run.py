#!/usr/bin/env python3
"""drdrill beside SimPy, SimGrid and ns-3, as Debian 12 has them: the same hold model, the same M/M/1 and
a node failure with 500 participants. Interleaved rounds, medians of CPU time; first it is checked that
all give the same answers. `./dev bench --peers` installs what is missing, builds and calls this:

    run.py BENCH PROGRAM [--rounds N] [--full] [--quick]

BENCH is drdrill_bench, PROGRAM drdrill. With --full SimPy and ns-3's calendar queue also hold a
million events, which takes minutes and gigabytes. --quick handles a tenth of the events: to see that everything works.

What agrees is the mean sojourn time, the clock of the hold model, and in the drill the mean time until
enough participants have media again. What people do is the same in both drills; the rest of the platform
(databases, probes, ledgers, Kubernetes beyond its listing) is missing in SimPy's: its time is a lower bound."""
import argparse
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).parent
SCHEDULERS = ["MapScheduler", "HeapScheduler", "CalendarScheduler", "PriorityQueueScheduler"]
PENDING = {100: 2_000_000, 10_000: 1_000_000, 1_000_000: 1_000_000}
CUSTOMERS = 1_000_000
GOALS = {"hold 100": 2.5, "hold 10000": 3, "hold 1000000": 4, "mm1": 4, "drill": 100}


def output(*words):
    return subprocess.run([str(w) for w in words], check=True, stdout=subprocess.PIPE, text=True).stdout


def figures(*words):
    return json.loads(output(*words).splitlines()[-1])


def compiled(folder, name, standard, package):
    flags = output("pkg-config", "--cflags", "--libs", package).split()
    target = folder / name
    output("g++", f"-std={standard}", "-O3", "-march=native", "-DNDEBUG", HERE / f"{name}.cc", "-o", target,
           *flags)
    return target


class Ours:
    """drdrill_bench prints what the others are asked for."""

    def __init__(self, bench):
        self.bench = bench

    def rows(self, pattern):
        report = json.loads(output(self.bench, f"--benchmark_filter={pattern}", "--benchmark_format=json"))
        return report["benchmarks"]

    def hold(self, pending):
        return {"ns": self.rows(f"^hold<Engine>/{pending}$")[0]["cpu_time"]}

    def mm1(self):
        row = self.rows("^mm1<Engine>$")[0]
        return {"ns": row["cpu_time"], "answer": row["mean_sojourn_s"]}

    def drill(self):
        row = self.rows("^drill/sfu-node-lost$")[0]
        return {"ns": row["cpu_time"] * {"ns": 1, "us": 1e3, "ms": 1e6}[row["time_unit"]]}


def peers(folder, full, less):
    """(case, name) to the command that measures it."""
    ns3 = compiled(folder, "ns3", "c++17", "ns3-core")
    simgrid = compiled(folder, "simgrid", "c++17", "simgrid")
    simpy = ["/usr/bin/python3", HERE / "simpy_peer.py"]
    table = {}
    for pending, events in PENDING.items():
        case, events = f"hold {pending}", events // less
        for scheduler in SCHEDULERS:
            if scheduler == "CalendarScheduler" and pending >= 1_000_000 and not full:
                continue
            table[case, f"ns-3 {scheduler}"] = [ns3, "hold", pending, events, scheduler]
        table[case, "SimGrid timers"] = [simgrid, "hold", pending, events]
        if pending < 1_000_000 or full:
            table[case, "SimPy"] = [*simpy, "hold", pending, max(pending, 200_000 // less)]
    for scheduler in SCHEDULERS:
        table["mm1", f"ns-3 {scheduler}"] = [ns3, "mm1", CUSTOMERS // less, scheduler]
    table["mm1", "SimGrid timers"] = [simgrid, "mm1", CUSTOMERS // less]
    table["mm1", "SimPy"] = [*simpy, "mm1", CUSTOMERS // 5 // less]
    table["drill", "SimPy, processes"] = [*simpy, "processes", 1 if less > 1 else 3]
    table["drill", "SimPy, lean"] = [*simpy, "lean", 3 if less > 1 else 30]
    return table


def recovery_of(program):
    """Median time until 99.5 % of participants have media again, as drdrill simulates it."""
    report = json.loads(output(program, "sweep", HERE / "sfu-node-lost.json", "-n", "400", "--quiet",
                               "--report", "json=-"))
    return next(row for row in report["cells"][0]["objectives"] if row["of"] == "rto")["p50_s"]


def disagreements(table, ours, program):
    """Names of those whose answer is not the known one, or in the drill not ours."""
    wrong = []
    answers = {("mm1", "drdrill"): ours.mm1()["answer"]}
    recovery = recovery_of(program)
    for (case, name), command in table.items():
        if case == "drill":
            command = [*command[:-1], 100]
        measured = figures(*command)
        answers[case, name] = statistics.median(measured["rto"]) if case == "drill" else measured["answer"]
        if case.startswith("hold"):
            # So many events, each followed by another after a second on average.
            pending, events = (int(w) for w in (command[2:4] if name.startswith(("ns-3", "SimGrid")) else command[3:5]))
            answers[case, name] /= events / pending
    for (case, name), answer in answers.items():
        # Mean sojourn 10 s at a load of 0.9. So few customers as SimPy and --quick serve leave the mean
        # within some 20 %. The median of 100 drills has a standard error of 0.045 s, and ours has 0.02 s.
        known, allowed = {"mm1": (10, 2), "drill": (recovery, 0.2)}.get(case, (1, 0.05))
        if abs(answer - known) > allowed:
            wrong.append(f"{case}, {name}: {answer:.4g}, expected {known:.4g} ± {allowed}")
    return wrong


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("bench")
    parser.add_argument("program")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--quick", action="store_true")
    given = parser.parse_args()
    ours = Ours(given.bench)
    with tempfile.TemporaryDirectory() as folder:
        table = peers(pathlib.Path(folder), given.full, 10 if given.quick else 1)
        wrong = disagreements(table, ours, given.program)
        if wrong:
            sys.exit("the answers do not agree:\n  " + "\n  ".join(wrong))
        print("All answers agree.")
        times = {}
        for _ in range(given.rounds):
            for pending in PENDING:
                times.setdefault((f"hold {pending}", "drdrill"), []).append(ours.hold(pending)["ns"])
            times.setdefault(("mm1", "drdrill"), []).append(ours.mm1()["ns"])
            times.setdefault(("drill", "drdrill"), []).append(ours.drill()["ns"])
            for key, command in table.items():
                times.setdefault(key, []).append(figures(*command)["ns"])
    medians = {key: statistics.median(values) for key, values in times.items()}
    print(f"{'':14}{'':28}{'ns each':>14}  times ours")
    for case, goal in GOALS.items():
        own = medians[case, "drdrill"]
        print(f"{case:14}{'drdrill':28}{own:14,.1f}")
        others = sorted((v, n) for (c, n), v in medians.items() if c == case and n != "drdrill")
        for value, name in others:
            print(f"{'':14}{name:28}{value:14,.1f}  {value / own:.1f}")
        print(f"{'':14}fastest peer {others[0][0] / own:.1f} times ours, goal {goal}")


main()
