"""Where the web server connects: sockets that others hand over, queues, peers, and two who want the same file."""

import fcntl
import os
import re
import signal
import socket
import stat
import subprocess
import sys
import unittest

import harness
from harness import DOCUMENTS, FastCGI, Play, Service, run_documents, settings_for, wait_until

EX_CONFIG = 78

LAUNCHER = """
import os, sys
for i, number in enumerate(sys.argv[2:]):
    os.dup2(int(number), 3 + i)
os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS=str(len(sys.argv) - 2))
os.execv(sys.argv[1], sys.argv[1:2])
"""


def listening(address, family=socket.AF_INET, kind=socket.SOCK_STREAM):
    """A socket as a service manager opens it, on a descriptor out of the way of 3 and 4."""
    made = socket.socket(family, kind)
    made.bind(address)
    if kind == socket.SOCK_STREAM:
        made.listen(16)
    kept = socket.socket(fileno=fcntl.fcntl(made.fileno(), fcntl.F_DUPFD_CLOEXEC, 50))
    made.close()
    return kept


class Activated(Play):
    """LISTEN=systemd, with a launcher that does what systemd does: descriptors from 3 on, and LISTEN_PID by exec."""

    def activate(self, sockets, names=None, name="documents", **settings):
        numbers = [s.fileno() for s in sockets]
        return Service(self, name, argv=[sys.executable, "-c", LAUNCHER, DOCUMENTS, *map(str, numbers)], pass_fds=numbers,
                       **{"LISTEN": "systemd", "LISTEN_FDNAMES": names, **settings})

    def test_several_of_different_kinds(self):
        paths = [self.path("one.sock")]
        sockets = [listening(paths[0], socket.AF_UNIX), listening(("127.0.0.1", 0))]
        for s in sockets:
            self.addCleanup(s.close)
        os.chmod(paths[0], 0o666)
        service = self.activate(sockets, ENV="production")
        for address in (paths[0], sockets[1].getsockname()):
            with FastCGI(address) as connection:
                self.assertEqual(connection.request().status, 200, address)
        self.assertEqual(service.stop(), 0)
        self.assertTrue(os.path.exists(paths[0]), "it is the service manager's, not ours to remove")

    def test_by_name_and_the_status_beside_it(self):
        sockets = [listening(("127.0.0.1", 0)), listening(("127.0.0.1", 0))]
        for s in sockets:
            self.addCleanup(s.close)
        self.activate(sockets, "status:web", LISTEN="systemd:web", STATUS_LISTEN="systemd:status")
        with FastCGI(sockets[1].getsockname()) as connection:
            self.assertEqual(connection.request().status, 200)
        with FastCGI(sockets[0].getsockname()) as connection:
            self.assertEqual(connection.request("GET", "/ping").status, 200)

    def test_they_go_before_the_default(self):
        handed = listening(("127.0.0.1", 0))
        self.addCleanup(handed.close)
        self.activate([handed], LISTEN=None)
        with FastCGI(handed.getsockname()) as connection:
            self.assertEqual(connection.request().status, 200)

    def test_nobody_is_turned_away_while_it_restarts(self):
        handed = listening(("127.0.0.1", 0))
        self.addCleanup(handed.close)
        first = self.activate([handed])
        self.assertEqual(first.stop(), 0)
        with FastCGI(handed.getsockname()) as connection:
            connection.send(harness.fcgi_begin() + harness.fcgi_params(harness.cgi_params())
                            + harness.fcgi_record(harness.FCGI_STDIN))
            self.activate([handed], seed=False)
            self.assertEqual(connection.answer().status, 200)

    def test_a_new_binary_has_them_too(self):
        handed = listening(("127.0.0.1", 0))
        self.addCleanup(handed.close)
        service = self.activate([handed], PID_FILE=self.path("pid"), STATUS_LISTEN="unix:" + self.path("status.sock"))
        for _ in range(2):  # and what comes after that
            done = subprocess.run([harness.POSTERN, "upgrade", "--pid-file", self.path("pid"),
                                   "--status", self.path("status.sock")], stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, text=True, timeout=3 * harness.DEADLINE)
            self.assertEqual(done.returncode, 0, done.stdout + service.errors())
            with FastCGI(handed.getsockname()) as connection:
                self.assertEqual(connection.request().status, 200)

    def test_what_is_no_listening_stream_socket(self):
        bound = socket.socket()
        bound.bind(("127.0.0.1", 0))
        plain = socket.socket(fileno=fcntl.fcntl(bound.fileno(), fcntl.F_DUPFD_CLOEXEC, 50))
        bound.close()
        datagram = listening(("127.0.0.1", 0), kind=socket.SOCK_DGRAM)
        for handed in (plain, datagram):
            with handed:
                service = self.activate([handed], wait=False, name="d%d" % handed.type)
                self.assertEqual(service.wait(), EX_CONFIG)
                self.assertIn("LISTEN: entry 1: the descriptor is no listening stream socket", service.errors())

    def test_one_that_is_not_used(self):
        with listening(("127.0.0.1", 0)) as handed:
            service = self.activate([handed], wait=False, LISTEN="unix:" + self.path("other.sock"))
            self.assertEqual(service.wait(), EX_CONFIG)
            self.assertIn("socket 1 that systemd handed over is used neither here nor", service.errors())

    def test_none_is_handed_over(self):
        self.assertEqual(run_documents(self, settings_for(self), "seed").returncode, 0)
        done = run_documents(self, settings_for(self, LISTEN="systemd"))
        self.assertEqual(done.returncode, EX_CONFIG)
        self.assertIn("LISTEN: entry 1: systemd has handed over no such socket", done.stderr)
        # --check looks before systemd has given anything.
        done = run_documents(self, settings_for(self, LISTEN="systemd"), "--check")
        self.assertEqual((done.returncode, done.stdout), (0, "ok\n"), done.stderr)

    @harness.needs("systemd-socket-activate")
    def test_with_the_real_thing(self):
        settings = settings_for(self, LISTEN="systemd")
        self.assertEqual(run_documents(self, settings, "seed").returncode, 0)
        path, port = self.path("real.sock"), harness.free_port()
        argv = ["systemd-socket-activate", "-l", path, "-l", "127.0.0.1:%d" % port]
        for name, value in {**harness.inherited_environment(), **settings}.items():
            argv += ["-E", "%s=%s" % (name, value)]
        service = Service(self, "real", seed=False, wait=False, argv=argv + [DOCUMENTS])
        service.socket_path = path
        service.wait_to_listen()  # a first connection, which starts the service
        with FastCGI(path) as connection:
            self.assertEqual(connection.request().status, 200)
        with FastCGI(("127.0.0.1", port)) as connection:
            self.assertEqual(connection.request().status, 200)
        self.assertEqual(service.stop(), 0)


class Peers(Play):
    def refusals(self, service, status):
        with FastCGI(status) as connection:
            return connection.request("GET", "/status").json()["peer_refusals"]

    def is_turned_away(self, port):
        try:
            with FastCGI(("127.0.0.1", port)) as connection:
                connection.request()
                return False
        except (EOFError, ConnectionError):
            return True

    def test_this_machine_alone_without_a_word(self):
        port = harness.free_port()
        service = Service(self, LISTEN="127.0.0.1:%d" % port)
        self.assertFalse(self.is_turned_away(port))
        self.assertEqual(service.events("gateway.peer_refused"), [])

    def test_a_socket_for_others_needs_a_word(self):
        port = harness.free_port()
        for arguments in ([], ["--check"]):
            done = run_documents(self, settings_for(self, LISTEN="0.0.0.0:%d" % port), *arguments)
            self.assertEqual(done.returncode, EX_CONFIG)
            self.assertIn("LISTEN: entry 1: is reached from other machines; LISTEN_ALLOWED_PEERS", done.stderr)

    def test_those_of_the_list_and_no_others(self):
        port, status, allowed = harness.free_port(), self.path("status.sock"), self.path("allowed")

        def allow(text):
            with open(allowed, "w") as f:
                f.write(text)
            os.chmod(allowed, 0o644)

        allow("192.0.2.0/24 fd00::/8")
        service = Service(self, LISTEN="0.0.0.0:%d" % port, LISTEN_ALLOWED_PEERS_FILE=allowed, WEB_CONCURRENCY=1,
                          STATUS_LISTEN="unix:" + status)
        for _ in range(20):
            self.assertTrue(self.is_turned_away(port))
        self.assertEqual(self.refusals(service, status), 20)
        told = service.wait_event("gateway.peer_refused")
        self.assertEqual([e["count"] for e in told], [1], "and not one for each")
        # A reload is enough.
        allow("127.0.0.0/8")
        service.signal(signal.SIGHUP)
        service.wait_event("service.reloaded")
        self.assertFalse(self.is_turned_away(port))
        self.assertEqual(self.refusals(service, status), 20)
        # And cannot open what nobody has a word for.
        allow("")
        service.signal(signal.SIGHUP)
        service.wait_event("service.reload_refused")
        self.assertFalse(self.is_turned_away(port))

    def test_the_status_too(self):
        port = harness.free_port()
        service = Service(self, STATUS_LISTEN="0.0.0.0:%d" % port, LISTEN_ALLOWED_PEERS="192.0.2.0/24")
        self.assertTrue(self.is_turned_away(port))
        self.assertEqual([e["count"] for e in service.wait_event("gateway.peer_refused")], [1])
        # The peers of a unix socket have no addresses.
        self.assertEqual(service.request().status, 200)

    def test_ipv6(self):
        try:
            with socket.socket(socket.AF_INET6) as s:
                s.bind(("::1", 0))
                port = s.getsockname()[1]
        except OSError:
            self.skipTest("there is no IPv6 here")
        Service(self, LISTEN="[::1]:%d" % port)
        with socket.socket(socket.AF_INET6) as s:
            s.settimeout(harness.DEADLINE)
            s.connect(("::1", port))
            s.sendall(harness.fcgi_begin() + harness.fcgi_params(harness.cgi_params())
                      + harness.fcgi_record(harness.FCGI_STDIN))
            self.assertIn(b"Status: 200", s.recv(65536))


class Queue(Play):
    def limit(self):
        with open("/proc/sys/net/core/somaxconn") as f:
            return int(f.read())

    def test_its_length(self):
        status = self.path("status.sock")
        service = Service(self, LISTEN_BACKLOG=7, STATUS_LISTEN="unix:" + status)
        with FastCGI(status) as connection:
            queue = connection.request("GET", "/status").json()["queues"][0]
        if "limit" not in queue:
            self.skipTest("this kernel does not tell the length of queues")
        self.assertEqual(queue["limit"], 7)
        self.assertEqual(service.events("gateway.backlog_capped"), [])

    def test_more_than_the_kernel_gives_is_told(self):
        if self.limit() >= 65535:
            self.skipTest("this kernel gives all that can be asked for")
        service = Service(self, LISTEN_BACKLOG=65535)
        self.assertEqual([e["count"] for e in service.events("gateway.backlog_capped")], [self.limit()])


class Units(Play):
    """What is shipped for systemd."""

    FOLDER = os.path.join(harness.SOURCE, "contrib", "systemd")

    def read(self, name):
        with open(os.path.join(self.FOLDER, name)) as f:
            return f.read()

    @harness.needs("systemd-analyze")
    def test_systemd_has_no_complaint(self):
        for name in ("documents.service", "documents.socket"):
            with open(self.path(name), "w") as f:
                f.write(self.read(name).replace("/usr/bin/documents", DOCUMENTS))
        os.mkdir(self.path("documents.service.d"))
        with open(self.path("documents.service.d/socket-activated.conf"), "w") as f:
            f.write(self.read("socket-activated.conf"))
        done = subprocess.run(["systemd-analyze", "verify", "--man=no", "--recursive-errors=no",
                               self.path("documents.service"), self.path("documents.socket")],
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              timeout=harness.DEADLINE)
        complaints = [line for line in done.stdout.splitlines() if "documents" in line]
        self.assertEqual((done.returncode, complaints), (0, []), done.stdout)

    def test_numbers_are_those_of_the_settings(self):
        service, help_text = self.read("documents.service"), run_documents(self, {}, "--help-settings").stdout
        grace = int(re.search(r"^GRACEFUL_TIMEOUT +.*? (\d+)$", help_text, re.M)[1])
        self.assertGreater(int(re.search(r"^TimeoutStopSec=(\d+)$", service, re.M)[1]), grace + 5)
        self.assertIn("Backlog=%s\n" % re.search(r"^LISTEN_BACKLOG +.*? (\d+)$", help_text, re.M)[1],
                      self.read("documents.socket"))


class TheSameFile(Play):
    def test_of_many_starts_at_once_one_serves(self):
        path = self.path("shared.sock")
        for attempt in range(3):
            with socket.socket(socket.AF_UNIX) as stale:
                if os.path.exists(path):
                    os.unlink(path)
                stale.bind(path)
            os.chmod(path, 0o660)
            starts = [Service(self, "start%d-%d" % (attempt, i), wait=False, LISTEN="unix:" + path,
                              RATE_LIMIT_STORAGE_URI="memory://") for i in range(4)]
            wait_until(lambda: sum(s.is_running() for s in starts) <= 1, "all but one to end")
            left = [s for s in starts if s.is_running()]
            self.assertEqual(len(left), 1, [s.errors() for s in starts])
            left[0].wait_event("service.startup")
            self.assertEqual({s.wait() for s in starts if s is not left[0]}, {EX_CONFIG})
            self.assertTrue(stat.S_ISSOCK(os.stat(path).st_mode))
            with FastCGI(path) as connection:
                self.assertEqual(connection.request().status, 200)
            self.assertEqual(left[0].stop(), 0)
            self.assertFalse(os.path.exists(path))


if __name__ == "__main__":
    unittest.main()
