"""Workers are renewed: after so many requests, too old, too large; and nobody who asks notices."""

import datetime
import unittest

import harness
import working
from harness import Play, wait_until

JSON = {"Content-Type": "application/json"}
MIB = 1024 * 1024
PLACE_HELD = datetime.timedelta(seconds=0.5)  # half of RENEWAL_PACE_US, framework/process/renewal.h


@unittest.skipUnless(working.IS_BUILT, "the shared library was not built")
class Recycling(Play):

    def start(self, **settings):
        return working.start(self, **settings)

    def answered(self, service):
        """pid -> answers, by the log, of workers that were renewed for their requests."""
        return {e["pid"]: e["count"] for e in service.events("worker.renewal") if e["cause"] == "requests"}

    def assertInTurn(self, service, wanted):
        """
        Nobody went before another one was there, and never more than a quarter of them at once. Whose end takes longer,
        as with a sanitizer that looks for leaks, holds its place for a second: here for half of it, as lines are late.
        """
        alive, going, quarter = 0, {}, max(1, wanted // 4)
        for event in service.log():
            kind, now = event["event_type"], datetime.datetime.fromisoformat(event["timestamp"].rstrip("Z"))
            late = sum(now - since > PLACE_HELD for since in going.values())
            if kind == "worker.started":
                alive += 1
                self.assertLessEqual(alive - late, wanted + 2 * quarter)
            elif kind == "worker.renewal":
                self.assertGreater(alive - len(going), wanted)
                going[event["pid"]] = now
                self.assertLessEqual(len(going) - late, quarter)
            elif kind == "worker.stopped":
                alive -= 1
                going.pop(event["pid"], None)
            elif kind == "service.stopping":
                break
        self.assertFalse(service.events("worker.died"))

    def renewals(self, cause):
        return working.status(self)["renewals"][cause]


class Requests(Recycling):

    def check(self, workers, limit, clients, count, keepalive=64, **settings):
        service = self.start(WEB_CONCURRENCY=workers, WORKER_MAX_REQUESTS=limit, **settings)
        nginx = harness.Nginx(self, "unix:" + service.socket_path, keepalive=keepalive)
        with working.Crowd(self, nginx.port, clients) as crowd:
            crowd.wait_answers(count)
        told = self.answered(service)
        self.assertGreaterEqual(len(told), count // limit // 2)
        by_worker = crowd.by_worker()
        for pid, answers in told.items():
            self.assertEqual(answers, by_worker[pid])
        self.assertInTurn(service, workers)
        return service, told

    @harness.needs("nginx")
    def test_64_kept_clients_and_50_requests_each(self):
        service, told = self.check(workers=4, limit=50, clients=64, count=3000)
        self.assertEqual(set(told.values()), {50})
        wait_until(lambda: self.renewals("requests") == len(self.answered(service)), "all renewals to be counted")
        self.assertGreaterEqual(working.metrics(self)['postern_worker_renewals_total{cause="requests"}'], len(told))
        self.assertEqual(service.stop(), 0)

    @harness.needs("nginx")
    def test_a_single_worker(self):
        service, told = self.check(workers=1, limit=50, clients=16, count=1000)
        self.assertEqual(set(told.values()), {50})
        self.assertEqual(service.stop(), 0)

    @harness.needs("nginx")
    def test_connections_that_are_not_kept(self):
        _, told = self.check(workers=8, limit=50, clients=16, count=1500, keepalive=0)
        self.assertEqual(set(told.values()), {50})

    @harness.needs("nginx")
    def test_jitter(self):
        _, told = self.check(workers=2, limit=20, clients=8, count=800, WORKER_MAX_REQUESTS_JITTER=10)
        self.assertLessEqual(set(told.values()), set(range(20, 31)))
        self.assertGreater(len(set(told.values())), 1)

    @harness.needs("nginx")
    def test_together_with_a_number_that_follows_the_load(self):
        service = self.start(WORKER_MODE="dynamic", WEB_CONCURRENCY=6, WORKER_MIN_SPARE=1, WORKER_MAX_SPARE=2,
                             WORKER_MAX_REQUESTS=20)
        nginx = harness.Nginx(self, "unix:" + service.socket_path)
        with working.Crowd(self, nginx.port, 16, ms=5) as crowd:
            crowd.wait_answers(1500)
        self.assertEqual(set(self.answered(service).values()), {20})
        self.assertFalse(service.events("worker.died"))

    def test_each_request_a_worker_of_its_own(self):
        service = self.start(WEB_CONCURRENCY=1, WORKER_MAX_REQUESTS=1)
        with service.connect() as kept:
            pids = [kept.request("POST", "/work/0/%d" % i, JSON, b"{}", keep=True).json()["pid"] for i in range(10)]
        self.assertEqual(len(set(pids)), 10)
        self.assertFalse(service.events("worker.died"))

    def test_a_request_that_comes_in_pieces_is_one_of_them(self):
        """The second of two is half there when the first is answered; the worker stays for it, and takes no third."""
        service = self.start(WEB_CONCURRENCY=1, WORKER_MAX_REQUESTS=2)
        whole = (harness.fcgi_begin(keep=True) + harness.fcgi_params(harness.cgi_params("GET", "/work/0/slow"))
                 + harness.fcgi_record(harness.FCGI_STDIN))
        with service.connect() as slow, service.connect() as other:
            first = other.request("GET", "/health", keep=True)
            self.assertEqual(first.status, 200)
            old = service.workers()[0]
            slow.send(whole[:50])
            third = other.request("GET", "/work/0/third", keep=True).json()
            slow.send(whole[50:])
            second = slow.answer().json()
            self.assertEqual((second["id"], second["pid"]), ("slow", old))
            self.assertEqual(third["id"], "third")
            self.assertNotEqual(third["pid"], old)
            wait_until(lambda: not harness.process_is_alive(old), "the first worker to go")
        self.assertFalse(service.events("worker.died"))

    def test_a_stop_while_one_waits_for_its_successor(self):
        service = self.start(WEB_CONCURRENCY=1, WORKER_MAX_REQUESTS=3)
        for _ in range(3):
            for i in range(3):
                self.assertEqual(service.request("GET", "/work/0/%d" % i).status, 200)
        self.assertEqual(service.stop(), 0)
        self.assertFalse(service.events("worker.died"))


class Lifetime(Recycling):

    @harness.needs("nginx")
    def test_each_lives_for_a_second(self):
        service = self.start(WEB_CONCURRENCY=3, WORKER_MAX_LIFETIME=1)
        nginx = harness.Nginx(self, "unix:" + service.socket_path)
        with working.Crowd(self, nginx.port, 8, ms=2):
            wait_until(lambda: self.renewals("lifetime") >= 6, "six renewals")
        self.assertInTurn(service, 3)
        self.assertEqual(service.stop(), 0)

    def test_idle_ones_too(self):
        service = self.start(WEB_CONCURRENCY=1, WORKER_MAX_LIFETIME=1)
        service.wait_event("worker.renewal", 2)
        self.assertInTurn(service, 1)


class Memory(Recycling):

    def leak(self, service, mib):
        answer = service.request("POST", "/leak/%d" % (mib * 1024), JSON, b"{}")
        self.assertEqual((answer.status, answer.json()["kept"]), (200, True))

    def check(self, measure, **settings):
        service = self.start(WEB_CONCURRENCY=1, WORKER_MEMORY_LIMIT=200 * MIB, WORKER_MEMORY_MEASURE=measure, **settings)
        old = service.wait_accepting(1)
        self.leak(service, 50)
        self.assertEqual(service.workers(), old)
        self.leak(service, 200)
        # It is looked at once a second, behind a request.
        wait_until(lambda: service.request().status == 200 and service.events("worker.renewal"), "the renewal")
        wait_until(lambda: not harness.process_is_alive(old[0]), "the large one to go")
        renewal = service.events("worker.renewal")[0]
        self.assertEqual((renewal["pid"], renewal["cause"]), (old[0], "memory"))
        self.assertInTurn(service, 1)
        self.assertEqual(self.renewals("memory"), len(service.events("worker.renewal")))
        return service

    @unittest.skipIf(harness.IS_SANITIZED, "sanitizers have memory of their own")
    def test_resident(self):
        self.check("rss")

    @unittest.skipIf(harness.IS_SANITIZED, "sanitizers have memory of their own")
    def test_proportional_in_the_sandbox(self):
        self.check("pss", SANDBOX="strict")

    @harness.needs("nginx")
    @unittest.skipIf(harness.IS_SANITIZED, "sanitizers have memory of their own")
    def test_nobody_notices(self):
        service = self.start(WEB_CONCURRENCY=2, WORKER_MEMORY_LIMIT=100 * MIB)
        nginx = harness.Nginx(self, "unix:" + service.socket_path)
        with working.Crowd(self, nginx.port, 16, ms=1):
            for _ in range(2):
                count = len(service.events("worker.renewal"))
                self.leak(service, 150)
                service.wait_event("worker.renewal", count + 1)
        self.assertInTurn(service, 2)

    @unittest.skipIf(harness.IS_SANITIZED, "sanitizers have memory of their own")
    def test_what_cannot_be_had(self):
        service = self.start(WEB_CONCURRENCY=1, WORKER_MEMORY_HARD_LIMIT=256 * MIB)
        self.leak(service, 100)
        answer = service.request("POST", "/leak/%d" % (200 * 1024), JSON, b"{}")
        self.assertError(answer, 503, "service_unavailable")
        self.leak(service, 50)
        self.assertEqual(len(service.events("worker.started")), 1)
        with open("/proc/%d/limits" % service.workers()[0]) as f:
            self.assertRegex(f.read(), r"Max data size +268435456 +268435456")
