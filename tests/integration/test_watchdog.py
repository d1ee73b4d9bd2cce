"""Workers that hang, are slow, crash or are killed: what is told of it, and who pays (hanging.c)."""

import concurrent.futures
import contextlib
import os
import re
import select
import signal
import socket
import subprocess
import threading
import time
import unittest

import harness
import test_handlers
from harness import fcgi_begin, fcgi_params, fcgi_record, cgi_params, wait_until

HERE = os.path.dirname(os.path.abspath(__file__))
HTTPS = {"REQUEST_SCHEME": "https"}
FRAME = r"[A-Za-z0-9_.$@:+-]+\+0x[0-9a-f]+(\([A-Za-z0-9_.$@:+?-]+\))?|\?"
WORKER_TIMEOUT_S, GRACE_S = 1, 3  # the setting; framework/process/watchdog.h


def build(stage):
    """Compiles hanging.c against the library of the build. A sanitizer has a malloc of its own."""
    program = stage.path("hanging")
    if not os.path.exists(program):
        with open(os.path.join(harness.BUILD, "Makefile")) as f:
            compiler = re.search(r"^CC = (.*)$", f.read(), re.M).group(1).split()
        flags = ["-fsanitize=address,undefined"] if harness.IS_SANITIZED else ["-DOWN_MALLOC"]
        subprocess.run([*compiler, "-std=c11", "-D_GNU_SOURCE", "-O1", "-g", "-Wall", "-Wextra", "-Werror", *flags,
                        "-I" + os.path.join(harness.SOURCE, "framework", "include"), "-o", program,
                        os.path.join(HERE, "hanging.c"), "-L" + test_handlers.LIBRARIES, "-lpostern",
                        "-Wl,-rpath," + test_handlers.LIBRARIES], check=True)
    return program


def start(stage, **settings):
    """In its sandbox, where there is one: production is where it must work."""
    settings = {"ENV": "production", "WEB_CONCURRENCY": 1, "HANGING_GATE": stage.path("gate"), **settings}
    return harness.Service(stage, "hanging", seed=False, program=build(stage), **settings)


@unittest.skipUnless(os.path.exists(os.path.join(test_handlers.LIBRARIES, "libpostern.so")),
                     "the shared library was not built")
class WatchdogPlay(harness.Play):
    def setUp(self):
        super().setUp()
        self.pool = concurrent.futures.ThreadPoolExecutor(16)
        self.addCleanup(self.pool.shutdown)

    def begin(self, service, path):
        """A request that has reached its handler, as far as that can be seen; its answer comes later, as a future."""
        return self.pool.submit(service.request, "GET", path, params=HTTPS)

    def status(self):
        with harness.FastCGI(self.path("status.sock")) as inspector:
            return inspector.request(path="/status").json()

    def wait_busy(self, service, count):
        """Until so many requests have begun, by the inspector: those that hang log nothing."""
        wait_until(lambda: service.events("worker.timeout") or self.status()["workers"]["busy"] >= count,
                   "%d busy workers" % count)

    def open_gate(self):
        with open(self.path("gate"), "w"):
            pass

    def assertHealthy(self, service):
        self.assertEqual(service.request(params=HTTPS).json(), {"status": "ok"})

    def ready(self, service):
        """The one worker there is, once it answers. In production nobody else may look at its descriptors."""
        self.assertHealthy(service)
        return wait_until(service.workers, "the log to tell of it: it may have answered before")[-1]

    def assertLost(self, answer):
        with self.assertRaises((EOFError, ConnectionError)):
            answer.result(harness.DEADLINE)

    def assertStack(self, event, *names):
        """Frames in their form and within bounds, with these names in that order, and no address of the process."""
        frames = event["frames"].split(" ")
        if frames[-1] == "...":
            frames.pop()
        self.assertLessEqual(len(frames), 32)
        for frame in frames:
            self.assertRegex(frame, "^(%s)$" % FRAME)
        at = 0
        for name in names:
            found = [i for i, frame in enumerate(frames) if i >= at and name in frame]
            self.assertTrue(found, "%s is not where it should be in %s" % (name, frames))
            at = found[0] + 1
        for offset in re.findall(r"\+0x([0-9a-f]+)", event["frames"]):
            self.assertLess(int(offset, 16), 1 << 32, "an address, not an offset")


class Stuck(WatchdogPlay):
    """Each way to hang, side by side: worker.timeout, the stack, TERM, KILL."""

    def ways(self):
        yield "loops", ("hanging+0x",)
        yield "sleeps", ("libc.so.6", "hanging+0x")
        yield "locks", ("libc.so.6", "hanging+0x")
        yield "deep", ("hanging+0x",)
        if not harness.IS_SANITIZED:  # whose malloc is not ours
            yield "mallocs", ("hanging+0x",)

    def test_every_way_to_hang(self):
        ways = dict(self.ways())
        service = start(self, WEB_CONCURRENCY=len(ways), WORKER_TIMEOUT=WORKER_TIMEOUT_S,
                        STATUS_LISTEN="unix:" + self.path("status.sock"))
        answers = {}
        for way in ways:  # one after the other: who has begun with one must not hold the next one's connection
            answers[way] = self.begin(service, "/" + way)
            self.wait_busy(service, len(answers))
        timeouts = {e["route"]: e for e in service.wait_event("worker.timeout", len(ways))}
        stacks = {e["route"]: e for e in service.wait_event("worker.stack", len(ways))}
        deaths = {e["route"]: e for e in service.wait_event("worker.died", len(ways))}
        for way, names in ways.items():
            with self.subTest(way):
                route = "/" + way
                self.assertLost(answers[way])
                self.assertGreaterEqual(timeouts[route]["duration_us"], WORKER_TIMEOUT_S * 1000000)
                self.assertEqual((stacks[route]["pid"], stacks[route]["level"]), (timeouts[route]["pid"], "error"))
                self.assertGreaterEqual(stacks[route]["duration_us"], timeouts[route]["duration_us"])
                self.assertStack(stacks[route], *names)
                self.assertEqual((deaths[route]["pid"], deaths[route]["cause"], deaths[route]["signal"]),
                                 (timeouts[route]["pid"], "timeout", signal.SIGKILL))
        self.assertIn(" ...", stacks["/deep"]["frames"])
        # What the operator does with a frame without a name, as OPERATIONS.md says.
        if harness.find_program("addr2line"):
            offset = re.match(r"hanging\+(0x[0-9a-f]+)", stacks["/loops"]["frames"]).group(1)
            said = subprocess.run(["addr2line", "-fpie", service.program, offset], stdout=subprocess.PIPE, text=True)
            self.assertRegex(said.stdout, r"^loops at .*hanging\.c:\d+")
        # Replacements begin when the old ones are told to end, and do not wait for their death.
        order = [e["event_type"] for e in service.log() if e["event_type"] in ("worker.started", "worker.died")]
        for count, place in enumerate((i for i, kind in enumerate(order) if kind == "worker.died"), 1):
            self.assertGreaterEqual(order[:place].count("worker.started"), len(ways) + count)
        self.assertEqual(order.count("worker.started"), 2 * len(ways))
        self.assertEqual(service.events("worker.storm"), [])
        self.assertHealthy(service)
        self.assertEqual(service.stop(), 0)

    def test_who_is_deaf_has_no_stack_and_is_killed_all_the_same(self):
        service = start(self, WORKER_TIMEOUT=WORKER_TIMEOUT_S)
        answer = self.begin(service, "/deaf")
        died = service.wait_event("worker.died")[0]
        self.assertEqual((died["cause"], died["route"]), ("timeout", "/deaf"))
        self.assertEqual(service.events("worker.stack"), [])
        self.assertLost(answer)
        self.assertHealthy(service)
        self.assertEqual(service.stop(), 0)

    def test_what_comes_late_comes_out(self):
        """TERM means what it always means: the request ends, the kept connections go on, then the worker goes."""
        service = start(self, WORKER_TIMEOUT=WORKER_TIMEOUT_S)
        with service.connect() as kept:
            kept.request(keep=True, params=HTTPS)
            answer = self.begin(service, "/waits/a")
            stuck = service.wait_event("worker.timeout")[0]
            self.assertStack(service.wait_event("worker.stack")[0], "hanging+0x")
            service.wait_event("worker.started", 2)
            self.open_gate()
            self.assertEqual(answer.result(harness.DEADLINE).json(), {"gate": "open"})
            self.assertEqual(service.wait_event("worker.stopped")[0]["pid"], stuck["pid"])
            self.assertEqual(kept.request(keep=True, params=HTTPS).status, 200)
        self.assertEqual(service.events("worker.died"), [])
        self.assertEqual(service.stop(), 0)

    def test_what_it_holds_goes_to_others(self):
        """Who asks on a kept connection of a worker that is stuck is answered by another one, long before it is killed."""
        service = start(self, WORKER_TIMEOUT=WORKER_TIMEOUT_S, STATUS_LISTEN="unix:" + self.path("status.sock"))
        whole = fcgi_begin(keep=True) + fcgi_params(cgi_params(params=HTTPS)) + fcgi_record(harness.FCGI_STDIN)
        with contextlib.ExitStack() as stack:
            kept = [stack.enter_context(service.connect()) for _ in range(20)]
            for connection in kept:
                connection.request(keep=True, params=HTTPS)
            service.wait_event("http.access", len(kept))  # which is written behind the answer
            with service.connect() as stuck:
                stuck.request(keep=True, params=HTTPS)
                stuck.send(fcgi_begin(keep=True) + fcgi_params(cgi_params(path="/waits/a", params=HTTPS))
                           + fcgi_record(harness.FCGI_STDIN))
                self.wait_busy(service, 1)  # it was answered before it was held: others could come first
                for connection in kept[:10]:
                    connection.send(whole)
                for connection in kept[:10]:
                    self.assertEqual(connection.answer().status, 200)
                self.assertEqual(service.events("worker.died"), [])
                self.open_gate()
                self.assertEqual(stuck.answer().json(), {"gate": "open"})
            for connection in kept:  # once only, and by one worker only
                self.assertEqual(connection.request(keep=True, params=HTTPS).status, 200)
        service.wait_event("worker.stopped")
        self.assertEqual(service.events("worker.died"), [])
        self.assertEqual(service.stop(), 0)
        asked = [e for e in service.events("http.access") if e["route"] == "/health"]
        self.assertEqual(len(asked), 20 + 1 + 10 + 20)

    def test_nobody_else_asks_and_nobody_is_confused(self):
        """The signal alone says nothing: no question, no answer; and it ends nobody."""
        service = start(self)
        pid = self.ready(service)
        for _ in range(10):
            os.kill(pid, signal.SIGURG)
        self.assertHealthy(service)
        self.assertEqual(service.events("worker.stack") + service.events("request.slow"), [])
        self.assertEqual(service.stop(), 0)

    def test_a_stop_does_not_wait_for_the_stuck(self):
        service = start(self, WORKER_TIMEOUT=WORKER_TIMEOUT_S, GRACEFUL_TIMEOUT=60)
        answer = self.begin(service, "/loops")
        service.wait_event("worker.timeout")
        self.assertEqual(service.stop(), 0)
        self.assertLost(answer)
        self.assertEqual(service.events("worker.died")[0]["cause"], "timeout")


class Slow(WatchdogPlay):
    def test_a_slow_request_is_told_of_once_and_goes_on(self):
        service = start(self, WEB_CONCURRENCY=3, SLOW_REQUEST_TIMEOUT=0.2)
        answer = self.begin(service, "/waits/a")
        slow = service.wait_event("request.slow")[0]
        self.assertEqual((slow["route"], slow["level"]), ("/waits/{what}", "warning"))
        self.assertIn(slow["pid"], service.workers())
        self.assertGreaterEqual(slow["duration_us"], 200000)
        self.assertStack(slow, "hanging+0x", "libpostern")
        self.open_gate()
        self.assertEqual(answer.result(harness.DEADLINE).json(), {"gate": "open"})
        os.unlink(self.path("gate"))
        answers = []
        for count, what in enumerate("bcd", 2):  # another request, another word; each at a worker of its own
            answers.append(self.begin(service, "/waits/" + what))
            # By then the manager has looked at those before it, too, as long after their words as these took.
            service.wait_event("request.slow", count)
        self.open_gate()
        self.assertEqual([a.result(harness.DEADLINE).status for a in answers], [200] * 3)
        told = [event["pid"] for event in service.events("request.slow")]
        self.assertEqual((len(told), len(set(told[1:]))), (4, 3))
        self.assertEqual(service.events("worker.timeout") + service.events("worker.died"), [])
        self.assertEqual(len(service.events("worker.started")), 3)
        self.assertEqual(service.stop(), 0)

    def test_unset_nobody_is_slow(self):
        service = start(self, WORKER_TIMEOUT=WORKER_TIMEOUT_S)
        answer = self.begin(service, "/waits/a")
        service.wait_event("worker.timeout")
        self.open_gate()
        self.assertEqual(answer.result(harness.DEADLINE).status, 200)
        self.assertEqual(service.events("request.slow"), [])

    def test_a_slow_one_that_becomes_overdue_is_told_of_twice(self):
        service = start(self, SLOW_REQUEST_TIMEOUT=0.1, WORKER_TIMEOUT=WORKER_TIMEOUT_S)
        answer = self.begin(service, "/waits/a")
        stack = service.wait_event("worker.stack")[0]
        self.open_gate()
        self.assertEqual(answer.result(harness.DEADLINE).status, 200)
        self.assertEqual(service.events("request.slow")[0]["pid"], stack["pid"])


class Bodies(WatchdogPlay):
    """A body of more than 32 KiB is read inside its request. A slow client costs itself its request, and nobody a worker."""

    SIZE = 100000

    def begin_post(self, connection, size=SIZE, keep=False):
        connection.send(fcgi_begin(keep=keep) + fcgi_params(cgi_params(
            "POST", "/takes", params={"CONTENT_LENGTH": str(size), **HTTPS})) + fcgi_record(
                harness.FCGI_STDIN, b"x" * 40000))

    def trickle(self, connection, done):
        """A byte at a time, until the other side has had enough."""
        with contextlib.suppress(OSError):
            while not done.is_set():
                connection.send(fcgi_record(harness.FCGI_STDIN, b"x"))
                done.wait(0.01)

    def assertGivenUp(self, service, least_s):
        since = time.monotonic()
        done = threading.Event()
        with service.connect() as connection:
            self.begin_post(connection)
            sender = self.pool.submit(self.trickle, connection, done)
            try:
                answer = connection.answer()
            finally:
                done.set()
            sender.result(harness.DEADLINE)
        self.assertError(answer, 400, "invalid_request")
        self.assertGreaterEqual(time.monotonic() - since, least_s)
        self.assertEqual(service.wait_event("http.aborted")[0]["reason"], "body")
        self.assertEqual(service.events("worker.timeout") + service.events("worker.died"), [])
        self.assertHealthy(service)
        self.assertEqual(service.stop(), 0)

    def test_in_pieces_within_its_time(self):
        service = start(self, MAX_CONTENT_LENGTH=1000000)
        with service.connect() as connection:
            self.begin_post(connection)
            for _ in range(6):
                connection.send(fcgi_record(harness.FCGI_STDIN, b"x" * 10000))
            connection.send(fcgi_record(harness.FCGI_STDIN))
            self.assertEqual(connection.answer().json(), {"bytes": self.SIZE})
        self.assertEqual(service.stop(), 0)

    def test_the_read_timeout_ends_it(self):
        self.assertGivenUp(start(self, MAX_CONTENT_LENGTH=1000000, REQUEST_READ_TIMEOUT=1), 1)

    def test_half_of_the_workers_time_ends_it_however_long_it_may_take(self):
        self.assertGivenUp(start(self, MAX_CONTENT_LENGTH=1000000, REQUEST_READ_TIMEOUT=3600, WORKER_TIMEOUT=2), 1)

    @harness.needs("nginx")
    def test_through_nginx_without_its_buffer(self):
        service = start(self, ENV="development", MAX_CONTENT_LENGTH=1000000, REQUEST_READ_TIMEOUT=1)
        with open(os.path.join(harness.SOURCE, "contrib", "nginx", "postern-params.conf")) as f:
            params = f.read()
        self.assertIn("fastcgi_request_buffering  on;", params)
        with open(self.path("unbuffered.conf"), "w") as f:
            f.write(params.replace("fastcgi_request_buffering  on;", "fastcgi_request_buffering  off;"))
        nginx = harness.Nginx(self, "unix:" + service.socket_path,
                              server_lines="location /takes { include unbuffered.conf; fastcgi_pass service; }")
        head = b"POST /takes HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n" % self.SIZE
        with socket.create_connection(("127.0.0.1", nginx.port), harness.DEADLINE) as client:
            client.sendall(head + b"x" * 50000)
            self.assertIn(b"HTTP/1.1 400", client.recv(65536))
        self.assertEqual(service.wait_event("http.aborted")[0]["reason"], "body")
        self.assertEqual(nginx.request("POST", "/takes", body=b"x" * self.SIZE).json(), {"bytes": self.SIZE})
        self.assertEqual(service.events("worker.timeout") + service.events("worker.died"), [])
        self.assertEqual(service.stop(), 0)


class Idle(WatchdogPlay):
    """Kept connections have a clock of their own: it begins anew with each request, and stands still within one."""

    def test_who_is_idle_is_closed_and_nobody_else(self):
        service = start(self, KEEPALIVE_TIMEOUT=1, REQUEST_READ_TIMEOUT=3600)
        whole = fcgi_begin(keep=True) + fcgi_params(cgi_params(params=HTTPS)) + fcgi_record(harness.FCGI_STDIN)
        with service.connect() as idle, service.connect() as fresh, service.connect() as used, \
                service.connect() as slow:
            since = time.monotonic()
            idle.request(keep=True, params=HTTPS)
            slow.send(whole[:30])
            while not select.select([idle.socket], [], [], 0.05)[0]:
                self.assertEqual(used.request(keep=True, params=HTTPS).status, 200)
                self.assertLess(time.monotonic() - since, harness.DEADLINE)
            self.assertTrue(idle.is_closed())
            self.assertGreaterEqual(time.monotonic() - since, 1)
            self.assertTrue(fresh.is_closed(), "it was never used at all")
            slow.send(whole[30:])
            self.assertEqual(slow.answer().status, 200)
            self.assertEqual(used.request(keep=True, params=HTTPS).status, 200)
            self.assertTrue(used.is_closed())
        self.assertEqual(service.events("http.aborted") + service.events("worker.died"), [])
        self.assertEqual(service.stop(), 0)

    @harness.needs("nginx")
    def test_nginx_takes_another_one(self):
        """Its pool notices the close, and no request is lost."""
        service = start(self, ENV="development", KEEPALIVE_TIMEOUT=1)
        nginx = harness.Nginx(self, "unix:" + service.socket_path)
        pid = service.workers()[0]
        for _ in range(2):
            self.assertEqual(nginx.request("POST", "/takes", body=b"x").json(), {"bytes": 1})
            wait_until(lambda: not self.has_connection(service, pid), "the kept connection to be closed")
        self.assertEqual(nginx.request("POST", "/takes", body=b"x").json(), {"bytes": 1})
        self.assertEqual(service.stop(), 0)

    @staticmethod
    def has_connection(service, pid):
        """Whether the worker holds one, by the kernel's list of sockets: connected ones are in state 3."""
        with open("/proc/%d/net/unix" % pid) as f:
            return any(line.split()[5] == "03" and line.rstrip().endswith(service.socket_path) for line in f)


class Starts(WatchdogPlay):
    """A service whose workers cannot start says why, by the exit status, the signal, the last event."""

    def start_in_vain(self, how, **settings):
        service = start(self, HANGING_START=how, wait=False, **settings)
        self.assertEqual(service.wait(), 70)
        failed = service.events("service.start_failed")
        self.assertEqual([(e["level"], e["reason"]) for e in failed], [("critical", "workers")])
        return service, failed[0]

    def test_the_cause_is_named(self):
        for how, words, fields in (
                ("fails", "exit status 70, last event hanging.not_started",
                 {"cause": "exit", "exit_status": 70, "last_event": "hanging.not_started"}),
                ("exits", "exit status 3", {"cause": "exit", "exit_status": 3, "last_event": None}),
                ("crashes", "ended by signal 11 (SIGSEGV)", {"cause": "signal", "signal": 11, "exit_status": None})):
            with self.subTest(how):
                service, failed = self.start_in_vain(how, WEB_CONCURRENCY=2)
                self.assertEqual({name: failed.get(name) for name in fields}, fields)
                self.assertEqual(service.errors(), "hanging: no worker could start: %s\n" % words)
                died = service.events("worker.died")
                self.assertEqual(len(died), 2)
                self.assertEqual({name: died[0].get(name) for name in fields}, fields)
                self.assertNotIn("route", died[0])

    def test_the_last_event_is_known_whatever_the_level(self):
        service, failed = self.start_in_vain("fails", LOG_LEVEL="critical")
        self.assertEqual(failed["last_event"], "hanging.not_started")
        self.assertEqual(service.events("hanging.not_started"), [])

    def test_a_start_that_hangs_tells_where(self):
        service, failed = self.start_in_vain("hangs", WORKER_TIMEOUT=WORKER_TIMEOUT_S)
        self.assertEqual((failed["cause"], failed["signal"]), ("timeout", signal.SIGKILL))
        self.assertIn("it did not accept within WORKER_TIMEOUT", service.errors())
        stack = service.events("worker.stack")[0]
        self.assertStack(stack, "libc.so.6", "hanging+0x", "libpostern")
        self.assertNotIn("route", stack)
        self.assertNotIn("duration_us", stack)


class Deaths(WatchdogPlay):
    def test_each_has_its_name_and_its_route(self):
        service = start(self, STATUS_LISTEN="unix:" + self.path("status.sock"))
        for path, fields in (
                ("/aborts/a", {"cause": "signal", "signal": 6, "route": "/aborts/{what}"}),
                ("/exits", {"cause": "exit", "exit_status": 3, "route": "/exits"}),
                ("/kills", {"cause": "signal", "signal": 11, "route": "/kills"})):
            with self.subTest(path):
                since = service.log_size()
                self.ready(service)
                self.assertLost(self.begin(service, path))
                died = wait_until(lambda: service.events("worker.died", since), "its death")[0]
                self.assertEqual({name: died.get(name) for name in fields}, fields)
        since = service.log_size()
        worker = self.ready(service)
        wait_until(lambda: self.status()["workers"]["busy"] == 0, "an idle worker: it logs after it has answered")
        os.kill(worker, signal.SIGKILL)  # whatever it served before is not at fault
        died = wait_until(lambda: service.events("worker.died", since), "its death")[0]
        self.assertEqual((died["cause"], died["signal"], died.get("route")), ("signal", 9, None))
        deaths = self.status()["deaths"]
        self.assertEqual((deaths["signal"], deaths["exit"], deaths["oom"], deaths["timeout"]), (3, 1, 0, 0))
        self.assertEqual(service.stop(), 0)

    def test_out_of_memory(self):
        group = MemoryGroup(self, 96 << 20)
        service = start(self, before_exec=group.enter, SANDBOX=None if harness.IS_SANITIZED else "strict",
                        STATUS_LISTEN="unix:" + self.path("status.sock"))
        self.assertLost(self.begin(service, "/eats"))
        died = service.wait_event("worker.died")[0]
        self.assertEqual((died["cause"], died["signal"], died["route"]), ("oom", signal.SIGKILL, "/eats"))
        os.kill(self.ready(service), signal.SIGKILL)  # and this one is somebody's own
        self.assertEqual(service.wait_event("worker.died", 2)[1]["cause"], "signal")
        deaths = self.status()["deaths"]
        self.assertEqual((deaths["oom"], deaths["signal"]), (1, 1))
        self.assertHealthy(service)
        self.assertEqual(service.stop(), 0)


class MemoryGroup:
    """A control group of the play's own, of either version, with a limit of memory; skips the play where none can be made."""

    def __init__(self, play, limit):
        if not harness.IS_ROOT:
            raise unittest.SkipTest("only root makes control groups")
        if harness.IS_SANITIZED:
            raise unittest.SkipTest("a sanitizer takes more memory than the group has")
        with open("/proc/self/cgroup") as f:
            paths = {tuple(line.split(":")[1].split(",")): line.rstrip("\n").split(":", 2)[2] for line in f}
        for controllers, path in paths.items():
            if "memory" in controllers:
                parent, name = "/sys/fs/cgroup/memory" + path, "memory.limit_in_bytes"
                break
        else:
            parent, name = "/sys/fs/cgroup", "memory.max"
        self.folder = os.path.join(parent, "postern-play-%d" % os.getpid())
        try:
            os.mkdir(self.folder)
            play.addCleanup(self.remove)
            with open(os.path.join(self.folder, name), "w") as f:
                f.write(str(limit))
        except OSError as problem:
            raise unittest.SkipTest("no control group with a limit of memory: %s" % problem.strerror)
        for swap in ("memory.swap.max", "memory.memsw.limit_in_bytes"):
            with contextlib.suppress(OSError):
                with open(os.path.join(self.folder, swap), "r+") as f:
                    f.write("0" if swap == "memory.swap.max" else str(limit))

    def enter(self):
        with open(os.path.join(self.folder, "cgroup.procs"), "w") as f:
            f.write("0")

    def remove(self):
        def is_gone():
            with contextlib.suppress(OSError):
                os.rmdir(self.folder)
            return not os.path.exists(self.folder)

        wait_until(is_gone, "the control group to be empty")


if __name__ == "__main__":
    unittest.main()
