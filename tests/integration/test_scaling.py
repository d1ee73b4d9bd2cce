"""The number of workers follows the load: php-fpm's dynamic and ondemand, and nobody who asks notices."""

import os
import random
import resource
import signal
import threading
import unittest

import harness
import working
from harness import Play, wait_until


def accepting(play):
    """Workers that are there for somebody, by what they show of themselves."""
    workers = working.status(play)["workers"]
    return workers["idle"] + workers["busy"]


class Front(threading.Thread):
    """A front of ours, which repeats nothing: several POSTs on a kept connection, then another one; all in waves."""

    def __init__(self, service, stop, number):
        super().__init__(daemon=True)
        self.service, self.stop, self.number = service, stop, number
        self.random = random.Random(number)
        self.count, self.wrong = 0, []

    def run(self):
        try:
            while not self.stop.is_set():
                with self.service.connect() as connection:
                    for _ in range(self.random.randint(1, 3)):
                        self.ask(connection)
                        self.stop.wait(self.random.choice((0.0, 0.9, 1.0, 1.1)))
                self.stop.wait(self.random.choice((0.0, 1.0, 1.2)))
        except Exception as error:  # whatever it is, it is no answer
            self.wrong.append(repr(error))

    def ask(self, connection):
        identity = "%d-%d" % (self.number, self.count)
        answer = connection.request("POST", "/work/50/" + identity, {"Content-Type": "application/json"}, b"{}", keep=True)
        if answer.status != 200 or answer.json()["id"] != identity:
            self.wrong.append(repr(answer))
        self.count += 1


@unittest.skipUnless(working.IS_BUILT, "the shared library was not built")
class Scaling(Play):

    def start(self, mode, **settings):
        return working.start(self, WORKER_MODE=mode, **settings)

    def nginx(self, service, **options):
        return harness.Nginx(self, "unix:" + service.socket_path, **options)

    def wait_accepting(self, count):
        wait_until(lambda: accepting(self) == count, "%d workers to be there" % count)

    def assertNobodyDied(self, service):
        self.assertFalse(service.events("worker.died"))
        self.assertFalse(service.events("worker.timeout"))


class Dynamic(Scaling):
    MODE = {"WEB_CONCURRENCY": 8, "WORKER_MIN_SPARE": 1, "WORKER_MAX_SPARE": 3}

    def crowd(self, nginx):
        """More than there may be workers, and requests so long that these are busy even where clients have little time."""
        return working.Crowd(self, nginx.port, 16, ms=100)

    def test_the_start_is_in_the_middle(self):
        service = self.start("dynamic", **self.MODE)
        self.wait_accepting(2)
        self.assertEqual(service.events("service.startup")[0]["workers"], 2)
        self.assertEqual(working.status(self)["workers"]["max_children"], 8)
        self.assertEqual(working.status(self)["workers"]["mode"], "dynamic")

    @harness.needs("nginx")
    def test_up_under_load_and_down_after(self):
        service = self.start("dynamic", **self.MODE)
        nginx = self.nginx(service)
        with self.crowd(nginx) as crowd:
            self.wait_accepting(8)
            wait_until(lambda: working.status(self)["workers"]["max_children_reached"], "the limit to be told")
            crowd.wait_answers(100)
            wait_until(lambda: len(crowd.by_worker()) >= 8, "all workers to have answered")
        self.wait_accepting(3)
        self.assertEqual(working.metrics(self)["postern_workers_max"], 8)
        self.assertGreaterEqual(working.metrics(self)["postern_max_children_reached_total"], 1)
        self.assertEqual(len(service.events("worker.max_reached")), 1)
        self.assertNobodyDied(service)
        self.assertEqual(service.stop(), 0)

    @harness.needs("nginx")
    def test_waves_with_connections_that_are_not_kept(self):
        service = self.start("dynamic", **self.MODE)
        nginx = self.nginx(service, keepalive=0)
        for _ in range(2):
            with self.crowd(nginx) as crowd:
                wait_until(lambda: accepting(self) >= 6, "more workers")
                crowd.wait_answers(50)
            wait_until(lambda: accepting(self) <= 4, "fewer workers")
        self.assertNobodyDied(service)

    def test_ttin_and_ttou_move_the_limit(self):
        service = self.start("dynamic", **self.MODE)
        self.wait_accepting(2)
        for number, limit in ((signal.SIGTTIN, 9), (signal.SIGTTOU, 8), (signal.SIGTTOU, 7)):
            service.signal(number)
            wait_until(lambda: working.status(self)["workers"]["max_children"] == limit, "a limit of %d" % limit)
        self.assertEqual(accepting(self), 2)
        for limit in range(6, 0, -1):
            service.signal(signal.SIGTTOU)
            wait_until(lambda: working.status(self)["workers"]["max_children"] == limit, "a limit of %d" % limit)
        self.wait_accepting(1)
        self.assertNobodyDied(service)

    @harness.needs("nginx")
    def test_a_reload_keeps_the_number_that_the_load_needs(self):
        service = self.start("dynamic", **self.MODE)
        nginx = self.nginx(service)
        with self.crowd(nginx) as crowd:
            self.wait_accepting(8)
            service.signal(signal.SIGHUP)
            reloaded = service.wait_event("service.reloaded")[0]
            self.assertGreaterEqual(reloaded["workers"], 5)
            crowd.wait_answers(50)
        self.assertNobodyDied(service)


class Cost(Scaling):
    """The manager looks while there is work, ten times a second, whatever is asked; and sleeps when there is none."""

    def turns(self, service):
        with open("/proc/%d/status" % service.pid) as f:
            return sum(int(line.split()[1]) for line in f if line.startswith("voluntary_ctxt"))

    def check(self, mode, **settings):
        service = self.start(mode, **settings)
        self.assertEqual(service.request().status, 200)
        before = self.turns(service)
        with service.connect() as kept:
            for _ in range(5000):
                kept.request(keep=True)
        self.assertLess(self.turns(service) - before, 1000)

    def test_dynamic(self):
        self.check("dynamic", WEB_CONCURRENCY=4, WORKER_MIN_SPARE=1, WORKER_MAX_SPARE=2)

    def test_on_demand(self):
        self.check("ondemand", WEB_CONCURRENCY=4)


class OnDemand(Scaling):

    @harness.needs("nginx")
    def test_from_nobody_to_the_first_answer_and_back(self):
        service = self.start("ondemand", WEB_CONCURRENCY=4, WORKER_IDLE_TIMEOUT=1)
        nginx = self.nginx(service, keepalive=0)
        for started in (2, 3):
            wait_until(lambda: not service.workers(), "all workers to go")
            self.assertEqual(working.status(self)["workers"]["wanted"], 0)
            self.assertTrue(working.status(self)["ready"])
            answer = nginx.request("POST", "/work/0/a", {"Content-Type": "application/json"}, b"{}")
            self.assertEqual(answer.json()["id"], "a")
            # Who is told of behind the fork may have answered before.
            self.assertEqual(len(service.wait_event("worker.started", started)), started)
        self.assertNobodyDied(service)
        wait_until(lambda: not service.workers(), "all workers to go")
        self.assertEqual(service.stop(), 0)

    def test_as_many_as_ask_at_once(self):
        service = self.start("ondemand", WEB_CONCURRENCY=4, WORKER_IDLE_TIMEOUT=1)
        connections = []
        for i in range(8):
            connections.append(service.connect())
            self.addCleanup(connections[i].socket.close)
            connections[i].send(harness.fcgi_begin() + harness.fcgi_params(harness.cgi_params("GET", "/work/1000/%d" % i))
                                + harness.fcgi_record(harness.FCGI_STDIN))
            if i == 0:
                # All others have to wait in the queue: a worker that is not busy yet would accept them, too
                wait_until(lambda: working.status(self)["workers"]["busy"] == 1, "a worker to begin")
        wait_until(lambda: len(service.workers()) == 4, "a worker for each as far as there may be")
        answers = [connection.answer().json() for connection in connections]
        self.assertEqual([a["id"] for a in answers], [str(i) for i in range(8)])
        self.assertEqual(len(service.wait_event("worker.max_reached")), 1)
        wait_until(lambda: not service.workers(), "all workers to go")
        self.assertNobodyDied(service)

    def test_a_kept_connection_keeps_its_worker(self):
        service = self.start("ondemand", WEB_CONCURRENCY=4, WORKER_IDLE_TIMEOUT=1)
        with service.connect() as kept:
            self.assertEqual(kept.request(keep=True).status, 200)
            with service.connect() as other:  # another worker is there for a while
                kept.send(harness.fcgi_begin(keep=True) + harness.fcgi_params(harness.cgi_params("GET", "/work/500/x"))
                          + harness.fcgi_record(harness.FCGI_STDIN))
                self.assertEqual(other.request(keep=True).status, 200)
                self.assertEqual(kept.answer().json()["id"], "x")
                wait_until(lambda: len(service.workers()) == 1, "one of the two to go")
                self.assertEqual([c.request(keep=True).status for c in (kept, other)], [200, 200])
        wait_until(lambda: not service.workers(), "the last one to go")
        self.assertNobodyDied(service)

    def test_no_request_is_lost_while_workers_come_and_go(self):
        """Fronts whose pauses are about as long as a worker's patience, so that requests come while workers leave."""
        service = self.start("ondemand", WEB_CONCURRENCY=4, WORKER_IDLE_TIMEOUT=1)
        stop = threading.Event()
        fronts = [Front(service, stop, number) for number in range(6)]
        for front in fronts:
            front.start()
        try:
            service.wait_event("worker.stopped", 6)
        finally:
            stop.set()
            for front in fronts:
                front.join()
        self.assertEqual([f.wrong for f in fronts if f.wrong], [])
        self.assertTrue(all(f.count for f in fronts))
        wait_until(lambda: not service.workers(), "all workers to go")
        self.assertNobodyDied(service)

    def test_a_stop_answers_who_came_when_nobody_was_there(self):
        service = self.start("ondemand", WEB_CONCURRENCY=2, WORKER_IDLE_TIMEOUT=1)
        wait_until(lambda: not service.workers(), "all workers to go")
        service.signal(signal.SIGSTOP)  # the manager, so that both come at once
        with service.connect() as waiting:
            waiting.send(harness.fcgi_begin() + harness.fcgi_params(harness.cgi_params())
                         + harness.fcgi_record(harness.FCGI_STDIN))
            service.signal(signal.SIGTERM)
            service.signal(signal.SIGCONT)
            self.assertEqual(waiting.answer().json(), {"status": "ok"})
        self.assertEqual(service.wait(), 0)


class Storm(Scaling):

    def test_a_worker_that_is_killed_on_demand_is_replaced(self):
        service = self.start("ondemand", WEB_CONCURRENCY=2, WORKER_IDLE_TIMEOUT=5)
        first = service.request("GET", "/work/0/a").json()["pid"]
        os.kill(first, signal.SIGKILL)
        service.wait_event("worker.died")
        self.assertNotEqual(service.request("GET", "/work/0/b").json()["pid"], first)


class Place(Scaling):
    """Where workers run, and how nice they are."""

    def cores(self, pid):
        return os.sched_getaffinity(pid)

    def test_one_core_each_in_turn(self):
        allowed = sorted(os.sched_getaffinity(0))
        service = self.start("static", WEB_CONCURRENCY=2 * len(allowed), WORKER_CPU_AFFINITY="auto")
        workers = service.wait_accepting(2 * len(allowed))
        self.assertEqual(sorted(map(min, map(self.cores, workers))), sorted(allowed * 2))
        self.assertEqual({len(self.cores(pid)) for pid in workers}, {1})
        self.assertEqual(sorted(self.cores(service.pid)), allowed)
        os.kill(workers[0], signal.SIGKILL)
        service.wait_event("worker.died")
        workers = service.wait_accepting(2 * len(allowed))
        self.assertEqual(sorted(map(min, map(self.cores, workers))), sorted(allowed * 2))

    def test_cores_that_are_named(self):
        last = max(os.sched_getaffinity(0))
        service = self.start("static", WORKER_CPU_AFFINITY=last)
        self.assertEqual([self.cores(pid) for pid in service.wait_accepting(2)], [{last}, {last}])

    def test_a_core_that_is_not_there(self):
        missing = next(core for core in range(1023, 0, -1) if core not in os.sched_getaffinity(0))
        service = self.start("static", WORKER_CPU_AFFINITY=missing, wait=False)
        self.assertEqual(service.wait(), 78)
        self.assertIn("WORKER_CPU_AFFINITY: names a core", service.errors())

    def test_they_are_nice(self):
        nice = os.getpriority(os.PRIO_PROCESS, 0) + 3
        service = self.start("static", WORKER_NICE=nice)
        self.assertEqual([os.getpriority(os.PRIO_PROCESS, pid) for pid in service.wait_accepting(2)], [nice, nice])
        self.assertEqual(os.getpriority(os.PRIO_PROCESS, service.pid), nice - 3)

    def policies(self, service):
        """The schedulers of the manager and of its two workers."""
        return [os.sched_getscheduler(pid) for pid in [service.pid] + service.wait_accepting(2)]

    def test_they_push_nobody_from_a_core(self):
        mine = os.sched_getscheduler(0)
        workers = os.SCHED_BATCH if mine == os.SCHED_OTHER else mine
        self.assertEqual(self.policies(self.start("static")), [mine, workers, workers])

    def test_they_are_scheduled_as_who_started_them(self):
        self.assertEqual(self.policies(self.start("static", WORKER_SCHEDULING="inherited")), [os.sched_getscheduler(0)] * 3)

    def may_raise_limits(self):
        with open("/proc/self/status") as f:
            effective = next(int(line.split()[1], 16) for line in f if line.startswith("CapEff:"))
        return effective >> 24 & 1  # CAP_SYS_RESOURCE; there are containers whose root has it not

    def test_less_nice_takes_root(self):
        nice = os.getpriority(os.PRIO_PROCESS, 0) - 5
        service = self.start("static", WORKER_NICE=nice, wait=False)
        if harness.IS_ROOT and self.may_raise_limits():
            self.assertEqual([os.getpriority(os.PRIO_PROCESS, pid) for pid in service.wait_accepting(2)], [nice, nice])
        elif resource.getrlimit(resource.RLIMIT_NICE)[0] < 20 - nice:
            self.assertEqual(service.wait(), 78)
            self.assertIn("WORKER_NICE: below", service.errors())
