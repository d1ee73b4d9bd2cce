"""The commands that tell a service what to do: each waits until it is done, and says so when it is not."""

import os
import shutil
import signal
import subprocess
import time
import unittest

import harness
from harness import POSTERN, Play, Service, process_is_alive, wait_until

EX_USAGE, UNREACHABLE, FAILED, OK = 64, 2, 1, 0


class ControlPlay(Play):
    def start(self, name="documents", **settings):
        return Service(self, name, PID_FILE=self.path(name + ".pid"), STATUS_LISTEN="unix:" + self.path(name + ".status"),
                       WEB_CONCURRENCY=2, **settings)

    def postern(self, *arguments, of=None, **options):
        """`of`: the service whose environment it has."""
        names = ("PID_FILE", "STATUS_LISTEN")
        given = {name: of.settings[name] for name in names if name in of.settings} if of else {}
        return subprocess.run([POSTERN, *map(str, arguments)], env={**harness.inherited_environment(), **given},
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                              timeout=3 * harness.DEADLINE, **options)

    def assertDone(self, done, output):
        self.assertEqual((done.returncode, done.stdout, done.stderr), (OK, output, ""))

    def assertFailed(self, done, status, words):
        self.assertEqual((done.returncode, done.stdout), (status, ""), done.stderr)
        self.assertIn(words, done.stderr)
        self.assertEqual(done.stderr.count("\n"), 1)


class Reload(ControlPlay):
    def setUp(self):
        super().setUp()
        self.limit = self.path("limit")
        self.write("60 per minute")

    def write(self, text):
        with open(self.limit, "w") as f:
            f.write(text)
        os.chmod(self.limit, 0o644)

    def start(self, **settings):
        return super().start(HEALTH_RATE_LIMIT=None, HEALTH_RATE_LIMIT_FILE=self.limit, **settings)

    def test_it_is_done_when_it_says_so(self):
        service = self.start(ENV="production")
        for generation in (2, 3):
            self.assertDone(self.postern("reload", of=service), "reloaded: generation %d\n" % generation)
            # The log is told behind the status, which the command asks.
            self.assertEqual(len(service.wait_event("service.reloaded", generation - 1)), generation - 1)

    def test_what_is_refused_is_told(self):
        service = self.start()
        self.write("never")
        self.assertFailed(self.postern("reload", of=service), FAILED, "the reload was refused: what was read is invalid")
        self.write("50 per minute")
        self.assertDone(self.postern("reload", of=service), "reloaded: generation 2\n")

    def test_what_takes_too_long_is_told(self):
        service = self.start()
        stopped = service.wait_accepting(2)[0]
        os.kill(stopped, signal.SIGSTOP)
        self.addCleanup(lambda: process_is_alive(stopped) and os.kill(stopped, signal.SIGCONT))
        self.assertFailed(self.postern("reload", "--timeout", 1, of=service), FAILED,
                          "reload was not done within 1 s; the service goes on with it")
        os.kill(stopped, signal.SIGCONT)
        service.wait_event("service.reloaded")

    def test_without_waiting(self):
        service = self.start()
        done = self.postern("reload", "--no-wait", "--pid-file", service.settings["PID_FILE"])
        self.assertDone(done, "")
        service.wait_event("service.reloaded")

    def test_by_the_status_alone(self):
        service = self.start()
        done = self.postern("reload", "--status", service.settings["STATUS_LISTEN"])
        self.assertDone(done, "reloaded: generation 2\n")


class Scale(ControlPlay):
    def test_up_and_down(self):
        service = self.start(ENV="production")
        for number in (5, 5, 1, 2):
            self.assertDone(self.postern("scale", number, of=service), "workers: %d\n" % number)
            # Who accepts no more may still be busy with its own end.
            wait_until(lambda: len(service.workers()) == number, "the others to end")

    def test_the_most_that_there_may_be(self):
        service = self.start(WORKER_MODE="ondemand")
        for number in (4, 1):
            self.assertDone(self.postern("scale", number, of=service), "workers: %d\n" % number)
            with harness.FastCGI(self.path("documents.status")) as connection:
                self.assertEqual(connection.request("GET", "/status").json()["workers"]["max_children"], number)
        self.assertEqual(service.request().status, 200)

    def test_numbers_that_are_none(self):
        service = self.start()
        for number in ("0", "513", "-1", "many", ""):
            with self.subTest(number):
                self.assertEqual(self.postern("scale", number, of=service).returncode, EX_USAGE)
        self.assertEqual(self.postern("scale", "2", "3", of=service).returncode, EX_USAGE)
        self.assertEqual(len(service.workers()), 2)


class Stop(ControlPlay):
    def test_it_has_ended_when_it_says_so(self):
        service = self.start(ENV="production")
        everybody = [service.pid] + harness.children_of(service.pid)
        self.assertDone(self.postern("stop", of=service), "stopped\n")
        self.assertFalse(any(map(process_is_alive, everybody)))
        self.assertEqual(service.wait(), 0)
        self.assertFailed(self.postern("stop", of=service), UNREACHABLE, "PID_FILE: there is no such file")

    def test_without_a_status(self):
        service = Service(self, PID_FILE=self.path("pid"))
        self.assertDone(self.postern("stop", of=service), "stopped\n")
        self.assertEqual(service.wait(), 0)

    def test_what_does_not_end_is_told(self):
        service = self.start()
        service.signal(signal.SIGSTOP)
        self.assertFailed(self.postern("stop", "--timeout", 1, "--pid", service.pid), FAILED,
                          "the service has not ended within 1 s")
        service.signal(signal.SIGCONT)
        self.assertEqual(service.wait(), 0)


class Upgrade(ControlPlay):
    """The program is a copy, in the place of which another one is put."""

    def start(self, **settings):
        self.program = self.path("program")
        shutil.copy2(harness.DOCUMENTS, self.program)
        return super().start(program=self.program, GRACEFUL_TIMEOUT=10, **settings)

    def replace(self, text):
        with open(self.path("new-program"), "w") as f:
            f.write(text)
        os.chmod(self.path("new-program"), 0o755)
        os.rename(self.path("new-program"), self.program)

    def status(self):
        with harness.FastCGI(self.path("documents.status")) as connection:
            return connection.request("GET", "/status").json()

    def test_the_new_one_serves_and_the_old_one_has_ended(self):
        service = self.start(ENV="production")
        with service.connect() as kept:
            self.assertEqual(kept.request(params={"HTTPS": "on"}, keep=True).status, 200)
            done = self.postern("upgrade", of=service)
            new = self.status()["pid"]
            self.assertDone(done, "upgraded: pid %d\n" % new)
            self.assertEqual(service.wait(), 0)
            self.assertTrue(process_is_alive(new))
            self.assertEqual(kept.request(params={"HTTPS": "on"}, keep=True).status, 200)
        # By PID_FILE, which speaks of the new one.
        self.assertDone(self.postern("stop", "--pid-file", self.path("documents.pid")), "stopped\n")
        self.assertFalse(process_is_alive(new))

    def test_one_that_does_not_start_changes_nothing(self):
        service = self.start()
        for text in ("#!/bin/sh\nexit 78\n", "no program\n"):
            self.replace(text)
            self.assertFailed(self.postern("upgrade", of=service), FAILED,
                              "the new program did not start: the service's log and standard error say why")
            wait_until(lambda: self.status()["upgrade"]["state"] == "none", "the manager to have done with it")
            self.assertEqual(self.status()["pid"], service.pid)
            self.assertEqual(service.request().status, 200)

    def test_one_at_a_time(self):
        service = self.start()
        service.signal(signal.SIGUSR2)
        new = service.wait_event("upgrade.ready")[0]["pid"]
        self.assertFailed(self.postern("upgrade", "--status", service.settings["STATUS_LISTEN"]), FAILED,
                          "an upgrade is under way already")
        # Whoever asks is told so, and nobody else is told anything.
        self.assertEqual(len(service.events("upgrade.refused")), 0)
        os.kill(new, signal.SIGQUIT)
        service.wait_event("upgrade.rolled_back")
        self.assertEqual(service.request().status, 200)

    def test_without_waiting_there_is_none(self):
        service = self.start()
        self.assertEqual(self.postern("upgrade", "--no-wait", of=service).returncode, EX_USAGE)
        self.assertEqual(service.events("upgrade.started"), [])


class Whom(ControlPlay):
    """Nobody is told who is not meant."""

    def test_a_file_that_nobody_holds(self):
        service = self.start()
        stale = self.path("stale")
        with open(stale, "w") as f:
            f.write("%d\n" % service.pid)
        self.assertFailed(self.postern("stop", "--pid-file", stale), UNREACHABLE,
                          "PID_FILE: no running process holds the file")
        self.assertTrue(service.is_running())

    def test_the_manager_of_another_service(self):
        first, second = self.start("first"), self.start("second")
        done = self.postern("reload", "--pid", first.pid, "--status", second.settings["STATUS_LISTEN"])
        self.assertFailed(done, UNREACHABLE, "the process is not the manager of the service that answers")
        self.assertEqual(first.events("service.reload") + second.events("service.reload"), [])

    def test_nobody_is_there(self):
        self.assertFailed(self.postern("reload", "--status", "unix:" + self.path("nobody")), UNREACHABLE,
                          "the service cannot be asked")
        gone = subprocess.Popen(["true"])
        gone.wait()
        self.assertFailed(self.postern("stop", "--pid", gone.pid), UNREACHABLE, "there is no such process")

    @unittest.skipUnless(harness.IS_ROOT and harness.serving_user() == "nobody", "needs two other users")
    def test_somebody_elses(self):
        service = self.start()
        done = self.postern("stop", "--pid", service.pid, user=54321, group=54321, extra_groups=[])
        self.assertFailed(done, FAILED, "the service belongs to somebody else")

    def test_command_lines_that_say_too_little_or_too_much(self):
        for arguments in (["reload"], ["stop"], ["reopen"], ["upgrade"], ["scale", "3"], ["reload", "--pid", "7"], ["reload", "now"],
                          ["stop", "--pid", "1"], ["stop", "--pid", "x"], ["stop", "--timeout", "0", "--pid", "7"],
                          ["stop", "--forth"], ["scale", "--status", "x"], ["scale", "2", "--no-wait", "--pid"]):
            with self.subTest(arguments):
                done = self.postern(*arguments)
                self.assertEqual((done.returncode, done.stdout), (EX_USAGE, ""), done.stderr)
        for command in ("reload", "reopen", "scale", "stop", "upgrade"):
            self.assertIn("usage: postern " + command, self.postern(command, "--help").stdout)


class Key(ControlPlay):
    def test_its_age_counts_from_the_change(self):
        key = self.path("key.pem")
        with open(harness.Keys.get().public()) as f:
            text = f.read()

        def write():
            with open(key, "w") as f:
                f.write(text)
            os.chmod(key, 0o644)

        def metric():
            with harness.FastCGI(self.path("documents.status")) as connection:
                lines = connection.request("GET", "/metrics").body.decode().splitlines()
            return float([line.split()[1] for line in lines if line.startswith("postern_key_age_seconds ")][0])

        write()
        service = self.start(JWT_PUBLIC_KEY_FILE=key)
        begun = wait_until(lambda: metric() > 0.2 and metric(), "it to grow older")
        self.assertEqual(self.postern("reload", of=service).returncode, OK)
        self.assertGreater(metric(), begun)
        # Another key is as old as its reading at most.
        subprocess.run([POSTERN, "token", "keygen", "--private", self.path("new"), "--public", self.path("new.pub")],
                       check=True, stdout=subprocess.DEVNULL)
        with open(self.path("new.pub")) as f:
            text = f.read()
        changed = time.monotonic()
        write()
        self.assertEqual(self.postern("reload", of=service).returncode, OK)
        self.assertLessEqual(metric(), time.monotonic() - changed)
        with harness.FastCGI(self.path("documents.status")) as connection:
            self.assertEqual(list(connection.request("GET", "/status").json()["key"]), ["age_seconds"])


if __name__ == "__main__":
    unittest.main()
