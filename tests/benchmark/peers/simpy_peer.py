"""SimPy: `hold PENDING EVENTS`, `mm1 CUSTOMERS` or `drill REPLICATIONS`, with processes, which is how
SimPy is used."""
import json
import random
import sys
import time

import simpy

numbers = random.Random(1)


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


class Drill:
    """A node of a cluster with 60 nodes and 500 participants is lost and comes back after ten
    minutes; two hours are simulated. Kubelets renew their lease every 10 s, the controller looks
    every 5 s and calls a node NotReady once its lease is older than the grace period; participants
    send a ping every 5 s and connect anew, with growing pauses, when two stay unanswered."""

    nodes, participants, grace = 60, 500, 50.0
    fault_at, back_at, end = 70.0, 670.0, 7200.0

    def __init__(self):
        self.env = simpy.Environment()
        self.up = [True] * self.nodes
        self.renewed = [0.0] * self.nodes
        self.where = [i % 12 for i in range(self.participants)]
        self.not_ready_at = None
        self.rejoined_at = []
        for node in range(self.nodes):
            self.env.process(self.kubelet(node))
        self.env.process(self.controller())
        for person in range(self.participants):
            self.env.process(self.participant(person))
        self.env.process(self.fault())

    def kubelet(self, node):
        yield self.env.timeout(numbers.uniform(0, 10))
        while True:
            if self.up[node]:
                self.renewed[node] = self.env.now
            yield self.env.timeout(10)

    def controller(self):
        yield self.env.timeout(numbers.uniform(0, 5))
        while True:
            for node in range(self.nodes):
                late = self.env.now - self.renewed[node] > self.grace
                if late and self.env.now > self.grace and self.not_ready_at is None:
                    self.not_ready_at = self.env.now
            yield self.env.timeout(5)

    def participant(self, person):
        unanswered = 0
        yield self.env.timeout(numbers.uniform(0, 5))
        while True:
            if self.up[self.where[person]]:
                unanswered = 0
            else:
                unanswered += 1
            if unanswered == 2:
                yield from self.rejoin(person)
                unanswered = 0
            yield self.env.timeout(5)

    def rejoin(self, person):
        attempt = 0
        while True:
            yield self.env.timeout(min(7, 0.3 * attempt * attempt) + numbers.uniform(0, 1))
            node = numbers.randrange(12)
            if self.up[node]:
                self.where[person] = node
                self.rejoined_at.append(self.env.now)
                return
            attempt += 1

    def fault(self):
        yield self.env.timeout(self.fault_at)
        self.up[0] = False
        yield self.env.timeout(self.back_at - self.fault_at)
        self.up[0] = True

    def run(self):
        self.env.run(until=self.end)
        return self.not_ready_at - self.fault_at


def drill(replications):
    cpu = time.process_time_ns()
    times = [Drill().run() for _ in range(replications)]
    tell((time.process_time_ns() - cpu) / replications, sum(times) / len(times))


MODELS = {"hold": hold, "mm1": mm1, "drill": drill}
MODELS[sys.argv[1]](*(int(word) for word in sys.argv[2:]))
