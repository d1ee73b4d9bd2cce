"""The service of working.c, and clients that count every answer."""

import http.client
import json
import os
import re
import subprocess
import threading

import harness
from harness import http_on

LIBRARIES = os.path.join(harness.BUILD, ".libs")
IS_BUILT = os.path.exists(os.path.join(LIBRARIES, "libpostern.so"))


def build(folder, name="working"):
    """Compiles working.c, or another service of that kind, against the library of the build."""
    with open(os.path.join(harness.BUILD, "Makefile")) as f:
        compiler = re.search(r"^CC = (.*)$", f.read(), re.M).group(1).split()
    program = os.path.join(folder, name)
    sanitizers = ["-fsanitize=address,undefined"] if harness.IS_SANITIZED else []
    subprocess.run([*compiler, "-std=c11", "-Wall", "-Wextra", "-Werror", *sanitizers,
                    "-I" + os.path.join(harness.SOURCE, "framework", "include"), "-o", program,
                    os.path.join(os.path.dirname(os.path.abspath(__file__)), name + ".c"),
                    "-L" + LIBRARIES, "-lpostern", "-Wl,-rpath," + LIBRARIES], check=True)
    return program


def start(play, **settings):
    """The service with a status socket."""
    settings = {"RATE_LIMIT_STORAGE_URI": "memory://", "STATUS_LISTEN": "unix:" + play.path("status.sock"), **settings}
    return harness.Service(play, "working", seed=False, program=build(play.folder), **settings)


def status(play, path="/status?full"):
    with harness.FastCGI(play.path("status.sock")) as connection:
        return connection.request("GET", path).json()


def metrics(play):
    with harness.FastCGI(play.path("status.sock")) as connection:
        text = connection.request("GET", "/metrics").body.decode()
    return {name: float(value) for name, value in re.findall(r"^(postern_\S+) (\S+)$", text, re.M)}


class Client(threading.Thread):
    """
    Asks through nginx on one kept connection until told to stop, every second time by a POST, which nginx never sends
    twice: of one that is lost the client hears. Notes who answered, and what was not as it should be.
    """

    count_of_clients = 0

    def __init__(self, port, stop, ms=0, pause=0.0):
        super().__init__(daemon=True)
        Client.count_of_clients += 1
        self.number = Client.count_of_clients
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=harness.DEADLINE)
        self.stop, self.ms, self.pause = stop, ms, pause
        self.answers, self.wrong = {}, []
        self.count = 0

    def run(self):
        while not self.stop.is_set():
            try:
                self.ask()
            except Exception as error:  # whatever it is, it is no answer
                self.wrong.append(repr(error))
                return
            if self.pause:
                self.stop.wait(self.pause)
        self.connection.close()

    def ask(self):
        identity = "%d-%d" % (self.number, self.count)
        is_post = self.count % 2 == 1
        answer = http_on(self.connection, "POST" if is_post else "GET", "/work/%d/%s" % (self.ms, identity),
                         {"Content-Type": "application/json"}, b"{}" if is_post else None)
        value = json.loads(answer.body)
        if answer.status != 200 or value.get("id") != identity:
            self.wrong.append(repr(answer))
            return
        self.answers[value["pid"]] = self.answers.get(value["pid"], 0) + 1
        self.count += 1


class Crowd:
    """Clients at work: `with Crowd(nginx.port, 64) as crowd`. All of their answers are right in the end."""

    def __init__(self, play, port, count, ms=0, pause=0.0):
        self.play, self.stop = play, threading.Event()
        self.clients = [Client(port, self.stop, ms, pause) for _ in range(count)]

    def __enter__(self):
        for client in self.clients:
            client.start()
        return self

    def __exit__(self, kind, *unused):
        self.stop.set()
        for client in self.clients:
            client.join(harness.DEADLINE)
        if kind is None:
            self.play.assertEqual([c.wrong for c in self.clients if c.wrong], [])
            self.play.assertFalse(any(c.is_alive() for c in self.clients))

    def count(self):
        return sum(c.count for c in self.clients)

    def by_worker(self):
        """pid -> answers."""
        sums = {}
        for client in self.clients:
            for pid, count in client.answers.copy().items():
                sums[pid] = sums.get(pid, 0) + count
        return sums

    def wait_answers(self, count):
        before = self.count()
        harness.wait_until(lambda: self.count() >= before + count or any(c.wrong for c in self.clients),
                           "%d answers" % count)
