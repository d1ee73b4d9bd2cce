"""A service among those that look after it: its PID_FILE, and a service manager that wants to be told how it is."""

import contextlib
import fcntl
import os
import re
import signal
import socket
import struct
import subprocess
import unittest

import harness
from harness import Play, Service, run_documents, settings_for, wait_until


class Ear:
    """What systemd is to a service with Type=notify: a datagram socket that is told what happens, and by whom."""

    def __init__(self, play, abstract=False):
        self.name = "@postern-%s" % os.path.basename(play.folder) if abstract else play.path("notify")
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        self.socket.bind(self.name.replace("@", "\0"))
        if not abstract:
            os.chmod(self.name, 0o666)
        play.addCleanup(self.socket.close)
        self.told = []  # (pid of who told, {name: value})

    def hear(self):
        with contextlib.suppress(BlockingIOError):
            while True:
                data, control, _, _ = self.socket.recvmsg(4096, socket.CMSG_SPACE(12))
                pid = struct.unpack("3i", control[0][2][:12])[0]
                self.told.append((pid, dict(line.split("=", 1) for line in data.decode().splitlines())))
        return self.told

    def wait_for(self, name, count=1):
        """The message with the count-th assignment of that name."""
        def found():
            messages = [m for _, m in self.hear() if name in m]
            return len(messages) >= count and messages[count - 1]

        return wait_until(found, "%d of %s" % (count, name))

    def order(self):
        return [k for _, m in self.hear() for k in m if k in ("READY", "RELOADING", "STOPPING")]


class Notify(Play):
    def test_a_life_is_told(self):
        ear = Ear(self)
        service = Service(self, ENV="production", NOTIFY_SOCKET=ear.name, WEB_CONCURRENCY=2)
        self.assertEqual(ear.wait_for("READY")["READY"], "1")
        service.signal(signal.SIGHUP)
        began = ear.wait_for("RELOADING")
        self.assertRegex(began["MONOTONIC_USEC"], r"^[1-9][0-9]*$")
        ear.wait_for("READY", 2)
        service.wait_event("service.reloaded")
        service.signal(signal.SIGTTIN)
        wait_until(lambda: any(re.search(r"workers: 3$", m.get("STATUS", "")) for _, m in ear.hear()), "a new number")
        self.assertEqual(service.stop(), 0)
        ear.wait_for("STOPPING")
        self.assertEqual(ear.order(), ["READY", "RELOADING", "READY", "STOPPING"])
        # The manager alone speaks: nobody else is listened to (NotifyAccess=main).
        self.assertEqual({pid for pid, _ in ear.hear()}, {service.pid})

    def test_a_reload_that_is_refused_ends_too(self):
        ear = Ear(self)
        limit = self.path("limit")
        with open(limit, "w") as f:
            f.write("60 per minute")
        os.chmod(limit, 0o644)
        service = Service(self, NOTIFY_SOCKET=ear.name, HEALTH_RATE_LIMIT=None, HEALTH_RATE_LIMIT_FILE=limit)
        with open(limit, "w") as f:
            f.write("never")
        service.signal(signal.SIGHUP)
        self.assertIn("refused", ear.wait_for("READY", 2)["STATUS"])
        self.assertEqual(ear.order(), ["READY", "RELOADING", "READY"])

    def test_an_abstract_name_and_signs_of_life(self):
        ear = Ear(self, abstract=True)
        # Its id is known only once it runs: a shell that becomes the service knows it before.
        service = Service(self, argv=["/bin/sh", "-c", 'export WATCHDOG_PID=$$; exec "$0"', harness.DOCUMENTS],
                          NOTIFY_SOCKET=ear.name, WATCHDOG_USEC=200000)
        ear.wait_for("WATCHDOG", 5)
        self.assertEqual({pid for pid, _ in ear.hear()}, {service.pid})

    def test_signs_of_life_of_a_new_binary(self):
        ear = Ear(self)
        service = Service(self, argv=["/bin/sh", "-c", 'export WATCHDOG_PID=$$; exec "$0"', harness.DOCUMENTS],
                          NOTIFY_SOCKET=ear.name, WATCHDOG_USEC=200000, STATUS_LISTEN="unix:" + self.path("status.sock"))
        done = subprocess.run([harness.POSTERN, "upgrade", "--status", self.path("status.sock")], stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, timeout=3 * harness.DEADLINE)
        self.assertEqual(done.returncode, 0, done.stdout + service.errors())
        new = int(ear.wait_for("MAINPID")["MAINPID"])
        self.assertEqual(done.stdout, "upgraded: pid %d\n" % new)
        # Who is the main process by then is heard (NotifyAccess=main).
        wait_until(lambda: [m for pid, m in ear.hear() if pid == new and "WATCHDOG" in m], "the new one to be alive")
        os.kill(new, signal.SIGTERM)
        wait_until(lambda: [m for pid, m in ear.hear() if pid == new and "STOPPING" in m], "it to stop")

    def test_signs_of_life_that_another_process_is_to_give(self):
        ear = Ear(self)
        service = Service(self, NOTIFY_SOCKET=ear.name, WATCHDOG_USEC=2, WATCHDOG_PID=1)
        ear.wait_for("READY")
        service.stop()
        ear.wait_for("STOPPING")
        self.assertFalse([m for _, m in ear.hear() if "WATCHDOG" in m])

    def test_nobody_is_kept_from_serving_by_an_ear_that_is_deaf(self):
        service = Service(self, NOTIFY_SOCKET=self.path("nobody"))
        self.assertIn("warning: nobody can be reached at NOTIFY_SOCKET", service.errors())
        self.assertEqual(service.request().status, 200)

    def test_a_start_that_fails_is_never_ready(self):
        ear = Ear(self)
        done = run_documents(self, settings_for(self, NOTIFY_SOCKET=ear.name))  # without its store
        self.assertNotEqual(done.returncode, 0)
        self.assertEqual(ear.order(), [])


class PidFile(Play):
    def setUp(self):
        super().setUp()
        self.pid_file = self.path("documents.pid")

    def number(self):
        with open(self.pid_file) as f:
            return int(f.read())

    def holds(self, pid):
        """Whether it has the file open: from the fork up to where it gives up what is the manager's."""
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            return any(os.path.samefile("/proc/%d/fd/%s" % (pid, fd), self.pid_file)
                       for fd in os.listdir("/proc/%d/fd" % pid))
        return True  # one of its descriptors has just gone: to be looked at again

    def is_locked(self):
        with open(self.pid_file, "rb") as f:
            lock = struct.pack("hhqqixxxx", fcntl.F_WRLCK, 0, 0, 0, 0)
            return struct.unpack("hhqqixxxx", fcntl.fcntl(f, 36, lock))[0] != fcntl.F_UNLCK  # F_OFD_GETLK

    def test_it_holds_the_manager_and_goes_with_it(self):
        service = Service(self, ENV="production", PID_FILE=self.pid_file)
        self.assertEqual(self.number(), service.pid)
        self.assertTrue(self.is_locked())
        self.assertEqual(os.stat(self.pid_file).st_mode & 0o777, 0o644)
        service.signal(signal.SIGHUP)
        service.wait_event("service.reloaded")
        self.assertEqual(self.number(), service.pid)
        self.assertEqual(service.stop(), 0)
        self.assertFalse(os.path.exists(self.pid_file))

    def test_a_second_start_is_refused_and_takes_nothing(self):
        first = Service(self, PID_FILE=self.pid_file)
        done = run_documents(self, settings_for(self, PID_FILE=self.pid_file))
        self.assertEqual(done.returncode, 78)
        self.assertIn("PID_FILE: is held by a running process, %d" % first.pid, done.stderr)
        self.assertEqual(self.number(), first.pid)
        self.assertEqual(first.request().status, 200)

    def test_what_a_killed_manager_left_behind_is_replaced(self):
        first = Service(self, PID_FILE=self.pid_file)
        children = harness.children_of(first.pid)
        wait_until(lambda: not any(map(self.holds, children)), "its children to let go of it")
        first.signal(signal.SIGKILL)
        first.wait()
        self.assertEqual(self.number(), first.pid)
        # At once, whatever its workers still do.
        self.assertFalse(self.is_locked())
        wait_until(lambda: not any(map(harness.process_is_alive, children)), "the children to end")
        second = Service(self, PID_FILE=self.pid_file)
        self.assertEqual(self.number(), second.pid)

    def test_a_start_that_fails_leaves_none(self):
        done = run_documents(self, settings_for(self, PID_FILE=self.pid_file))  # without its store
        self.assertEqual(done.returncode, 78)
        self.assertFalse(os.path.exists(self.pid_file))

    @unittest.skipUnless(harness.IS_ROOT, "a folder that the service's user cannot write to needs another user")
    def test_in_a_folder_that_is_roots_it_is_emptied(self):
        folder = self.path("run")
        os.mkdir(folder, 0o755)
        self.pid_file = folder + "/documents.pid"
        service = Service(self, ENV="production", PID_FILE=self.pid_file)
        self.assertEqual(self.number(), service.pid)
        # Who serves must not be able to have root's tools signal another.
        self.assertEqual(os.stat(self.pid_file).st_uid, 0)
        self.assertEqual(service.stop(), 0)
        if harness.serving_user() != "root":
            self.assertEqual(os.path.getsize(self.pid_file), 0)
        again = Service(self, seed=False, ENV="production", PID_FILE=self.pid_file)
        self.assertEqual(self.number(), again.pid)

    def test_only_a_restart_can_change_it(self):
        name = self.path("name")
        with open(name, "w") as f:
            f.write(self.pid_file)
        os.chmod(name, 0o644)
        service = Service(self, PID_FILE_FILE=name)
        with open(name, "w") as f:
            f.write(self.path("other.pid"))
        service.signal(signal.SIGHUP)
        service.wait_event("service.reload_refused")
        self.assertIn("PID_FILE: only a restart can change it", service.errors())
        self.assertEqual(self.number(), service.pid)


if __name__ == "__main__":
    unittest.main()
