"""The log in a file of its own, and what becomes of it when somebody moves the file away."""

import concurrent.futures
import glob
import json
import os
import shutil
import signal
import stat
import subprocess
import threading
import unittest

import harness
from harness import Service, children_of, process_is_alive, run_documents, settings_for, wait_until
from test_control import FAILED, ControlPlay


class LogPlay(ControlPlay):
    def setUp(self):
        super().setUp()
        self.folder_of_logs = self.path("logs")
        os.mkdir(self.folder_of_logs)
        if harness.IS_ROOT:
            shutil.chown(self.folder_of_logs, harness.serving_user())
        self.log_file = os.path.join(self.folder_of_logs, "documents.log")

    def start(self, **settings):
        settings = {"LOG_FILE": self.log_file, "PID_FILE": self.path("documents.pid"), "WEB_CONCURRENCY": 2,
                    "STATUS_LISTEN": "unix:" + self.path("documents.status"), **settings}
        service = Service(self, wait=False, **settings)
        wait_until(lambda: self.events("service.startup") or not service.is_running(), "it to start")
        self.assertTrue(service.is_running(), service.errors())
        return service

    def lines(self, path=None):
        try:
            with open(path or self.log_file) as f:
                return [json.loads(line) for line in f if line.endswith("\n")]  # the last may be half there
        except FileNotFoundError:
            return []

    def events(self, kind, path=None):
        return [line for line in self.lines(path) if line["event_type"] == kind]

    def move(self, name):
        path = os.path.join(self.folder_of_logs, name)
        os.rename(self.log_file, path)
        return path

    def holders(self, path):
        """Who has that file open as descriptor 1."""
        found = []
        for pid in self.everybody:
            try:
                if os.path.samefile("/proc/%d/fd/1" % pid, path):
                    found.append(pid)
            except OSError:
                pass
        return found

    def see_everybody(self, service):
        self.everybody = [service.pid] + children_of(service.pid)
        return self.everybody


class Reopen(LogPlay):
    def test_the_log_is_in_the_file(self):
        service = self.start(ENV="production")
        self.assertEqual(service.output(), "")
        self.assertEqual(len(self.events("worker.started")), 2)
        status = os.stat(self.log_file)
        self.assertEqual(stat.S_IMODE(status.st_mode), 0o640)
        self.assertEqual(service.stop(), 0)
        self.assertEqual(len(self.events("service.shutdown")), 1)

    def test_nobody_writes_to_the_old_one_when_it_is_done(self):
        service = self.start(ENV="production")
        workers = [event["pid"] for event in self.events("worker.started")]
        old = self.move("old.log")
        self.assertDone(self.postern("reopen", of=service), "reopened\n")
        size = os.path.getsize(old)
        self.assertTrue(all(map(process_is_alive, workers)), "no worker was started anew")
        for _ in range(20):
            self.assertEqual(service.request("GET", "/health", params={"HTTPS": "on"}).status, 200)
        wait_until(lambda: len(self.events("http.access")) == 20, "the lines of the requests")
        self.assertEqual([line["event_type"] for line in self.lines()][0], "log.reopened")
        self.assertEqual(os.path.getsize(old), size)
        # Ledger and inspector are new ones, which have what the manager has.
        if harness.IS_ROOT:
            self.see_everybody(service)
            wait_until(lambda: not self.holders(old) and len(self.holders(self.log_file)) == len(self.everybody)
                       or self.see_everybody(service) and False, "all to have the new file")
        self.assertEqual(self.events("worker.died") + self.events("worker.died", old), [])
        self.assertEqual(service.stop(), 0)

    def test_no_line_is_lost_under_load(self):
        service = self.start(ENV="test", WEB_CONCURRENCY=8)
        stop, asked = threading.Event(), []

        def ask():
            count = 0
            with service.connect() as connection:
                while not stop.is_set():
                    assert connection.request(keep=True).status == 200
                    count += 1
            asked.append(count)

        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            clients = [pool.submit(ask) for _ in range(4)]
            try:
                for i in range(10):
                    self.move("%d.log" % i)
                    self.assertDone(self.postern("reopen", of=service), "reopened\n")
            finally:
                stop.set()
            for client in clients:
                client.result(harness.DEADLINE)
        self.assertEqual(service.stop(), 0)
        files = glob.glob(self.folder_of_logs + "/*.log")
        self.assertEqual(len(files), 11)
        self.assertEqual(sum(len(self.events("http.access", path)) for path in files), sum(asked))

    def test_a_busy_worker_goes_on_and_follows(self):
        service = self.start(ENV="test")
        with service.connect() as connection:
            stopped = [event["pid"] for event in self.events("worker.started")][0]
            os.kill(stopped, signal.SIGSTOP)
            self.addCleanup(lambda: process_is_alive(stopped) and os.kill(stopped, signal.SIGCONT))
            self.move("old.log")
            self.assertFailed(self.postern("reopen", "--timeout", 1, of=service), FAILED, "reopen was not done within 1 s")
            os.kill(stopped, signal.SIGCONT)
            self.assertDone(self.postern("reopen", of=service), "reopened\n")
            self.assertEqual(connection.request().status, 200)

    def test_a_file_that_cannot_be_had(self):
        service = self.start(ENV="test")
        self.move("old.log")
        os.mkdir(self.log_file)
        self.assertFailed(self.postern("reopen", of=service), FAILED, "the log file cannot be opened by the service's user")
        old = os.path.join(self.folder_of_logs, "old.log")
        wait_until(lambda: self.events("log.not_reopened", old), "the log to tell what the status has told")
        self.assertEqual(len(self.events("log.not_reopened", old)), 1)
        self.assertEqual(service.request().status, 200)
        os.rmdir(self.log_file)
        self.assertDone(self.postern("reopen", of=service), "reopened\n")

    def test_without_a_file_there_is_nothing_to_reopen(self):
        service = ControlPlay.start(self)
        self.assertFailed(self.postern("reopen", of=service), FAILED, "the service logs to its standard output")
        service.signal(signal.SIGUSR1)
        self.assertEqual(service.request().status, 200)
        self.assertEqual(service.stop(), 0)

    def test_starts_that_must_fail(self):
        os.symlink("/dev/null", os.path.join(self.folder_of_logs, "link"))
        os.mkfifo(os.path.join(self.folder_of_logs, "pipe"))
        for name, words in (("link", "a symbolic link is in the way"), ("missing/file", "cannot be opened or made"),
                            ("pipe", "LOG_FILE: "), ("", "LOG_FILE: ")):
            with self.subTest(name):
                done = run_documents(self, settings_for(self, LOG_FILE=os.path.join(self.folder_of_logs, name)))
                self.assertEqual(done.returncode, 78)
                self.assertIn(words, done.stderr)

    @unittest.skipUnless(harness.IS_ROOT and harness.serving_user() == "nobody", "needs another user")
    def test_root_prepares_it_where_the_user_could_not(self):
        folder = self.path("roots")
        os.mkdir(folder, 0o755)
        self.log_file = folder + "/documents.log"
        service = self.start(ENV="production")
        self.assertNotEqual(os.stat(self.log_file).st_uid, 0)
        self.move("../old.log")
        self.assertFailed(self.postern("reopen", of=service), FAILED, "the log file cannot be opened by the service's user")

    @harness.needs("logrotate")
    def test_logrotate(self):
        """With the file that we ship, its paths and the folder's owner replaced."""
        service = self.start(ENV="production")
        with open(os.path.join(harness.SOURCE, "contrib", "logrotate", "documents")) as f:
            text = f.read()
        user = harness.serving_user()
        for shipped, here in (("/var/log/documents/", self.folder_of_logs + "/"), ("/usr/bin/postern", harness.POSTERN),
                              ("/run/documents/documents.pid", self.path("documents.pid")),
                              ("unix:/run/documents/status.sock", service.settings["STATUS_LISTEN"]),
                              ("su documents adm", "su %s %s" % (user, self.group_of(user))),
                              ("create 0640 documents adm", "create 0640 %s %s" % (user, self.group_of(user)))):
            self.assertIn(shipped, text)
            text = text.replace(shipped, here)
        with open(self.path("rotate"), "w") as f:
            f.write(text)
        os.chmod(self.path("rotate"), 0o644)
        done = subprocess.run([harness.find_program("logrotate"), "--force", "--state", self.path("state"), self.path("rotate")],
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              timeout=harness.DEADLINE)
        self.assertEqual((done.returncode, done.stdout), (0, ""))
        self.assertEqual([line["event_type"] for line in self.lines()][0], "log.reopened")
        self.assertEqual(len(self.events("service.startup", self.log_file + ".1")), 1)

    @staticmethod
    def group_of(user):
        import grp
        import pwd
        return grp.getgrgid(pwd.getpwnam(user).pw_gid).gr_name


if __name__ == "__main__":
    unittest.main()
