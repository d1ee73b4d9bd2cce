"""STATUS_LISTEN: what the inspector tells is exact, is there when nobody else answers, and names no client."""

import contextlib
import fcntl
import json
import os
import pty
import re
import select
import shutil
import signal
import struct
import subprocess
import termios

import harness
from harness import FCGI_STDIN, FastCGI, Nginx, Play, Service, bearer, fcgi_begin, fcgi_params, fcgi_record, wait_until

D1 = "/api/v1/documents/d1"
DOCUMENT = "/api/v1/documents/{document_id}"
NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
LABELS = r'\{(?:%s="(?:[^"\\\n]|\\[\\"n])*"(?:,(?!\})|(?=\})))+\}' % r"[a-zA-Z_][a-zA-Z0-9_]*"
SAMPLE = re.compile(r"(%s)(%s)? (-?[0-9]+(?:\.[0-9]+)?|\+Inf)" % (NAME, LABELS))
SUFFIXES = {"counter": {"_total"}, "gauge": {""}, "histogram": {"_bucket", "_sum", "_count"}}


class Metrics:
    """The exposition formats, read strictly: {(name, labels): value}, each family whole and described once."""

    def __init__(self, text, is_open=False):
        self.samples, self.types = {}, {}
        assert text.endswith("\n")
        lines = text[:-1].split("\n")
        if is_open:
            assert lines.pop() == "# EOF"
        assert "# EOF" not in lines
        family = None
        while lines:
            line = lines.pop(0)
            if line.startswith("#"):
                family = re.fullmatch(r"# HELP (%s) (\S.*)" % NAME, line)[1]
                assert family not in self.types, family + " comes twice"
                kind = re.fullmatch(r"# TYPE (%s) (counter|gauge|histogram)" % NAME, lines.pop(0))
                assert kind[1] == family
                self.types[family] = kind[2]
                continue
            name, labels, value = SAMPLE.fullmatch(line).groups()
            kind, base = self.types[family], family
            if kind == "counter":
                assert is_open != family.endswith("_total"), family
                base = family if is_open else family[:-len("_total")]
            assert name.startswith(base) and name[len(base):] in SUFFIXES[kind], line
            key = name, tuple(re.findall(r'([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"', labels or ""))
            assert key not in self.samples, line
            self.samples[key] = float(value)
        self.check_histograms()

    def check_histograms(self):
        series = {}
        for (name, labels), value in self.samples.items():
            if name.endswith("_bucket"):
                series.setdefault((name[:-len("_bucket")], labels[:-1]), []).append((labels[-1], value))
        for (name, labels), buckets in series.items():
            bounds = [float(label[1]) for label, _ in buckets]
            counts = [count for _, count in buckets]
            assert all(label[0] == "le" for label, _ in buckets)
            assert bounds == sorted(set(bounds)) and bounds[-1] == float("inf"), bounds
            assert counts == sorted(counts), counts
            assert counts[-1] == self.samples[name + "_count", labels]
            assert (name + "_sum", labels) in self.samples

    def get(self, name, **labels):
        return self.samples["postern_" + name, tuple(labels.items())]


def inodes_of(path):
    """Of the sockets with that name, as the descriptors of a process are called."""
    with open("/proc/net/unix") as f:
        return {"socket:[%s]" % line.split()[6] for line in f if line.rstrip().endswith(path)}


def links_of(pid):
    """What the descriptors of a process are; they come and go."""
    found = set()
    for fd in os.listdir("/proc/%d/fd" % pid):
        with contextlib.suppress(FileNotFoundError):
            found.add(os.readlink("/proc/%d/fd/%s" % (pid, fd)))
    return found


class InspectionPlay(Play):

    def start(self, **settings):
        self.status_path = self.path("status.sock")
        return Service(self, **{"STATUS_LISTEN": "unix:" + self.status_path, **settings})

    def ask(self, path, method="GET", headers=None, **kwargs):
        with FastCGI(self.status_path) as connection:
            return connection.request(method, path, headers, **kwargs)

    def status(self, query=""):
        answer = self.ask("/status" + query)
        self.assertEqual(answer.status, 200)
        return answer.json()

    def metrics(self):
        return Metrics(self.ask("/metrics").body.decode())

    def wait_counted(self, total):
        """A request is counted a moment after its answer has arrived."""
        wait_until(lambda: self.status()["requests"]["total"] >= total, "%d requests to be counted" % total)
        self.assertEqual(self.status()["requests"]["total"], total)

    def wait_idle(self, count):
        """An answer is there before its worker shows that it is idle again."""
        wait_until(lambda: self.status()["workers"]["idle"] == count, "%d idle workers" % count)

    def inspector(self, service):
        """
        The child that holds the status socket and is no worker; by its listening inode. Once it answers: from the
        fork it has whatever the manager has.
        """
        self.assertEqual(self.ask("/ping").status, 200)
        workers = service.workers()
        others = [pid for pid in harness.children_of(service.pid) if pid not in workers]
        inodes = inodes_of(self.status_path)
        return wait_until(lambda: [pid for pid in others if inodes & links_of(pid)], "the inspector")[0]


class Answers(InspectionPlay):

    def test_the_four_paths(self):
        self.start()
        for path, kind, body in (("/ping", "text/plain; charset=utf-8", b"pong\n"),
                                 ("/ready", "text/plain; charset=utf-8", b"ready\n"),
                                 ("/status", "application/json", None),
                                 ("/metrics", "text/plain; version=0.0.4; charset=utf-8", None)):
            answer = self.ask(path)
            self.assertEqual((answer.status, answer.header("Content-Type")), (200, kind))
            self.assertEqual(int(answer.header("Content-Length")), len(answer.body))
            if body:
                self.assertEqual(answer.body, body)
            head = self.ask(path, "HEAD")
            self.assertEqual((head.status, head.body), (200, b""))

    def test_anything_else_is_refused(self):
        self.start()
        for path in ("/", "/health", "/status/", "/status/x", "//status", "/%2e/status", "/STATUS", D1):
            answer = self.ask(path)
            self.assertEqual((answer.status, answer.error()), (404, "not_found"), path)
        for method in ("POST", "PUT", "DELETE", "OPTIONS", "BREW"):
            answer = self.ask("/ping", method, body=b"x" if method == "POST" else None)
            self.assertEqual((answer.status, answer.error()), (405, "method_not_allowed"))
            self.assertEqual(answer.header("Allow"), "GET, HEAD")

    def test_header_fields_as_everywhere(self):
        self.start()
        for path in ("/ping", "/status", "/metrics", "/nothing"):
            answer = self.ask(path)
            self.assertEqual(answer.header("Cache-Control"), "no-store")
            self.assertEqual(answer.header("X-Content-Type-Options"), "nosniff")
            self.assertEqual(answer.header("Content-Security-Policy"), "default-src 'none'; frame-ancestors 'none'")

    def test_the_formats_are_whole(self):
        service = self.start()
        service.request()
        self.wait_counted(1)
        plain = self.metrics()
        accept = "application/openmetrics-text;version=1.0.0;q=0.8,text/plain;version=0.0.4;q=0.5"
        answer = self.ask("/metrics", headers={"Accept": accept})
        self.assertEqual(answer.header("Content-Type"), "application/openmetrics-text; version=1.0.0; charset=utf-8")
        opened = Metrics(answer.body.decode(), is_open=True)
        self.assertEqual(set(plain.samples), set(opened.samples))
        self.assertEqual(self.ask("/metrics", headers={"Accept": "application/openmetrics-text;q=0"})
                         .header("Content-Type"), "text/plain; version=0.0.4; charset=utf-8")

    def test_without_the_setting_there_is_none(self):
        service = self.start(STATUS_LISTEN=None)
        self.assertFalse(os.path.exists(self.status_path))
        self.assertEqual(len(harness.children_of(service.pid)), 2 + 1)  # workers and ledger

    def test_several_sockets(self):
        port = harness.free_port()
        self.start(STATUS_LISTEN="unix:%s?mode=0600 127.0.0.1:%d" % (self.path("status.sock"), port))
        self.assertEqual(self.ask("/ping").status, 200)
        with FastCGI(("127.0.0.1", port)) as connection:
            self.assertEqual(connection.request("GET", "/ping").body, b"pong\n")

    def test_no_client_is_named(self):
        service = self.start()
        service.request("GET", "/mArKeR?mArKeR", {"X-Marker": "mArKeR", "Authorization": "Bearer mArKeR"})
        service.request("GET", "/api/v1/documents/mArKeR", bearer("patient-p1"))
        self.wait_counted(2)
        for path in ("/status?full", "/metrics", "/status?full&mArKeR", "/mArKeR"):
            answer = self.ask(path, headers={"X-Marker": "mArKeR", "Accept": "mArKeR"})
            self.assertNotIn(b"mArKeR", answer.body)
            self.assertNotIn(b"192.0.2.7", answer.body)
            self.assertNotIn(b"p1", answer.body)
            self.assertNotIn("mArKeR", repr(answer.headers))
        self.assertNotIn("mArKeR", service.output())

    @harness.needs("nginx")
    def test_behind_nginx(self):
        service = self.start()
        with open(os.path.join(harness.SOURCE, "contrib", "nginx", "postern-status.conf")) as f:
            lines = f.read().replace("/run/documents/status.sock", self.status_path)
        nginx = Nginx(self, "unix:" + service.socket_path, server_lines=lines)
        self.assertEqual(harness.http_request(nginx.port, "GET", "/ready").body, b"ready\n")
        Metrics(harness.http_request(nginx.port, "GET", "/metrics").body.decode())
        accept = {"Accept": "application/openmetrics-text"}
        Metrics(harness.http_request(nginx.port, "GET", "/metrics", accept).body.decode(), is_open=True)
        full = harness.http_request(nginx.port, "GET", "/status?full").json()
        self.assertEqual(len(full["each_worker"]), 2)
        self.assertEqual(harness.http_request(nginx.port, "POST", "/ping", body=b"x").status, 405)
        self.assertEqual(harness.http_request(nginx.port, "GET", "/status/x").status, 404)


class Counts(InspectionPlay):

    def sequence(self, service):
        """Fifteen requests, whose outcomes are known."""
        for _ in range(5):
            self.assertEqual(service.request().status, 200)
        for _ in range(3):
            self.assertEqual(service.request("GET", D1, bearer("patient-p1")).status, 200)
        for _ in range(2):
            self.assertEqual(service.request("GET", D1, bearer("patient-p2")).status, 403)
        self.assertEqual(service.request("GET", D1).status, 401)
        self.assertEqual(service.request("GET", D1, {"Authorization": "Bearer a.b.c"}).status, 401)
        self.assertEqual(service.request("GET", "/nowhere").status, 404)
        self.assertEqual(service.request("POST", "/health").status, 405)
        self.assertEqual(service.request("GET", "/health", params={"CONTENT_LENGTH": "x"}).status, 400)

    def check(self, times):
        self.wait_counted(15 * times)
        status, metrics = self.status(), self.metrics()
        self.assertEqual(status["accepted_connections"], 15 * times)
        self.assertEqual(status["requests"], {"total": 15 * times, "2xx": 8 * times, "3xx": 0, "4xx": 7 * times, "5xx": 0})
        for route, method, code, count in (("/health", "GET", "2xx", 5), (DOCUMENT, "GET", "2xx", 3),
                                           (DOCUMENT, "GET", "4xx", 4), (DOCUMENT, "DELETE", "2xx", 0),
                                           ("", "", "4xx", 3)):
            self.assertEqual(metrics.get("requests_total", route=route, method=method, status=code), count * times)
        self.assertEqual(metrics.get("request_duration_seconds_count", route=DOCUMENT, method="GET"), 7 * times)
        self.assertGreater(metrics.get("request_duration_seconds_sum", route=DOCUMENT, method="GET"), 0)
        for guard, count in (("authn", 2), ("authz", 2), ("route", 2), ("request", 1), ("limit", 0)):
            self.assertEqual(metrics.get("guard_refusals_total", guard=guard), count * times, guard)
        for outcome, count in (("succeeded", 5), ("missing", 1), ("malformed", 1), ("expired", 0)):
            self.assertEqual(metrics.get("authentications_total", outcome=outcome), count * times, outcome)
        for outcome, count in (("allowed", 3), ("denied", 2), ("unavailable", 0)):
            self.assertEqual(metrics.get("authorizations_total", outcome=outcome), count * times, outcome)
        self.assertEqual(metrics.get("rate_limit_checks_total", outcome="passed"), 12 * times)

    def test_they_are_exact_across_workers_reloads_and_deaths(self):
        service = self.start(WEB_CONCURRENCY=3)
        service.wait_accepting(3)
        self.sequence(service)
        self.check(1)
        old = service.workers()
        service.signal(signal.SIGHUP)
        service.wait_event("service.reloaded")
        wait_until(lambda: not any(map(harness.process_is_alive, old)), "the old workers to end")
        self.check(1)
        self.sequence(service)
        self.check(2)
        for pid in service.wait_accepting(3):
            os.kill(pid, signal.SIGKILL)
        service.wait_event("worker.died", 3)
        service.wait_accepting(3)
        self.check(2)
        self.sequence(service)
        self.check(3)
        metrics = self.metrics()
        self.assertEqual(metrics.get("worker_deaths_total", cause="signal"), 3)
        self.assertEqual(metrics.get("reloads_total", outcome="done"), 1)
        self.wait_idle(3)

    def test_a_spent_limit(self):
        service = self.start(HEALTH_RATE_LIMIT="2 per day")
        self.assertEqual([service.request().status for _ in range(3)], [200, 200, 429])
        self.wait_counted(3)
        self.assertEqual(self.status()["rate_limit"], {"unavailable": 0, "passed": 2, "exceeded": 1, "table_full": 0})
        self.assertEqual(self.status()["refused_by_guard"]["limit"], 1)

    def test_what_is_no_request(self):
        service = self.start()
        with service.connect() as connection:
            connection.send(b"GET / HTTP/1.0\r\n\r\n")
            connection.is_closed()
        wait_until(lambda: self.status()["protocol_refusals"] == 1, "the refusal")
        self.assertEqual(self.status()["requests"]["total"], 0)

    def test_policies_and_their_reload(self):
        policies = self.path("policies")
        shutil.copytree(harness.POLICIES, policies)
        service = self.start(AUTHORIZATION_POLICIES_DIR=policies)
        before = self.status()["policies"]
        loaded = service.events("authorization.policies_loaded")[0]
        self.assertEqual((before["digest"], before["count"]), (loaded["policy_digest"], loaded["policy_count"]))
        with open(os.path.join(policies, "more.cedar"), "w") as f:
            f.write("nonsense")
        service.signal(signal.SIGHUP)
        service.wait_event("service.reload_refused")
        self.assertEqual(self.status()["reloads"],
                         {"begun": 1, "done": 0, "refused": 1, "last_refusal": "settings"})
        self.assertEqual(self.status()["policies"]["digest"], before["digest"])
        with open(os.path.join(policies, "more.cedar"), "w") as f:
            f.write("permit (principal, action, resource);\n")
        service.signal(signal.SIGHUP)
        service.wait_event("service.reloaded")
        after = self.status()
        self.assertEqual(after["policies"]["count"], before["count"] + 1)
        self.assertNotEqual(after["policies"]["digest"], before["digest"])
        self.assertEqual(after["generation"], 2)

    def test_queues(self):
        port = harness.free_port()
        service = self.start(WEB_CONCURRENCY=1, LISTEN="unix:%s 127.0.0.1:%d" % (self.path("documents.sock"), port))
        service.wait_accepting(1)
        queues = self.status()["queues"]
        if "waiting" not in queues[0]:
            self.skipTest("this kernel does not tell")
        self.assertEqual([queue["waiting"] for queue in queues], [0, 0])
        worker = service.workers()[0]
        os.kill(worker, signal.SIGSTOP)
        waiting = [FastCGI(service.socket_path) for _ in range(3)] + [FastCGI(("127.0.0.1", port)) for _ in range(2)]
        wait_until(lambda: [queue["waiting"] for queue in self.status()["queues"]] == [3, 2], "the queues")
        os.kill(worker, signal.SIGCONT)
        for connection in waiting:
            connection.socket.close()
        wait_until(lambda: [queue["waiting"] for queue in self.status()["queues"]] == [0, 0], "empty queues")


class Ready(InspectionPlay):

    def ready(self):
        return self.ask("/ready").status

    def test_from_the_start_to_the_stop(self):
        service = self.start(WEB_CONCURRENCY=1)
        self.assertEqual(self.ready(), 200)
        service.wait_accepting(1)
        worker = service.workers()[0]
        os.kill(worker, signal.SIGSTOP)
        self.assertEqual(self.ready(), 200)  # it is idle by all that is known
        with FastCGI(service.socket_path) as connection:
            connection.send(fcgi_begin() + fcgi_params(harness.cgi_params()) + fcgi_record(FCGI_STDIN))
            service.signal(signal.SIGTERM)
            service.wait_event("service.stopping")
            answer = wait_until(lambda: self.ask("/ready").status != 200 and self.ask("/ready"), "the end of being ready")
            self.assertEqual((answer.status, answer.error()), (503, "service_unavailable"))
            self.assertEqual(self.status()["state"], "stopping")
            os.kill(worker, signal.SIGCONT)
            self.assertEqual(connection.answer().status, 200)
        self.assertEqual(service.wait(), 0)
        self.assertFalse(os.path.exists(self.status_path))

    def test_without_workers(self):
        service = self.start(WEB_CONCURRENCY=1)
        for i in range(1, 8):  # up to a storm, whose next worker has to wait
            # Ready is for a moment still what the dead one was.
            wait_until(lambda: service.events("worker.storm") or (self.ready() == 200 and service.workers()), "a worker")
            if service.events("worker.storm"):
                break
            os.kill(service.workers()[0], signal.SIGKILL)
            service.wait_event("worker.died", i)
        wait_until(lambda: self.ready() == 503 or len(service.workers()) == 1, "somebody to notice")
        self.assertEqual(self.status()["deaths"]["signal"], len(service.events("worker.died")))
        wait_until(lambda: self.ready() == 200, "the next worker")

    def test_while_reloading(self):
        service = self.start()
        service.signal(signal.SIGHUP)
        while not service.events("service.reloaded"):
            self.assertEqual(self.ready(), 200)

    def test_busy_workers_hinder_nobody(self):
        service = self.start(WEB_CONCURRENCY=1)
        os.kill(service.workers()[0], signal.SIGSTOP)
        self.assertEqual(self.ask("/ping").status, 200)
        self.assertEqual(self.status("?full")["each_worker"][0]["pid"], service.workers()[0])
        os.kill(service.workers()[0], signal.SIGCONT)


class Tool(InspectionPlay):
    """`postern status`."""

    def status_of(self, *arguments, **environment):
        return subprocess.run([harness.POSTERN, "status", *arguments], text=True, timeout=harness.DEADLINE,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              env={**harness.inherited_environment(), **environment})

    def test_a_table_and_the_raw_answer(self):
        service = self.start()
        service.request()
        self.wait_counted(1)
        self.wait_idle(2)
        done = self.status_of(self.status_path)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn("serving, ready", done.stdout)
        self.assertRegex(done.stdout, r"(?m)^/health +GET +1 +1 ")
        self.assertNotIn("WORKER", done.stdout)
        full = self.status_of("--full", STATUS_LISTEN="unix:" + self.status_path)
        self.assertRegex(full.stdout, r"(?m)^ +2 +\d+ +idle ")
        raw = self.status_of("--socket", "unix:" + self.status_path, "--json", "--full")
        self.assertEqual(len(json.loads(raw.stdout)["each_worker"]), 2)

    def test_tcp(self):
        port = harness.free_port()
        self.start(STATUS_LISTEN="127.0.0.1:%d" % port)
        self.assertEqual(self.status_of("127.0.0.1:%d" % port).returncode, 0)

    def test_a_service_that_stops_is_not_ready(self):
        service = self.start(WEB_CONCURRENCY=1)
        worker = service.wait_accepting(1)[0]
        os.kill(worker, signal.SIGSTOP)
        service.signal(signal.SIGTERM)
        service.wait_event("service.stopping")
        done = wait_until(lambda: self.status_of(self.status_path).returncode and self.status_of(self.status_path),
                          "it to notice")
        self.assertEqual(done.returncode, 1)
        self.assertIn("stopping, not ready", done.stdout)
        os.kill(worker, signal.SIGCONT)
        self.assertEqual(service.wait(), 0)
        self.assertEqual(self.status_of(self.status_path).returncode, 2)

    def test_who_is_no_inspector(self):
        service = self.start()
        done = self.status_of(service.socket_path)
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertIn("no Postern service", done.stderr)


class Top(InspectionPlay):
    """`postern top`, on a terminal of the play's own."""

    def open(self, *arguments, size=(24, 100), **environment):
        try:
            self.terminal, theirs = pty.openpty()
        except OSError:
            self.skipTest("no terminals are to be had here: /dev/pts is not mounted")
        self.addCleanup(os.close, self.terminal)
        self.resize(*size)
        self.before = termios.tcgetattr(theirs)
        environment = {**harness.inherited_environment(), "TERM": "xterm", **environment}
        self.top = subprocess.Popen([harness.POSTERN, "top", self.status_path, *arguments], stdin=theirs, stdout=theirs,
                                    stderr=theirs, env=environment, start_new_session=True,
                                    preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))
        self.addCleanup(self.top.wait)
        self.addCleanup(self.top.kill)
        self.theirs, self.seen = theirs, ""
        self.addCleanup(os.close, theirs)

    def resize(self, lines, columns):
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

    def see(self, pattern):
        """Reads on up to something new that matches; what comes behind it is for the next call."""
        def look():
            while select.select([self.terminal], [], [], 0)[0]:
                self.seen += os.read(self.terminal, 65536).decode()
            found = re.search(pattern, self.seen)
            if found:
                self.seen = self.seen[found.end():]
            return found

        return wait_until(look, pattern)[0]

    def type(self, keys):
        os.write(self.terminal, keys.encode())

    def test_keys(self):
        service = self.start()
        service.request()
        self.wait_idle(2)  # top looks but once here
        self.open("--interval", "3600")
        self.see(r"\x1b\[\?1049h")
        self.see(r"workers: 2 idle, 0 busy")
        self.see(r"WORKER +PID STATE +\*REQ/S")
        self.type("t")
        self.see(r"\*REQ/S.*\r\n.*/health")
        self.type("/DELETE\r")
        self.assertNotIn("/health", self.see(r"only \"DELETE\"(?s:.*?)\x1b\[J"))
        self.type("\x1b")
        self.see(r"/health")
        self.type("w>")
        self.see(r"\*REQUESTS")
        self.type("q")
        self.see(r"\x1b\[\?1049l")
        self.assertEqual(self.top.wait(harness.DEADLINE), 0)
        self.assertEqual(termios.tcgetattr(self.theirs), self.before)

    def test_it_goes_on_looking(self):
        service = self.start()
        self.open("--interval", "1")
        self.see(r"0 in all")
        service.request()
        self.see(r"[01]\.\d a second, 1 in all")
        self.type("q")
        self.assertEqual(self.top.wait(harness.DEADLINE), 0)

    def test_another_size(self):
        self.start()
        self.open("--interval", "3600")
        self.see(r"STATE(?s:.*)\x1b\[J")
        self.resize(4, 30)
        screen = self.see(r"\x1b\[H[^H]*\x1b\[J")
        lines = [re.sub(r"\x1b\[\w", "", line) for line in screen.split("\r\n")]
        self.assertEqual(len(lines), 4)
        self.assertLessEqual(max(map(len, lines)), 30)

    def test_the_terminal_is_given_back_whatever_happens(self):
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            service = self.start(name="documents%d" % number, LISTEN="unix:" + self.path("l%d.sock" % number))
            self.open("--interval", "3600")
            self.see(r"WORKER")
            self.top.send_signal(number)
            self.see(r"\x1b\[\?1049l")
            self.assertEqual(self.top.wait(harness.DEADLINE), 0)
            self.assertEqual(termios.tcgetattr(self.theirs), self.before)
            service.stop()

    def test_a_service_that_ends(self):
        service = self.start()
        self.open("--interval", "1")
        self.see(r"WORKER")
        service.stop()
        self.see(r"\x1b\[\?1049l(?s:.*)cannot be asked")
        self.assertEqual(self.top.wait(harness.DEADLINE), 2)
        self.assertEqual(termios.tcgetattr(self.theirs), self.before)

    def test_a_dumb_terminal_and_a_file(self):
        self.start()
        self.open("--interval", "1", "--count", "2", TERM="dumb")
        self.see(r"WORKER(?s:.*)WORKER")
        self.assertEqual(self.top.wait(harness.DEADLINE), 0)
        self.assertNotIn("\x1b", self.seen)
        done = subprocess.run([harness.POSTERN, "top", self.status_path, "--count", "1"], text=True,
                              stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, timeout=harness.DEADLINE)
        self.assertEqual(done.returncode, 0)
        self.assertNotIn("\x1b", done.stdout)
        self.assertEqual(done.stdout.count("WORKER"), 1)


class Process(InspectionPlay):

    def test_it_is_replaced_and_counts_stay(self):
        service = self.start()
        service.request()
        self.wait_counted(1)
        os.kill(self.inspector(service), signal.SIGKILL)
        died = service.wait_event("worker.died")[0]
        self.assertEqual((died["reason"], died["cause"]), ("inspector", "signal"))
        self.wait_counted(1)

    def test_it_has_neither_the_service_s_sockets_nor_its_stores(self):
        service = self.start()
        links = links_of(self.inspector(service))
        self.assertFalse([link for link in links if link.endswith(".db")])
        self.assertFalse(links & inodes_of(service.socket_path))

    def test_a_stalled_client_is_nobody_s_trouble(self):
        self.start()
        stalled = [FastCGI(self.status_path) for _ in range(20)]
        for connection in stalled:
            connection.send(fcgi_begin()[:5])
        for _ in range(5):
            self.assertEqual(self.ask("/ping").status, 200)
        for connection in stalled:
            connection.socket.close()

    def test_a_term_for_everybody_ends_it_last(self):
        service = self.start()
        os.kill(self.inspector(service), signal.SIGTERM)
        self.assertEqual(self.ask("/ping").status, 200)
        self.assertEqual(service.stop(), 0)
        self.assertFalse(service.events("worker.died"))

    def test_only_a_restart_changes_the_socket(self):
        file = self.path("where")
        with open(file, "w") as f:
            f.write("unix:" + self.path("status.sock"))
        service = self.start(STATUS_LISTEN=None, STATUS_LISTEN_FILE=file)
        with open(file, "w") as f:
            f.write("unix:" + self.path("other.sock"))
        service.signal(signal.SIGHUP)
        service.wait_event("service.reload_refused")
        self.assertIn("STATUS_LISTEN: only a restart", service.errors())
