"""SimPy: `hold PENDING EVENTS`, `mm1 CUSTOMERS` or `lean|processes REPLICATIONS`, with processes, which is how
SimPy is used. `drill` is written twice: `processes` gives everything that goes on a process of its own, as
SimPy's manual would have it; `lean` simulates nothing before something happens to it."""
import functools
import json
import math
import pathlib
import random
import sys
import time

import simpy

numbers = random.Random(1)
SCENARIOS = pathlib.Path(__file__).parents[3] / "scenarios"


def tell(ns, answer):
    print(json.dumps({"ns": ns, "answer": answer}))


def hold(pending, events):
    env = simpy.Environment()
    state = {"left": 5 * pending, "stop": env.event()}

    def holder():
        while True:
            yield env.timeout(numbers.expovariate(1))
            state["left"] -= 1
            if state["left"] == 0:
                state["stop"].succeed()

    for _ in range(pending):
        env.process(holder())
    env.run(until=state["stop"])
    state.update(left=events, stop=env.event())
    began, cpu = env.now, time.process_time_ns()
    env.run(until=state["stop"])
    tell((time.process_time_ns() - cpu) / events, env.now - began)


def mm1(customers):
    env = simpy.Environment()
    server = simpy.Resource(env)
    state = {"served": 0, "sum": 0.0, "stop": env.event()}

    def customer():
        arrived = env.now
        with server.request() as request:
            yield request
            yield env.timeout(numbers.expovariate(1))
        state["sum"] += env.now - arrived
        state["served"] += 1
        if state["served"] == customers:
            state["stop"].succeed()

    def source():
        while True:
            yield env.timeout(numbers.expovariate(0.9))
            env.process(customer())

    env.process(source())
    cpu = time.process_time_ns()
    env.run(until=state["stop"])
    tell((time.process_time_ns() - cpu) / customers, state["sum"] / state["served"])


def seconds(text):
    number = text.rstrip("abcdefghijklmnopqrstuvwxyz")
    return float(number) * {"ms": 1e-3, "s": 1, "m": 60}[text[len(number):]]


def drawing(value):
    """What draws from a distribution as parameter files write it."""
    if isinstance(value, str):
        constant = seconds(value)
        return lambda: constant
    (shape, of), = value.items()
    if shape == "uniform":
        low, high = (seconds(text) for text in of)
        return lambda: numbers.uniform(low, high)
    assert shape == "lognormal", shape
    mu, sigma = math.log(seconds(of["median"])), of["sigma"]
    return lambda: numbers.lognormvariate(mu, sigma)


class Platform:
    """What of scenarios/parameters and platforms/gomeet-500.json matters to people in meetings."""

    nodes, capacity, participants, churn_per_hour, enough = 12, 50, 500, 0.02, 0.995
    workers = {"auth": 16, "meeting": 24, "signaling": 24}
    waits = [0, 0.3, 1.2, 2.7, 4.8, 7, 7, 7, 7, 7]

    def __init__(self):
        for name in ("api", "livekit", "people"):
            rows = json.loads((SCENARIOS / "parameters" / f"{name}.json").read_text())["parameters"]
            for identity, row in rows.items():
                if row["unit"] == "seconds":
                    setattr(self, identity.replace(".", "_"), drawing(row["value"]))


class Drill:
    """sfu-node-lost.json: a node that carries a twelfth of 500 participants loses power. They notice,
    try to resume with the node that is gone, and join anew through three queues. Nobody is simulated
    before something happens to them: who pings whom in the meantime is drawn when it matters."""

    fault_at, end = 70.0, 850.0

    def __init__(self, platform):
        self.platform = platform
        self.env = simpy.Environment()
        self.services = [simpy.Resource(self.env, capacity=n) for n in platform.workers.values()]
        self.up = [True] * platform.nodes
        self.listed = [True] * platform.nodes
        self.load = [0] * platform.nodes
        self.where = [None] * platform.participants
        for person in range(platform.participants):
            self.enter(person, person % platform.nodes)
        self.joined = self.with_media = platform.participants
        self.broken_at, self.longest = None, 0.0
        self.env.process(self.fault())
        self.env.process(self.churn())

    def enter(self, person, node):
        self.where[person] = node
        self.load[node] += 1

    def leave(self, person):
        self.load[self.where[person]] -= 1
        self.where[person] = None

    def count_media(self, change):
        self.with_media += change
        holds = self.with_media >= self.platform.enough * self.joined
        if holds and self.broken_at is not None:
            self.longest = max(self.longest, self.env.now - self.broken_at)
            self.broken_at = None
        elif not holds and self.broken_at is None:
            self.broken_at = self.env.now

    def fault(self):
        yield self.env.timeout(self.fault_at)
        self.up[0] = False
        for person, node in enumerate(self.where):
            if node == 0:
                self.where[person] = None
                self.count_media(-1)
                self.env.process(self.loser(person))
        # Its last statistics are up to one interval old.
        age = numbers.random() * self.platform.livekit_stats_interval()
        yield self.env.timeout(self.platform.livekit_available_within() - age)
        self.listed[0] = False

    def churn(self):
        platform = self.platform
        rate = platform.churn_per_hour * platform.participants / 3600
        while True:
            yield self.env.timeout(numbers.expovariate(rate))
            person = numbers.randrange(platform.participants)
            if self.where[person] is not None:
                self.leave(person)
                self.joined -= 1
                self.count_media(-1)
                self.env.process(self.newcomer(person))

    def newcomer(self, person):
        yield self.env.timeout(self.platform.people_page_reload())
        self.joined += 1
        self.count_media(0)
        while not (yield from self.join(person)):
            yield self.env.timeout(self.platform.people_page_reload())

    def loser(self, person):
        platform = self.platform
        phase = numbers.random() * platform.livekit_signal_ping_interval()
        yield self.env.timeout(platform.livekit_signal_timeout() - phase)
        yield from self.back(person)

    def back(self, person):
        platform = self.platform
        yield self.env.timeout(platform.livekit_round_trip())  # cannot resume
        for attempt in range(1, len(platform.waits)):
            jitter = numbers.random() if attempt >= 2 else 0
            yield self.env.timeout(platform.waits[attempt] + jitter)
            if (yield from self.join(person)):
                return
        while True:
            yield self.env.timeout(platform.people_page_reload())
            if (yield from self.join(person)):
                return

    def join(self, person):
        platform = self.platform
        for service in self.services:
            with service.request() as request:
                yield request
                yield self.env.timeout(platform.api_service_time())
            yield self.env.timeout(platform.livekit_round_trip())
        for passed in (platform.livekit_media_setup, None):
            free = [n for n in range(platform.nodes) if self.listed[n] and self.load[n] < platform.capacity]
            node = min(free, key=self.load.__getitem__, default=None)
            if node is None or not self.up[node]:
                late = platform.livekit_round_trip if node is None else platform.livekit_join_timeout
                yield self.env.timeout(late())
                return False
            if passed:
                yield self.env.timeout(passed())
        self.enter(person, node)
        self.count_media(1)
        return True

    def run(self):
        self.env.run(until=self.end)
        return self.longest


class BusyDrill(Drill):
    """The same, with a process for each participant, who pings, for each SFU node, which tells Redis how
    it is, for each kubelet, which renews its lease, and for the controller that looks at the leases."""

    kubelets, lease, look = 60, 10.0, 5.0

    def __init__(self, platform):
        super().__init__(platform)
        self.told = [0.0] * platform.nodes
        self.renewed = [0.0] * self.kubelets
        self.not_ready = set()
        for person in range(platform.participants):
            self.env.process(self.pinging(person))
        for node in range(platform.nodes):
            self.env.process(self.telling(node))
        for kubelet in range(self.kubelets):
            self.env.process(self.renewing(kubelet))
        self.env.process(self.looking())

    def fault(self):
        yield self.env.timeout(self.fault_at)
        self.up[0] = False
        for node in self.where:
            if node == 0:
                self.count_media(-1)
        while self.env.now - self.told[0] < self.platform.livekit_available_within():
            yield self.env.timeout(self.told[0] + self.platform.livekit_available_within() - self.env.now)
        self.listed[0] = False

    def pinging(self, person):
        interval = self.platform.livekit_signal_ping_interval()
        answered = self.env.now
        yield self.env.timeout(numbers.random() * interval)
        while True:
            node = self.where[person]
            if node is None or self.up[node]:
                answered = self.env.now
                yield self.env.timeout(interval)
                continue
            yield self.env.timeout(max(0, answered + self.platform.livekit_signal_timeout() - self.env.now))
            self.where[person] = None
            yield from self.back(person)

    def telling(self, node):
        interval = self.platform.livekit_stats_interval()
        yield self.env.timeout(numbers.random() * interval)
        while self.up[node]:
            self.told[node] = self.env.now
            yield self.env.timeout(interval)

    def renewing(self, kubelet):
        yield self.env.timeout(numbers.random() * self.lease)
        while kubelet > 0 or self.up[0]:
            self.renewed[kubelet] = self.env.now
            yield self.env.timeout(self.lease)

    def looking(self):
        while True:
            for kubelet, at in enumerate(self.renewed):
                if self.env.now - at > 50:
                    self.not_ready.add(kubelet)
            yield self.env.timeout(self.look)


def drill(of, replications):
    platform = Platform()
    cpu = time.process_time_ns()
    times = [of(platform).run() for _ in range(replications)]
    ns = (time.process_time_ns() - cpu) / replications
    print(json.dumps({"ns": ns, "rto": times}))


MODELS = {"hold": hold, "mm1": mm1, "lean": functools.partial(drill, Drill),
          "processes": functools.partial(drill, BusyDrill)}
MODELS[sys.argv[1]](*(int(word) for word in sys.argv[2:]))
