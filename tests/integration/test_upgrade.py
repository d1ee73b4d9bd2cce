"""USR2, WINCH, QUIT: the binary is exchanged under way, and taken back when it does not start or does not please."""

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import unittest

import harness
import test_sockets
from harness import FastCGI, Service, bearer, process_is_alive, wait_until

D1 = "/api/v1/documents/d1"
KEPT = 8


class UpgradePlay(harness.UpgradePlay):
    """A service whose binary is a file of the play's own, reached through a link, as a deployment would lay it."""

    def start(self, **settings):
        self.link = self.path("current")
        if not os.path.lexists(self.link):
            os.symlink(harness.DOCUMENTS, self.link)
        settings.setdefault("PID_FILE", self.path("pid"))
        settings.setdefault("STATUS_LISTEN", "unix:" + self.path("status.sock"))
        service = Service(self, argv=[self.link], **settings)
        workers = 1 if "WORKER_MODE" in settings else int(settings.get("WEB_CONCURRENCY", 2))
        wait_until(lambda: self.status()["workers"]["idle"] == workers, "all workers to accept")
        return service

    def install(self, script):
        """Another binary at the same path; at once, as a deployment would."""
        with open(self.path("new"), "w") as f:
            f.write("#!/bin/sh\n" + script)
        os.chmod(self.path("new"), 0o755)
        os.rename(self.path("new"), self.link)

    def install_good(self):
        os.symlink(harness.DOCUMENTS, self.path("new"))
        os.rename(self.path("new"), self.link)

    def status(self):
        with FastCGI(self.path("status.sock")) as connection:
            return connection.request("GET", "/status").json()

    def wait_status(self, state, pid, other):
        def is_so():
            status = self.status()
            return (status["upgrade"]["state"], status["pid"], status["upgrade"]["other_pid"]) == (state, pid, other)

        wait_until(is_so, "%s of %d" % (state, pid))

    def pid_file(self):
        with open(self.path("pid")) as f:
            return int(f.read() or 0)

    def hold(self, service, count=KEPT):
        connections = [service.connect() for _ in range(count)]
        for connection in connections:
            self.addCleanup(connection.socket.close)
        self.assertAnswers(connections)
        return connections

    def assertAnswers(self, connections):
        for connection in connections:
            self.assertEqual(connection.request(keep=True).status, 200)


class Sequence(UpgradePlay):

    def test_all_steps_on_the_same_connections(self):
        service = self.start()
        old_workers, kept = service.workers(), self.hold(service)
        self.wait_status("none", service.pid, 0)
        new = self.begin(service)
        self.wait_status("beside", new, service.pid)
        self.assertAnswers(kept)
        self.assertEqual(self.pid_file(), service.pid)
        self.retire(service.pid, old_workers)
        self.assertAnswers(kept)
        service.signal(signal.SIGQUIT)
        self.assertEqual(service.wait(), 0)
        self.assertEqual(service.wait_event("upgrade.done")[0]["pid"], service.pid)
        self.wait_status("none", new, 0)
        self.assertAnswers(kept)
        self.assertEqual(self.pid_file(), new)
        self.assertEqual(len(service.workers()), 2)
        self.assertTrue(os.path.exists(service.socket_path))
        os.kill(new, signal.SIGTERM)
        wait_until(lambda: not process_is_alive(new), "the new manager to end")
        self.assertFalse(os.path.exists(service.socket_path))
        self.assertFalse(os.path.exists(self.path("status.sock")))
        self.assertFalse(os.path.exists(self.path("pid")))
        self.assertFalse(service.events("worker.died"))
        self.assertFalse(service.events("service.start_failed"))

    def descriptors(self, manager):
        """
        How many each of its processes has, once its ledger, inspector and workers have started and nothing is left of
        those before: from the fork on they close what is not theirs, and at rest have come to an end with it.
        """
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            everybody = [manager] + harness.children_of(manager)
            counts = [len(os.listdir("/proc/%d/fd" % pid)) for pid in everybody]
            if len(everybody) == 5 and all(map(harness.process_sleeps, everybody)):
                return counts
        return None

    def test_again_and_again(self):
        service = self.start()
        kept, pid, descriptors = self.hold(service), service.pid, []
        for count in range(1, 4):
            old_workers = service.workers()
            new = self.begin(service, pid)
            self.retire(pid, old_workers)
            os.kill(pid, signal.SIGQUIT)
            service.wait_event("upgrade.done", count)
            self.assertAnswers(kept)
            pid = new
            descriptors.append(wait_until(lambda: self.descriptors(new), "ledger, inspector and two workers at rest"))
        self.assertEqual(descriptors[0][0], descriptors[2][0])
        self.assertEqual(sorted(descriptors[1]), sorted(descriptors[2]))
        self.assertFalse(service.events("worker.died"))

    def test_straight_to_the_end(self):
        service = self.start()
        kept = self.hold(service)
        self.begin(service)
        service.signal(signal.SIGQUIT)
        self.assertEqual(service.wait(), 0)
        service.wait_event("upgrade.done")
        self.assertAnswers(kept)
        self.assertTrue(os.path.exists(service.socket_path))

    def test_in_production_with_its_sandbox(self):
        service = self.start(ENV="production", ALLOWED_HOSTS="localhost",
                             AUTHORIZATION_POLICIES_DIR=self.read_only_policies())
        old_workers, kept = service.workers(), self.hold(service)
        self.begin(service)
        self.retire(service.pid, old_workers)
        self.assertAnswers(kept)
        service.signal(signal.SIGQUIT)
        self.assertEqual(service.wait(), 0)
        self.assertAnswers(kept)
        self.assertFalse(service.events("sandbox.violation"))

    def test_the_settings_that_files_hold_are_read_anew(self):
        other = self.path("other.sock")
        listen = self.path("listen")
        with open(listen, "w") as f:
            f.write("unix:%s unix:%s" % (self.path("documents.sock"), self.path("going.sock")))
        service = self.start(LISTEN=None, LISTEN_FILE=listen)
        with open(listen, "w") as f:
            f.write("unix:%s unix:%s" % (self.path("documents.sock"), other))
        kept = self.hold(service)
        self.begin(service)
        service.signal(signal.SIGQUIT)
        self.assertEqual(service.wait(), 0)
        self.assertAnswers(kept)
        with FastCGI(other) as connection:
            self.assertEqual(connection.request().status, 200)
        with self.assertRaises(ConnectionRefusedError):
            FastCGI(self.path("going.sock"))

    def test_tcp_and_an_inherited_socket(self):
        with socket.socket() as inherited:
            inherited.bind(("127.0.0.1", 0))
            inherited.listen(16)
            port, address = harness.free_port(), inherited.getsockname()
            service = self.start(LISTEN="127.0.0.1:%d fd:0" % port, stdin=inherited)
        kept = [FastCGI(("127.0.0.1", port)), FastCGI(address)]
        for connection in kept:
            self.addCleanup(connection.socket.close)
        self.assertAnswers(kept)
        self.begin(service)
        service.signal(signal.SIGQUIT)
        self.assertEqual(service.wait(), 0)
        self.assertAnswers(kept)
        for where in (("127.0.0.1", port), address):
            with FastCGI(where) as connection:
                self.assertEqual(connection.request().status, 200)


    def test_workers_on_demand(self):
        service = self.start(WORKER_MODE="ondemand", WEB_CONCURRENCY=4)
        old_workers, kept = service.workers(), self.hold(service)
        new = self.begin(service)
        self.retire(service.pid, old_workers)
        self.assertAnswers(kept)
        service.signal(signal.SIGHUP)
        service.wait_event("upgrade.recalled")
        os.kill(new, signal.SIGQUIT)
        service.wait_event("upgrade.rolled_back")
        self.assertAnswers(kept)
        self.begin(service)
        service.signal(signal.SIGQUIT)
        self.assertEqual(service.wait(), 0)
        self.assertAnswers(kept)
        self.assertEqual(service.request().status, 200)

    def test_sockets_that_systemd_has_handed_over(self):
        sockets = [test_sockets.listening(("127.0.0.1", 0)) for _ in range(2)]
        for s in sockets:
            self.addCleanup(s.close)
        numbers, status = [s.fileno() for s in sockets], sockets[1].getsockname()
        service = Service(self, argv=[sys.executable, "-c", test_sockets.LAUNCHER, harness.DOCUMENTS, *map(str, numbers)],
                          pass_fds=numbers, LISTEN="systemd:web", STATUS_LISTEN="systemd:status", LISTEN_FDNAMES="web:status")
        self.begin(service)
        service.signal(signal.SIGQUIT)
        self.assertEqual(service.wait(), 0)
        new = service.wait_event("upgrade.done") and self.managers[-1]
        for address, path in ((sockets[0].getsockname(), "/health"), (status, "/ping")):
            with FastCGI(address) as connection:
                self.assertEqual(connection.request("GET", path).status, 200)
        with FastCGI(status) as connection:
            self.assertEqual(connection.request("GET", "/status").json()["pid"], new)


@unittest.skipUnless(harness.IS_ROOT and harness.serving_user() != "root", "only root can change the root")
class Jailed(UpgradePlay):
    """Behind SERVICE_CHROOT the new binary is looked for where the old one can still see."""

    def furnish(self, jail, path):
        os.makedirs(jail + os.path.dirname(path), exist_ok=True)
        shutil.copy(path, jail + path)

    @unittest.skipIf(harness.IS_SANITIZED, "LeakSanitizer wants a /proc, which the jail has not")
    def test_it_must_lie_in_there(self):
        jail = self.path("jail")
        os.makedirs(jail + "/store")
        shutil.copytree(harness.POLICIES, jail + "/policies")
        for folder in (jail, jail + "/policies"):
            os.chmod(folder, 0o755)
        shutil.chown(jail + "/store", harness.serving_user())
        service = Service(self, SERVICE_CHROOT=jail, SERVICE_DIRECTORY="/store", SANDBOX="off",
                          AUTHORIZATION_POLICIES_DIR="/policies", APP_DATABASE_URL="sqlite:///store/documents.db",
                          RATE_LIMIT_STORAGE_URI="sqlite:///store/limits.db")
        kept = self.hold(service)
        self.assertEqual(self.refuse(service)["reason"], "exec")
        self.assertAnswers(kept)
        libraries = re.findall(r"(/\S+) \(0x", subprocess.run(["ldd", harness.DOCUMENTS], check=True, text=True,
                                                              stdout=subprocess.PIPE).stdout)
        for path in [harness.DOCUMENTS, harness.Keys.get().public(), "/etc/passwd", "/etc/group", *libraries]:
            self.furnish(jail, path)
        new = self.begin(service)
        self.assertEqual(os.readlink("/proc/%d/root" % new), jail)
        service.signal(signal.SIGQUIT)
        self.assertEqual(service.wait(), 0)
        service.wait_event("upgrade.done")
        self.assertAnswers(kept)


class Counters(UpgradePlay):
    """What a client has used up stays used up, whoever counts."""

    LIMIT = 6

    def ask(self, service):
        return service.request("GET", D1, bearer("patient-p1")).status

    def exhaust(self, **settings):
        service = self.start(DOCUMENT_READ_RATE_LIMIT="%d per day" % self.LIMIT, **settings)
        answers = [self.ask(service) for _ in range(2)]
        self.begin(service)
        answers += [self.ask(service) for _ in range(2)]
        service.signal(signal.SIGQUIT)
        self.assertEqual(service.wait(), 0)
        service.wait_event("upgrade.done")
        answers += [self.ask(service) for _ in range(3)]
        self.assertEqual(answers, [200] * self.LIMIT + [429])
        return service

    def test_in_the_same_table(self):
        service = self.exhaust()
        self.assertEqual(len(service.events("rate_limit.restored")), 1)
        self.end_managers()
        again = Service(self, seed=False, DOCUMENT_READ_RATE_LIMIT="%d per day" % self.LIMIT)
        self.assertEqual(again.events("rate_limit.restored")[0]["entries"], 1)
        self.assertEqual(self.ask(again), 429)
        self.assertEqual(again.stop(), 0)

    def test_in_memory_alone(self):
        self.exhaust(RATE_LIMIT_STORAGE_URI="memory://")

    def test_another_service_still_does_not_get_the_file(self):
        service = self.start()
        self.begin(service)
        service.signal(signal.SIGQUIT)
        self.assertEqual(service.wait(), 0)
        service.wait_event("upgrade.done")
        settings = {**service.settings, "LISTEN": "unix:" + self.path("second.sock")}
        for name in ("STATUS_LISTEN", "PID_FILE"):
            settings.pop(name)
        done = harness.run_documents(self, settings)
        self.assertEqual(done.returncode, 78)
        self.assertIn("another service holds", done.stderr)

    def test_another_table_is_refused(self):
        entries = self.path("entries")
        with open(entries, "w") as f:
            f.write("1024")
        service = self.start(RATE_LIMIT_TABLE_ENTRIES=None, RATE_LIMIT_TABLE_ENTRIES_FILE=entries)
        with open(entries, "w") as f:
            f.write("4096")
        self.assertEqual(self.refuse(service)["reason"], "settings")
        self.assertIn("only a restart can change it", service.errors())
        self.assertEqual(self.ask(service), 200)


class Refused(UpgradePlay):
    """A broken binary: the old one goes on as if nothing had been."""

    def play(self, script, reason, patience_s=60):
        service = self.start(UPGRADE_TIMEOUT_FILE=self.patience(patience_s))
        workers, kept = service.workers(), self.hold(service)
        self.install(script)
        refused = self.refuse(service)
        self.assertEqual(refused["reason"], reason)
        self.assertFalse(process_is_alive(refused["pid"]))
        self.assertAnswers(kept)
        self.assertEqual(service.workers(), workers)
        self.wait_status("none", service.pid, 0)
        self.assertEqual(self.status()["upgrade"]["refused"], 1)
        self.install_good()
        self.change_patience(service, 60)
        self.begin(service)
        self.assertAnswers(kept)
        self.assertFalse(service.events("worker.died"))
        return refused

    def test_it_exits(self):
        self.assertEqual(self.play("exit 3", "exit")["exit_status"], 3)

    def test_it_dies(self):
        self.assertEqual(self.play("kill -SEGV $$", "signal")["signal"], 11)

    def test_its_settings_are_wrong(self):
        self.play('WEB_CONCURRENCY=none exec "%s"' % harness.DOCUMENTS, "settings")

    def test_it_does_not_get_ready(self):
        self.play("exec sleep 600", "timeout", patience_s=1)

    def test_it_is_no_program(self):
        service = self.start()
        with open(self.path("new"), "w") as f:
            f.write("no program")
        os.chmod(self.path("new"), 0o755)
        os.rename(self.path("new"), self.link)
        self.assertEqual(self.refuse(service)["reason"], "exec")
        os.unlink(self.link)
        self.assertEqual(self.refuse(service)["reason"], "exec")
        self.assertEqual(service.request().status, 200)

    def test_its_workers_do_not_come_up(self):
        self.play('APP_DATABASE_URL="sqlite://%s" exec "%s"' % (self.path("none.db"), harness.DOCUMENTS), "settings")

    def test_a_worker_of_it_that_dies_has_taken_nobody(self):
        """The new manager is held up until one of its workers can be killed."""
        service = self.start(WEB_CONCURRENCY=4)
        kept = self.hold(service)
        service.signal(signal.SIGUSR2)
        new = service.wait_event("upgrade.started")[0]["pid"]
        victim = wait_until(lambda: harness.children_of(new), "a child of it")[-1]
        with contextlib.suppress(ProcessLookupError):
            os.kill(victim, signal.SIGKILL)
        wait_until(lambda: service.events("upgrade.ready") or service.events("upgrade.refused"), "a decision")
        self.managers.append(new)
        self.assertAnswers(kept)

    def test_a_second_one_at_a_time(self):
        service = self.start()
        new = self.begin(service)
        self.assertEqual(self.refuse(service)["reason"], "under_way")
        self.assertEqual(self.refuse(service, new)["reason"], "under_way")
        self.assertEqual(service.request().status, 200)

    def test_the_variable_is_nobody_elses(self):
        for value in ("", "1", "1:1:0:5:6:7:8:9:-:10", "1:%d:0:0:1:2:3:-:-:4" % os.getpid()):
            with self.subTest(value=value):
                done = harness.run_documents(self, {**harness.settings_for(self), "POSTERN_UPGRADE": value})
                self.assertEqual(done.returncode, 78)
                self.assertIn("POSTERN_UPGRADE", done.stderr)


class Back(UpgradePlay):
    """The way back, from every step but the last."""

    def test_by_hup_after_winch(self):
        service = self.start()
        old_workers, kept = service.workers(), self.hold(service)
        new = self.begin(service)
        self.retire(service.pid, old_workers)
        service.signal(signal.SIGHUP)
        service.wait_event("upgrade.recalled")
        service.wait_accepting(4)
        os.kill(new, signal.SIGQUIT)
        ended = service.wait_event("upgrade.rolled_back")[0]
        self.assertEqual((ended["pid"], ended["exit_status"]), (new, 0))
        self.assertAnswers(kept)
        self.wait_status("none", service.pid, 0)
        self.assertEqual(self.pid_file(), service.pid)
        self.assertEqual(len(service.wait_accepting(2)), 2)
        self.assertEqual(service.stop(), 0)
        self.assertFalse(os.path.exists(service.socket_path))
        self.assertFalse(os.path.exists(self.path("pid")))
        self.assertFalse(service.events("worker.died"))

    def test_before_winch(self):
        service = self.start()
        kept = self.hold(service)
        new = self.begin(service)
        os.kill(new, signal.SIGQUIT)
        service.wait_event("upgrade.rolled_back")
        self.assertAnswers(kept)
        self.assertTrue(os.path.exists(service.socket_path))
        self.assertEqual(service.stop(), 0)

    def test_when_the_new_manager_is_killed_the_old_one_serves_by_itself(self):
        service = self.start()
        old_workers, kept = service.workers(), self.hold(service)
        new = self.begin(service)
        self.retire(service.pid, old_workers)
        self.assertAnswers(kept)
        new_workers = service.workers()
        os.kill(new, signal.SIGKILL)
        self.assertEqual(service.wait_event("upgrade.rolled_back")[0]["signal"], 9)
        self.assertAnswers(kept)
        wait_until(lambda: not any(map(process_is_alive, new_workers)), "the workers of the killed one to end")
        self.assertAnswers(kept)
        self.wait_status("none", service.pid, 0)
        self.assertEqual(len(service.wait_accepting(2)), 2)
        self.begin(service)
        self.assertAnswers(kept)

    def test_when_the_old_manager_is_killed_the_new_one_is_the_service(self):
        service = self.start()
        kept = self.hold(service)
        new = self.begin(service)
        service.signal(signal.SIGKILL)
        service.wait()
        service.wait_event("upgrade.done")
        self.assertAnswers(kept)
        self.wait_status("none", new, 0)
        self.assertEqual(self.pid_file(), new)
        wait_until(lambda: len(service.workers()) == 2, "the orphans to end")
        self.assertAnswers(kept)
        self.assertTrue(os.path.exists(service.socket_path))

    def test_a_stop_while_it_starts_stops_both(self):
        service = self.start(UPGRADE_TIMEOUT=3600)
        self.install("exec sleep 600")
        service.signal(signal.SIGUSR2)
        new = service.wait_event("upgrade.started")[0]["pid"]
        self.assertEqual(service.stop(), 0)
        wait_until(lambda: not process_is_alive(new), "the one on trial to end")
        self.assertFalse(os.path.exists(service.socket_path))

    def test_a_stop_of_the_new_one_while_the_old_one_drains_answers_who_waits(self):
        service = self.start(WEB_CONCURRENCY=1)
        whole = (harness.fcgi_begin(keep=True) + harness.fcgi_params(harness.cgi_params())
                 + harness.fcgi_record(harness.FCGI_STDIN))
        with service.connect() as slow:
            slow.send(whole[:50])
            self.assertEqual(service.request().status, 200)  # and so the worker has seen what is half there
            new = self.begin(service)
            service.signal(signal.SIGQUIT)
            wait_until(lambda: self.pid_file() == new, "the new one to be the service")
            worker = [pid for pid in service.workers() if pid in harness.children_of(new)][0]
            os.kill(worker, signal.SIGSTOP)
            with service.connect() as waiting:
                waiting.send(whole)
                os.kill(new, signal.SIGTERM)
                service.wait_event("service.stopping", 2)
                os.kill(worker, signal.SIGCONT)
                self.assertEqual(waiting.answer().status, 200)
            slow.send(whole[50:])
            self.assertEqual(slow.answer().status, 200)
        self.assertEqual(service.wait(), 0)

    def test_winch_means_nothing_without_a_new_one(self):
        service = self.start()
        workers, kept = service.workers(), self.hold(service)
        service.signal(signal.SIGWINCH)
        service.signal(signal.SIGTTIN)
        service.wait_accepting(3)
        self.assertTrue(all(map(process_is_alive, workers)))
        self.assertAnswers(kept)


class Supervised(UpgradePlay):
    """What systemd hears: one main process at any time, and which it is before it is alone."""

    def test_the_main_process_is_named_when_the_old_one_stops(self):
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as supervisor:
            address = self.path("notify")
            supervisor.bind(address)
            os.chmod(address, 0o777)
            supervisor.settimeout(harness.DEADLINE)
            service = self.start(NOTIFY_SOCKET=address, WATCHDOG_USEC="1000000")
            new = self.begin(service)
            service.signal(signal.SIGQUIT)
            self.assertEqual(service.wait(), 0)
            service.wait_event("upgrade.done")
            heard = []
            while "MAINPID=%d" % new not in heard:
                heard.append(supervisor.recv(4096).decode())
            self.assertEqual(len([text for text in heard if "READY=1" in text]), 1)
            self.assertFalse([text for text in heard if "STOPPING=1" in text])
            heard = []
            while not any("READY=1" in text for text in heard) or "WATCHDOG=1" not in heard:
                heard.append(supervisor.recv(4096).decode())
            os.kill(new, signal.SIGTERM)
            while not any("STOPPING=1" in text for text in heard):
                heard.append(supervisor.recv(4096).decode())
