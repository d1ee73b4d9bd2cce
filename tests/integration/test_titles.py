"""What ps shows of the processes of a service."""

import fcntl
import os
import signal
import struct
import subprocess
import termios
import unittest

import harness
from harness import Service, children_of, wait_until
from test_process import LockedStore, ProcessPlay


def title_of(pid):
    try:
        with open("/proc/%d/cmdline" % pid, "rb") as f:
            return f.read().rstrip(b"\0").decode()
    except (FileNotFoundError, ProcessLookupError):
        return "(gone)"


def is_read(connection):
    """Whether the other side has taken all that was sent (unix(7), SIOCOUTQ)."""
    return struct.unpack("i", fcntl.ioctl(connection.socket, termios.TIOCOUTQ, bytes(4)))[0] == 0


class Titles(ProcessPlay):
    def titles(self, service):
        return sorted(title_of(pid) for pid in children_of(service.pid))

    def start(self, name="documents", **settings):
        """Once all say what they are; from the fork to then each is called what the manager is."""
        service = Service(self, WEB_CONCURRENCY=2, STATUS_LISTEN="unix:" + self.path("status.sock"), **settings)
        all_of_them = [name + ": " + role for role in ("inspector", "ledger", "worker 1 (idle)", "worker 2 (idle)")]
        wait_until(lambda: self.titles(service) == all_of_them, "all to say what they are")
        return service

    def test_each_says_what_it_is(self):
        service = self.start(ENV="production", LOG_PSEUDONYM_KEY="k" * 32)
        self.assertEqual(title_of(service.pid), "documents: manager")
        if harness.find_program("ps"):
            seen = subprocess.run(["ps", "-o", "args=", "-p", str(service.pid)], stdout=subprocess.PIPE, text=True)
            self.assertEqual(seen.stdout.strip(), "documents: manager")

    def test_who_is_busy(self):
        service = self.start(ENV="test")
        with LockedStore(service) as store:
            answer = self.begin_delete(service)
            self.assertEqual(len([t for t in self.titles(service) if t.endswith("(busy)")]), 1, self.titles(service))
            store.release()
            self.assertEqual(answer.result(harness.DEADLINE).status, 200)
        wait_until(lambda: len([t for t in self.titles(service) if t.endswith("(idle)")]) == 2, "it to be idle again")

    def test_who_leaves(self):
        service = self.start(ENV="test")
        with service.connect() as connection:
            connection.send(harness.fcgi_begin())
            wait_until(lambda: is_read(connection), "a worker to take it")
            service.signal(signal.SIGHUP)
            wait_until(lambda: [t for t in self.titles(service) if t.endswith("(leaving)")], "that one to leave")
            connection.send(harness.fcgi_params(harness.cgi_params()) + harness.fcgi_record(harness.FCGI_STDIN))
            self.assertEqual(connection.answer().status, 200)
        wait_until(lambda: len([t for t in self.titles(service) if t.endswith("(idle)")]) == 2, "the old ones to be gone")

    def test_a_name_of_its_own(self):
        name = self.path("name")
        with open(name, "w") as f:
            f.write("archive")
        os.chmod(name, 0o644)
        service = self.start("archive", SERVICE_NAME_FILE=name)
        self.assertEqual(title_of(service.pid), "archive: manager")
        with open(name, "w") as f:
            f.write("archive-two")
        service.signal(signal.SIGHUP)
        service.wait_event("service.reloaded")
        self.assertEqual(title_of(service.pid), "archive-two: manager")
        self.assertEqual(service.request().status, 200)


if __name__ == "__main__":
    unittest.main()
