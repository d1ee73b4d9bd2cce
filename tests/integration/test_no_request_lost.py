"""
Whatever is done to the processes of a service, every request whose worker was not itself killed gets its full, right
answer, and every POST has its effect once. Behind real web servers, with connections that they keep open and without: a
front does not repeat a POST that it sent on a kept connection which was just closed, so the clients hear of each one.
"""

import collections
import contextlib
import http.client
import json
import os
import random
import shutil
import signal
import tempfile
import threading
import time
import unittest

import fronts
import harness
import working
from harness import http_on, wait_until

CLIENTS = 64  # in all; half of them on each kind of connection where there are both


class Client(threading.Thread):
    """Asks on one connection of its own, GET and POST in turn, until told to stop; an answer that is none is noted."""

    def __init__(self, name, port, stop):
        super().__init__(daemon=True)
        self.name, self.port, self.stop = name, port, stop
        self.connection = None
        self.count, self.posted, self.failed, self.wrong = 0, [], [], []

    def run(self):
        while not self.stop.is_set():
            identity, is_post = "%s-%d" % (self.name, self.count), self.count % 2 == 1
            try:
                answer = self.ask("POST" if is_post else "GET", identity)
                self.judge(answer, identity, is_post)
            except Exception as error:  # whatever it is, it is no answer
                self.failed.append((identity, repr(error)))
                self.hang_up()
            self.count += 1
            self.stop.wait(0.04)  # the machine is busy enough with so many of them
        self.hang_up()

    def ask(self, method, identity):
        if self.connection is None:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=harness.DEADLINE)
        return http_on(self.connection, method, "/records/" + identity, {"Content-Type": "application/json"},
                       b'{"some":"body"}' if method == "POST" else None)

    def judge(self, answer, identity, is_post):
        if answer.status in (502, 503):  # what a front says of a worker that is gone
            self.failed.append((identity, repr(answer)))
        elif answer.status != 200 or json.loads(answer.body).get("id") != identity:
            self.wrong.append((identity, repr(answer)))
        elif is_post:
            self.posted.append(identity)

    def hang_up(self):
        if self.connection is not None:
            self.connection.close()
        self.connection = None


@unittest.skipUnless(working.IS_BUILT, "the shared library is not built")
class LostPlay(harness.UpgradePlay):

    workers = 3

    @classmethod
    def setUpClass(cls):
        cls.folder_of_program = tempfile.mkdtemp(prefix="postern-program-")
        cls.addClassCleanup(shutil.rmtree, cls.folder_of_program)
        os.chmod(cls.folder_of_program, 0o755)
        cls.program = working.build(cls.folder_of_program, "counting")

    def start(self, **settings):
        """The service, through a link that the plays can turn."""
        self.link = self.path("current")
        os.symlink(self.program, self.link)
        self.service = harness.Service(
            self, "counting", seed=False, program=self.program, argv=[self.link],
            **{"WEB_CONCURRENCY": self.workers, "RATE_LIMIT_STORAGE_URI": "memory://",
               "STATUS_LISTEN": "unix:" + self.path("status.sock"), **settings})
        self.service.wait_accepting(self.workers)
        self.manager = self.service.pid
        return self.service

    def ports(self):
        """One front that keeps its connections to the service, and one that does not."""
        upstream = "unix:" + self.service.socket_path
        return {"kept": harness.Nginx(self, upstream, name="nginx-kept", keepalive=CLIENTS).port,
                "closed": harness.Nginx(self, upstream, name="nginx-closed", keepalive=0).port}

    @contextlib.contextmanager
    def crowd(self, ports=None):
        """64 clients at work, and what is true of their answers in the end."""
        stop, ports = threading.Event(), ports or self.ports()
        self.clients = [Client("%s%d" % (kind, i), port, stop)
                        for kind, port in ports.items() for i in range(CLIENTS // len(ports))]
        for client in self.clients:
            client.start()
        try:
            self.wait_answers(2)
            yield
            self.wait_answers(2)
        finally:
            stop.set()
            for client in self.clients:
                client.join(harness.DEADLINE)
        self.assertFalse(any(c.is_alive() for c in self.clients))
        self.assertEqual([w for c in self.clients for w in c.wrong], [])
        self.assertEffects()

    def wait_answers(self, count):
        """Of each client so many more."""
        before = [c.count for c in self.clients]
        wait_until(lambda: all(c.count >= n + count for c, n in zip(self.clients, before)), "more answers")

    def failed(self, kind=""):
        return [f for c in self.clients if c.name.startswith(kind) for f in c.failed]

    def assertEffects(self):
        with open(self.path("records")) as f:
            done = collections.Counter(f.read().split())
        answered = [identity for c in self.clients for identity in c.posted]
        self.assertGreater(len(answered), CLIENTS)
        self.assertEqual([i for i in answered if done[i] != 1], [], "answered, and not done once")
        unanswered = {identity for identity, _ in self.failed()}
        self.assertEqual([i for i, n in done.items() if n > 1], [], "done twice")
        self.assertEqual(set(done) - set(answered) - unanswered, set(), "done, and asked by nobody")

    def assertNothingLost(self):
        self.assertEqual(self.failed(), [])
        self.assertFalse(self.service.events("worker.died"))

    def wait_event(self, name, count=1):
        return self.service.wait_event(name, count)[-1]

    def install(self, path):
        os.symlink(path, self.path("new"))
        os.rename(self.path("new"), self.link)

    def refuse_upgrade(self, script, reason):
        path = self.path("broken")
        with open(path, "w") as f:
            f.write("#!/bin/sh\n" + script)
        os.chmod(path, 0o755)
        self.install(path)
        self.assertEqual(self.refuse(self.service, self.manager)["reason"], reason)
        self.install(self.program)


@harness.needs("nginx")
class BehindNginx(LostPlay):

    def test_a_reload_every_second_for_30_seconds(self):
        service = self.start()
        with self.crowd():
            end = time.monotonic() + 30
            tick = threading.Event()
            while time.monotonic() < end:
                service.signal(signal.SIGHUP)
                tick.wait(1)
        self.assertNothingLost()
        self.assertGreater(len(service.events("service.reloaded")), 5)
        self.assertEqual(service.stop(), 0)

    def test_the_binary_is_exchanged_and_taken_back(self):
        service = self.start(UPGRADE_TIMEOUT_FILE=self.patience(60))
        with self.crowd():
            for _ in range(3):
                workers, done = service.workers(), len(service.events("upgrade.done"))
                new = self.begin(service, self.manager)
                self.retire(self.manager, workers)
                os.kill(self.manager, signal.SIGQUIT)
                self.wait_event("upgrade.done", done + 1)
                self.manager = new
            # A broken one: it exits, does not start, does not get ready.
            self.refuse_upgrade("exit 1", "exit")
            self.refuse_upgrade('WEB_CONCURRENCY=none exec "%s"' % self.program, "settings")
            self.change_patience(service, 1, self.manager)
            self.refuse_upgrade("exec sleep 600", "timeout")
            self.change_patience(service, 60, self.manager)
            # One that does not please, after it has served alone.
            workers = service.workers()
            new = self.begin(service, self.manager)
            self.retire(self.manager, workers)
            self.wait_answers(2)
            os.kill(self.manager, signal.SIGHUP)
            service.wait_accepting(2 * self.workers)
            os.kill(new, signal.SIGQUIT)
            self.wait_event("upgrade.rolled_back")
            # And without a stop at each step.
            new = self.begin(service, self.manager)
            os.kill(self.manager, signal.SIGQUIT)
            self.wait_event("upgrade.done", 4)
        self.assertNothingLost()

    def test_workers_are_killed(self):
        """Of those that were not killed nobody loses a request; a worker takes what it had begun, or was sent, with it."""
        service, kills, held = self.start(), 10, 0
        with self.crowd():
            for count in range(1, kills + 1):
                seen = working.status(self)["each_worker"]
                victim = random.choice(seen)
                held += victim["connections"] + CLIENTS // 8  # what has come to it since
                os.kill(victim["pid"], signal.SIGKILL)
                self.wait_event("worker.died", count)
                service.wait_accepting(self.workers)
                self.wait_answers(1)
        # Without kept connections: the one request that it was serving. With: at most what its connections had brought.
        self.assertLessEqual(len(self.failed("closed")), kills)
        self.assertLessEqual(len(self.failed("kept")), held)
        self.assertEqual(service.stop(), 0)

    def test_more_and_fewer(self):
        service = self.start()
        with self.crowd():
            for number, step in ((signal.SIGTTIN, 1), (signal.SIGTTOU, -1), (signal.SIGTTIN, 1), (signal.SIGTTOU, -1)):
                for _ in range(2):
                    wanted = len(service.workers()) + step
                    service.signal(number)
                    wait_until(lambda: len(service.workers()) == wanted, "%d workers" % wanted)
            service.wait_accepting(self.workers)
        self.assertNothingLost()
        self.assertEqual(service.stop(), 0)

    def test_renewed_after_50_requests(self):
        service = self.start(WORKER_MAX_REQUESTS=50)
        with self.crowd():
            wait_until(lambda: len(service.events("worker.stopped")) >= 20 or self.failed(), "20 renewals")
            service.signal(signal.SIGHUP)  # and a reload among them
            self.wait_event("service.reloaded")
        self.assertNothingLost()
        self.assertEqual(service.stop(), 0)

    def test_their_number_changes_by_itself(self):
        self.workers = 1
        service = self.start(WORKER_MODE="dynamic", WEB_CONCURRENCY=6, WORKER_START=1, WORKER_MIN_SPARE=1,
                             WORKER_MAX_SPARE=2)
        with self.crowd():
            for _ in range(3):
                service.signal(signal.SIGHUP)
                self.wait_answers(4)
        self.assertNothingLost()
        self.assertEqual(service.stop(), 0)


@harness.needs("lighttpd")
class BehindLighttpd(LostPlay):
    """lighttpd asks for a connection of its own for each request."""

    def test_all_of_it(self):
        service = self.start()
        front = fronts.Lighttpd(self, fronts.Lighttpd.fastcgi(service.socket_path))
        with self.crowd({"lighttpd": front.port}):
            for count in range(1, 4):
                service.signal(signal.SIGHUP)
                self.wait_event("service.reloaded", count)
            for number, wanted in ((signal.SIGTTIN, 4), (signal.SIGTTOU, 3)):
                service.signal(number)
                wait_until(lambda: len(service.workers()) == wanted, "%d workers" % wanted)
            workers = service.workers()
            self.begin(service, self.manager)
            self.retire(self.manager, workers)
            os.kill(self.manager, signal.SIGQUIT)
            self.wait_event("upgrade.done")
        self.assertNothingLost()
