"""What a request costs in system calls, counted by strace: a budget that needs no clock."""

import os
import re
import signal
import unittest

import harness
from harness import FCGI_STDIN, FastCGI, Play, Service, bearer, fcgi_begin, fcgi_params, fcgi_record, wait_until

D1 = "/api/v1/documents/d1"
REQUESTS = 40


class Trace:
    """strace on a running process, from `with` to its end: names of the calls, and their lines."""

    def __init__(self, play, pid):
        self.play, self.pid, self.path = play, pid, play.path("trace-%d" % len(os.listdir(play.folder)))

    def __enter__(self):
        self.strace = harness.Process(self.play, "strace", ["strace", "-f", "-o", self.path, "-p", str(self.pid)])
        # By its own word: the kernel names the tracer before it has told the process to stop, which calls on meanwhile.
        wait_until(lambda: "attached" in self.strace.errors() or not self.strace.is_running(), "strace to attach")
        if not self.strace.is_running():
            raise unittest.SkipTest("strace cannot attach here: " + self.strace.errors().strip())
        return self

    def __exit__(self, *unused):
        self.strace.stop()
        with open(self.path) as f:
            lines = f.read().splitlines()
        calls = (re.match(r"\d+ +(?:<\.\.\. )?(\w+)(?:\(| resumed)(?!.*<unfinished \.\.\.>$)", line) for line in lines)
        self.lines = [line for line, call in zip(lines, calls) if call]
        self.names = [re.match(r"\d+ +(?:<\.\.\. )?(\w+)", line)[1] for line in self.lines]


@harness.needs("strace")
@unittest.skipIf(harness.IS_SANITIZED, "a sanitizer makes calls of its own")
class Costs(Play):

    def start(self, **settings):
        """One worker, and no deadline that ends while it is watched."""
        settings = {"LOG_LEVEL": "error", "REQUEST_READ_TIMEOUT": 3600, "WORKER_TIMEOUT": 3600, **settings}
        service = Service(self, wait=False, WEB_CONCURRENCY=1, **settings)
        wait_until(lambda: self.answers(service), "the service to start")
        workers = [pid for pid in harness.children_of(service.pid) if harness.waits_for_sockets(pid)]
        self.assertEqual(len(workers), 1)
        return service, workers[0]

    def answers(self, service):
        """Its log says nothing of a start at this level."""
        assert service.is_running(), service.errors()
        try:
            return service.request().status == 200
        except OSError:
            return False

    def turns(self, names, first):
        """The calls in turns that begin with `first`: those that were watched whole, from beginning to end."""
        starts = [i for i, name in enumerate(names) if name == first]
        return [names[start:end] for start, end in zip(starts, starts[1:])]

    def kept(self, service, worker, *request, status=200):
        """The calls of each request on a kept connection, after some that warm it up."""
        with service.connect() as connection:
            for _ in range(5):
                connection.request(*request, keep=True)
            with Trace(self, worker) as trace:
                for _ in range(REQUESTS):
                    self.assertEqual(connection.request(*request, keep=True).status, status)
        turns = self.turns(trace.names, "recvfrom")
        self.assertEqual(len(turns), REQUESTS - 1)
        return turns

    def assertAll(self, turns, expected):
        self.assertEqual([turn for turn in turns if turn != expected], [])

    def test_a_kept_request(self):
        service, worker = self.start()
        self.assertAll(self.kept(service, worker, "GET", "/health"), ["recvfrom", "sendto", "epoll_wait"])

    def test_a_log_line_is_one_write(self):
        service, worker = self.start(LOG_LEVEL="info")
        self.assertAll(self.kept(service, worker, "GET", "/health"), ["recvfrom", "sendto", "write", "epoll_wait"])

    def test_a_guarded_request(self):
        """Token, limit and policies cost none; the store of the documents asks SQLite, which locks and looks."""
        service, worker = self.start()
        turns = self.kept(service, worker, "GET", D1, bearer("patient-p1"))
        sqlite = ("fcntl", "newfstatat", "fstat", "stat", "lstat", "pread64")
        self.assertAll([[call for call in turn if call not in sqlite] for turn in turns],
                       ["recvfrom", "sendto", "epoll_wait"])
        self.assertLessEqual(max(len(turn) for turn in turns), 3 + 4, turns[0])

    def test_a_refused_request_does_not_reach_the_store(self):
        service, worker = self.start()
        self.assertAll(self.kept(service, worker, "GET", D1, status=401), ["recvfrom", "sendto", "epoll_wait"])

    def test_a_body_costs_nothing_more(self):
        service, worker = self.start()
        turns = self.kept(service, worker, "POST", "/health", {"Content-Type": "application/json"}, b"x" * 4000, status=405)
        self.assertAll(turns, ["recvfrom", "sendto", "epoll_wait"])

    def connections(self, service, worker, count):
        """The calls of `count` connections with a request each, which all lie there when the worker looks."""
        request = fcgi_begin() + fcgi_params(harness.cgi_params()) + fcgi_record(FCGI_STDIN)
        os.kill(worker, signal.SIGSTOP)
        with Trace(self, worker) as trace:
            connections = [FastCGI(service.socket_path) for _ in range(count)]
            for connection in connections:
                connection.send(request)
            os.kill(worker, signal.SIGCONT)
            for connection in connections:
                self.assertEqual(connection.answer().status, 200)
                self.assertTrue(connection.is_closed())
                connection.socket.close()
            wait_until(lambda: harness.process_sleeps(worker), "the worker to have nothing to do")
        # Up to the look that found nobody more: what comes then is of another turn
        end = next(i for i, line in enumerate(trace.lines) if "accept4" in line and "EAGAIN" in line)
        return trace.names[:end + 1]

    def test_a_connection_for_one_request(self):
        service, worker = self.start()
        turns = self.turns(self.connections(service, worker, REQUESTS), "accept4")
        self.assertAll(turns[:REQUESTS - 1], ["accept4", "recvfrom", "sendto", "close"])
        self.assertEqual(len(turns), REQUESTS, "one accept4 more finds nobody")

    def test_nobody_turns_when_nothing_happens(self):
        service, worker = self.start()
        with service.connect() as kept:
            kept.request(keep=True)
            with Trace(self, worker) as worker_trace, Trace(self, service.pid) as manager_trace:
                # Somebody else's second: the ledger looks at the counters
                service.request()
                wait_until(lambda: harness.process_sleeps(worker), "its turn to be over")
                before = os.stat(worker_trace.path).st_size
                ledger = [pid for pid in harness.children_of(service.pid) if pid != worker][0]
                turns = self.switches(ledger)
                wait_until(lambda: self.switches(ledger) >= turns + 2, "two turns of the ledger")
                after = os.stat(worker_trace.path).st_size
        self.assertLessEqual(after - before, 200, "the worker was not idle")
        self.assertLessEqual(len(manager_trace.names), 2, manager_trace.lines)

    def test_the_manager_has_no_part_in_a_request(self):
        service, _ = self.start()
        with service.connect() as kept, Trace(self, service.pid) as manager:
            for _ in range(5 * REQUESTS):
                self.assertEqual(kept.request(keep=True).status, 200)
                self.assertEqual(service.request().status, 200)
        # What its own clocks wake it for, however many requests there were
        self.assertLess(len(manager.names), REQUESTS, manager.lines)

    def switches(self, pid):
        with open("/proc/%d/status" % pid) as f:
            return int(re.search(r"\nvoluntary_ctxt_switches:\s*(\d+)", f.read())[1])


@harness.needs("strace")
class Socket(Play):

    def test_mode_and_owner_are_there_before_anybody_can_connect(self):
        path = self.path("own.sock")
        trace = self.path("trace")
        options = "?mode=0600" + ("&user=daemon" if harness.IS_ROOT else "")
        argv = ["strace", "-f", "-o", trace, "-e", "trace=umask,bind,fchownat,fchown,chown,chmod,fchmod,listen,accept4",
                harness.DOCUMENTS]
        service = Service(self, LISTEN="unix:" + path + options, argv=argv, wait=False, ASAN_OPTIONS="detect_leaks=0")
        wait_until(lambda: service.events("service.startup") or not service.is_running(), "the service to start")
        if not service.is_running():
            self.skipTest("strace cannot trace here: " + service.errors()[-300:])
        os.kill(harness.children_of(service.pid)[0], signal.SIGTERM)
        self.assertEqual(service.wait(), 0)
        with open(trace) as f:
            text = f.read()
        calls = re.findall(r"^\d+ +(\w+)\((.*)\) += 0", text, re.M)
        names = [name for name, _ in calls if name in ("bind", "fchownat", "listen")]
        self.assertEqual(names, ["bind", "fchownat", "listen"] if harness.IS_ROOT else ["bind", "listen"])
        self.assertNotRegex(text, r" f?chmod\(")
        masks = re.findall(r"umask\((\w+)\)", text[:text.index("bind(")])
        self.assertEqual(masks[-1], "0177")
