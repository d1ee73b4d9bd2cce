"""QUEUE_TIMEOUT: who waited too long for a worker is told so, and those behind him get their answers."""

import contextlib
import os
import signal

import harness
from harness import FastCGI, Nginx, Service, bearer, cgi_params, fcgi_begin, fcgi_params, fcgi_record, wait_until
from test_process import D2, LockedStore, ProcessPlay

FCGI_STDIN = harness.FCGI_STDIN
PARTS = 32  # framework/process/queue_sampler.h


def send(connection, method="GET", path="/health", headers=None):
    """A whole request on a connection that is kept; its answer is read later."""
    connection.send(fcgi_begin(keep=True) + fcgi_params(cgi_params(method, path, headers)) + fcgi_record(FCGI_STDIN))


class QueueTimeout(ProcessPlay):

    def serve(self, **settings):
        return Service(self, STATUS_LISTEN="unix:" + self.path("status.sock"), **settings)

    def status(self):
        with FastCGI(self.path("status.sock")) as connection:
            return connection.request(path="/status").json()

    @contextlib.contextmanager
    def held_up(self, service):
        """The workers come to nothing, however long this takes."""
        workers = service.wait_accepting(int(service.settings["WEB_CONCURRENCY"]))
        for pid in workers:
            os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in workers:
                os.kill(pid, signal.SIGCONT)

    def wait_longer_than_patience(self, service):
        """By the turns of the manager, which looks at the queue so many times in a QUEUE_TIMEOUT."""
        def turns():
            with open("/proc/%d/status" % service.pid) as f:
                return next(int(line.split()[1]) for line in f if line.startswith("voluntary_ctxt_switches"))

        before = turns()
        wait_until(lambda: turns() > before + 2 * PARTS, "the queue to be looked at")

    def waiting(self):
        """How many wait in the queue of the socket, if the kernel tells; else nothing is dated either."""
        queue = self.status()["queues"][0]
        if "waiting" not in queue:
            self.skipTest("the kernel does not say how many wait")
        return queue["waiting"]

    def assertTurnedAway(self, answer, retry_after):
        self.assertError(answer, 503, "service_unavailable")
        self.assertEqual(answer.header("Retry-After"), retry_after)
        for name, value in (("X-Content-Type-Options", "nosniff"), ("X-Frame-Options", "SAMEORIGIN"),
                            ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")):
            self.assertEqual(answer.header(name), value)

    def test_who_waits_on_a_kept_connection_is_turned_away(self):
        service = self.serve(WEB_CONCURRENCY=1, QUEUE_TIMEOUT="0.4")
        with service.connect() as second, service.connect() as third, service.connect() as idle:
            for connection in (second, third, idle):
                self.assertEqual(connection.request(keep=True).status, 200)
            with LockedStore(service):
                # For 2 s the worker is in the first handler, and then as long in the second one, which was in time.
                first = self.begin_delete(service)
                send(second, "DELETE", D2, bearer("admin"))
                send(third)
                answers = [first.result(), second.answer(), third.answer()]
            self.assertTurnedAway(answers[2], "1")
            self.assertEqual([answer.header("Retry-After") for answer in answers[:2]], [None, None])
            # The connection lives on, and who comes when there is time is served; so are those who waited idly.
            self.assertEqual(third.request(keep=True).status, 200)
            self.assertEqual(idle.request(keep=True).status, 200)
        event, = service.events("http.queue_timeout")
        self.assertEqual((event["reason"], event["route"]), ("kept_connection", "/health"))
        self.assertGreater(event["waited_us"], 400000)
        self.assertEqual(self.status()["refused_by_guard"]["queue"], 1)

    def test_who_waits_in_the_sockets_queue_is_turned_away(self):
        """Behind nginx, and since a reload."""
        with open(self.path("timeout"), "w") as f:
            f.write("0")
        service = self.serve(WEB_CONCURRENCY=1, QUEUE_TIMEOUT_FILE=self.path("timeout"))
        with open(self.path("timeout"), "w") as f:
            f.write("0.5")
        service.signal(signal.SIGHUP)
        service.wait_event("service.reloaded")
        front = Nginx(self, "unix:" + service.socket_path, keepalive=0)
        self.assertEqual(self.waiting(), 0)
        with self.held_up(service):
            late = [self.pool.submit(front.request, "GET", "/health") for _ in range(8)]
            wait_until(lambda: self.waiting() == 8, "all to wait")
            self.wait_longer_than_patience(service)
        for answer in late:
            self.assertTurnedAway(answer.result(), "1")
        self.assertEqual(front.request("GET", "/health").status, 200)
        events = service.events("http.queue_timeout")
        self.assertEqual({event["reason"] for event in events}, {"listen_queue"})
        self.assertEqual(len(events), 8)
        self.assertEqual(self.status()["refused_by_guard"]["queue"], 8)

    def test_nobody_is_turned_away_who_need_not_be(self):
        """Those who come one after the other, however often; and in an overload those who come after it."""
        service = self.serve(WEB_CONCURRENCY=2, QUEUE_TIMEOUT="1.5")
        self.assertEqual(self.waiting(), 0)
        with self.held_up(service):
            early = [self.pool.submit(service.request) for _ in range(6)]
            wait_until(lambda: self.waiting() == 6, "all to wait")
            self.wait_longer_than_patience(service)
        # One may be anybody for each worker that has not said yet whom it took.
        self.assertLessEqual([answer.result().status for answer in early].count(200), 2)
        refused = self.status()["refused_by_guard"]["queue"]
        self.assertGreaterEqual(refused, 4)
        with service.connect() as kept:
            for _ in range(100):
                self.assertEqual(kept.request(keep=True).status, 200)
                self.assertEqual(service.request().status, 200)
        self.assertEqual(self.status()["refused_by_guard"]["queue"], refused)

    def test_without_the_setting_everybody_waits(self):
        service = self.serve(WEB_CONCURRENCY=1)
        with LockedStore(service):
            first = self.begin_delete(service)
            late = [self.pool.submit(service.request) for _ in range(4)]
            first.result()
        self.assertEqual([answer.result().status for answer in late], [200] * 4)
