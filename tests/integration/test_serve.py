"""The first commands of a newcomer: `sh contrib/dev serve`, the lines that it prints, and those of the README."""

import functools
import os
import re
import shutil
import signal
import socket
import stat
import subprocess
import unittest

import harness
from harness import (BUILD, DEADLINE, DOCUMENTS, IS_ROOT, POSTERN, SOURCE, FastCGI, Play, Process, SharedPlay, free_port,
                     wait_until)

DEV = os.path.join(BUILD, "dev")
D1 = "/api/v1/documents/d1"


@functools.lru_cache(maxsize=None)
def why_not():
    """Why serve would have to install or build something first, which no test should do; else an empty string."""
    made = (os.path.join(SOURCE, "configure"), os.path.join(BUILD, "Makefile"))
    if not os.access(BUILD, os.W_OK) or not all(map(os.path.exists, made)):
        return "the build folder is not this user's, or another tree's"
    wanted = subprocess.run(["sh", os.path.join(SOURCE, "contrib/dev"), "packages", "build", "serve"],
                            stdout=subprocess.PIPE, text=True, check=True).stdout.split()
    if shutil.which("dpkg-query"):
        told = subprocess.run(["dpkg-query", "-W", "-f=${db:Status-Status}\n"] + wanted, stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, text=True).stdout.split()
        if told.count("installed") != len(wanted):
            return "packages are missing"
    return ""


def members_of_session(session):
    found = []
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                with open("/proc/%s/stat" % entry) as f:
                    fields = f.read().rpartition(")")[2].split()
            except (FileNotFoundError, ProcessLookupError):
                continue
            if int(fields[3]) == session and fields[0] not in "ZX":
                found.append(int(entry))
    return found


class Serve(Process):
    """`sh contrib/dev serve` in a session of its own, up to the moment when it has printed all that it has to say."""

    def __init__(self, play, **environment):
        self.port = free_port()
        self.built = os.stat(DOCUMENTS).st_mtime_ns
        super().__init__(play, "serve", ["sh", os.path.join(SOURCE, "contrib/dev"), "serve"],
                         {"BUILD": BUILD, "PORT": str(self.port), "JOBS": "1", **environment})
        wait_until(lambda: '"service.startup"' in self.output() or not self.is_running(), "serve to be ready", 300)
        if not self.is_running():
            raise AssertionError("serve ended with %s:\n%s\n%s" % (self.wait(), self.output()[-4000:], self.errors()[-4000:]))
        assert os.stat(DOCUMENTS).st_mtime_ns == self.built, "serve built the programs anew in a test"

    def request(self, method, path, headers=None):
        return harness.http_request(self.port, method, path, headers)

    def token(self, who):
        with open(os.path.join(DEV, "tokens", who)) as f:
            return {"Authorization": "Bearer " + f.read().strip()}


class ServePlay(harness.Answers):

    def setUp(self):
        super().setUp()
        if why_not():
            self.skipTest(why_not())

    def assertStops(self, serve, stop, status):
        everybody = members_of_session(serve.pid)
        self.assertGreaterEqual(len(everybody), 5, "sh, tail, nginx, manager, workers")
        stop()
        self.assertEqual(serve.wait(), status)
        wait_until(lambda: not members_of_session(serve.pid), "everything that serve started to end", 10)
        with socket.socket() as s:
            s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            s.bind(("127.0.0.1", serve.port))
        self.assertFalse(os.path.exists(os.path.join(DEV, "documents.sock")))


def run_line(line):
    """A line as one would paste it into a terminal; the status of the answer."""
    done = subprocess.run(["sh", "-c", line], cwd=SOURCE, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, timeout=DEADLINE)
    if done.returncode != 0:
        raise AssertionError("%s\n%s" % (line, done.stderr))
    return int(done.stdout.split()[1])


def readme():
    with open(os.path.join(SOURCE, "README.md")) as f:
        return f.read()


def readme_block(holds):
    """The one block of commands that holds a text."""
    blocks = [block for block in re.findall(r"^```sh\n(.*?)^```", readme(), re.M | re.S) if holds in block]
    assert len(blocks) == 1, "%d blocks of the README hold %r" % (len(blocks), holds)
    return blocks[0]


class Development(ServePlay, SharedPlay):
    """As a newcomer gets it."""

    @classmethod
    def raise_curtain(cls, stage):
        if why_not():
            raise unittest.SkipTest(why_not())
        cls.serve = Serve(stage)

    def test_health(self):
        self.assertEqual(self.serve.request("GET", "/health").json(), {"status": "ok"})

    def test_files(self):
        self.assertEqual(stat.S_IMODE(os.stat(os.path.join(DEV, "issuer.pem")).st_mode), 0o600)
        self.assertTrue(stat.S_ISSOCK(os.stat(os.path.join(DEV, "documents.sock")).st_mode))
        self.assertTrue(os.path.exists(os.path.join(DEV, "issuer.pub.pem")))
        self.assertEqual(sorted(os.listdir(os.path.join(DEV, "tokens"))),
                         ["admin", "clinician-a", "operator", "patient-p1", "patient-p2"])

    def test_tokens_are_printed_and_mean_what_they_are_called(self):
        for who, status in (("patient-p1", 200), ("patient-p2", 403), ("clinician-a", 200), ("admin", 403), ("operator", 200)):
            token = self.serve.token(who)
            self.assertIn("\n%s:\n%s\n" % (who, token["Authorization"].split()[1]), self.serve.output())
            self.assertEqual(self.serve.request("GET", D1, token).status, status, who)

    def test_its_own_curl_lines(self):
        lines = re.findall(r"^curl .*$", self.serve.output(), re.M)
        self.assertEqual([run_line(line) for line in lines], [200, 200, 200, 403, 200])
        self.assertEqual(self.serve.request("GET", "/api/v1/documents/d2", self.serve.token("operator")).status, 404)

    def test_the_curl_lines_of_the_readme(self):
        lines = [line for line in readme_block("curl -i http").splitlines() if line.startswith("curl ")]
        lines = [line.replace("127.0.0.1:8900", "127.0.0.1:%d" % self.serve.port).replace("build/dev", DEV) for line in lines]
        self.assertEqual([run_line(line) for line in lines], [200, 200])

    def test_the_fastcgi_socket(self):
        with FastCGI(os.path.join(DEV, "documents.sock")) as connection:
            self.assertEqual(connection.request().status, 200)

    def test_the_log_is_shown(self):
        self.serve.request("GET", D1)
        wait_until(lambda: '"event_type":"authentication.failed"' in self.serve.output(), "the log line on the terminal")
        with open(os.path.join(DEV, "documents.log")) as f:
            self.assertIn('"event_type":"service.startup"', f.read())

    def test_errors_of_nginx(self):
        answer = self.serve.request("GET", "/%zz")
        self.assertError(answer, 400, "invalid_request")


class Settings(ServePlay, Play):
    """Settings that are given in the environment reach the service in place of what serve would choose."""

    def test_production(self):
        serve = Serve(self, ENV="production")
        self.assertEqual(serve.request("GET", "/health").status, 200)
        self.assertError(serve.request("GET", D1, serve.token("patient-p1")), 403, "forbidden")
        self.assertError(serve.request("GET", D1, {**serve.token("operator"), "X-Forwarded-Proto": "https"}), 403, "forbidden")
        self.assertIn('"environment":"production"', serve.output())
        self.assertStops(serve, lambda: serve.signal(signal.SIGTERM), 143)

    def test_limits_and_the_rest(self):
        serve = Serve(self, DOCUMENT_READ_RATE_LIMIT="2 per minute", WEB_CONCURRENCY="3", JWT_AUDIENCE="others,documents")
        statuses = [serve.request("GET", D1, serve.token("patient-p1")).status for _ in range(3)]
        self.assertIn(statuses, ([200, 200, 429], [200, 200, 200]))
        if statuses[2] == 200:  # a minute ended in between: not twice
            self.assertEqual([serve.request("GET", D1, serve.token("patient-p1")).status for _ in range(2)], [200, 429])
        self.assertEqual(serve.output().count('"event_type":"worker.started"'), 3)
        # As a terminal says Ctrl-C: to everybody at once
        self.assertStops(serve, lambda: os.killpg(serve.pid, signal.SIGINT), 130)

    def test_when_the_service_dies_so_does_the_rest(self):
        serve = Serve(self)
        manager = wait_until(lambda: re.search(r'"service.startup".*"pid":(\d+)', serve.output()), "the log to be shown")[1]
        os.kill(int(manager), signal.SIGKILL)
        self.assertNotEqual(serve.wait(), 0)
        wait_until(lambda: not members_of_session(serve.pid), "everything to end", 10)
        self.assertIn("documents ended with status", serve.errors())

    def test_a_wrong_setting_ends_it(self):
        serve = Process(self, "serve", ["sh", os.path.join(SOURCE, "contrib/dev"), "serve"],
                        {"BUILD": BUILD, "PORT": str(free_port()), "JOBS": "1", "WEB_CONCURRENCY": "none"})
        self.assertNotEqual(serve.wait(300), 0)
        self.assertIn("WEB_CONCURRENCY", serve.errors() + serve.output())
        wait_until(lambda: not members_of_session(serve.pid), "everything to end", 10)


class FirstHandler(Play):
    """The service of the README, built, started and asked with the README's own lines."""

    def script(self, port):
        """The block about the example, for a library that is not installed."""
        block = readme_block("docs/examples/notes.c")
        flags = " -fsanitize=address,undefined" if harness.IS_SANITIZED else " --coverage" if harness.IS_COVERAGE else ""
        library = "-I%s/framework/include %s/framework/postern.o $(pkg-config --libs libcrypto jansson libjwt libseccomp sqlite3) -lfcgi" \
            % (SOURCE, BUILD) + flags
        changes = {
            "sh contrib/dev build\nmake -C build install DESTDIR= && ldconfig\n": "",
            "$(pkg-config --cflags --libs postern)": library,
            "127.0.0.1:9000": "127.0.0.1:%d" % port,
            "SERVICE_USER=nobody": "SERVICE_USER=" + harness.serving_user() if IS_ROOT else "",
        }
        for old, new in changes.items():
            self.assertIn(old, block)
            block = block.replace(old, new)
        # Before it ends: in a terminal the service would stay in the background
        return "set -e\n" + re.sub(r"^postern ", POSTERN + " ", block, flags=re.M) + "wait\n"

    def ask(self, port, subject):
        token = subprocess.run([POSTERN, "token", "--key", "issuer.pem", "--sub", subject, "--aud", "notes"], check=True,
                               cwd=self.folder, stdout=subprocess.PIPE, text=True).stdout.strip()
        with FastCGI(("127.0.0.1", port)) as connection:
            return connection.request("GET", "/notes/n1", {"Authorization": "Bearer " + token})

    def test_its_lines(self):
        os.symlink(os.path.join(SOURCE, "docs"), self.path("docs"))
        port = free_port()
        terminal = Process(self, "terminal", ["sh", "-c", self.script(port)])
        wait_until(lambda: '"service.startup"' in terminal.output() or not terminal.is_running(), "the service to start", 120)
        self.assertTrue(terminal.is_running(), terminal.errors())
        wait_until(lambda: re.search(r"^ey[\w-]+\.[\w-]+\.[\w-]+$", terminal.output(), re.M), "the token")
        token = re.search(r"^ey[\w-]+\.[\w-]+\.[\w-]+$", terminal.output(), re.M)[0]
        with FastCGI(("127.0.0.1", port)) as connection:
            answer = connection.request("GET", "/notes/n1", {"Authorization": "Bearer " + token})
        self.assertEqual((answer.status, answer.json()), (200, {"note_id": "n1", "title": "Buy punch cards"}))
        self.assertError(self.ask(port, "grace"), 403, "forbidden")
        with FastCGI(("127.0.0.1", port)) as connection:
            self.assertError(connection.request("GET", "/notes/n1"), 401, "unauthenticated")
        manager = [pid for pid in members_of_session(terminal.pid) if len(harness.children_of(pid)) == 2
                   and os.readlink("/proc/%d/exe" % pid) == self.path("notes")]
        self.assertEqual(len(manager), 1, "a manager and its two workers: no ledger for memory://")
        os.kill(manager[0], signal.SIGTERM)
        self.assertEqual(terminal.wait(), 0)

    def test_its_code_is_the_example(self):
        with open(os.path.join(SOURCE, "docs/examples/notes.c")) as f:
            example = f.read()
        blocks = re.findall(r"^```c\n(.*?)^```", readme(), re.M | re.S)
        self.assertEqual(len(blocks), 1)
        for part in blocks[0].strip("\n").split("\n\n"):
            self.assertIn(part.strip("\n"), example)
