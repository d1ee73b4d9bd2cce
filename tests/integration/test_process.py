"""The life of the service's processes: how they start, who replaces whom, how they end."""

import concurrent.futures
import contextlib
import os
import pwd
import signal
import socket
import sqlite3
import stat
import unittest

import harness
import working
from harness import DOCUMENTS, IS_ROOT, FastCGI, Play, Service, bearer, children_of, process_is_alive, wait_until

EX_CANNOT_START, EX_CONFIG = 70, 78
D1, D2 = "/api/v1/documents/d1", "/api/v1/documents/d2"


class LockedStore:
    """
    Holds the write lock of the document store. A DELETE that is allowed then waits in its handler, until the lock is
    released, or for the 2 s of the store's busy timeout: a request in flight, for as long as a play wants one.
    """

    def __init__(self, service):
        self.path = service.settings["APP_DATABASE_URL"][len("sqlite://"):]

    def __enter__(self):
        self.database = sqlite3.connect(self.path, timeout=harness.DEADLINE, isolation_level=None)
        self.database.execute("BEGIN IMMEDIATE")
        return self

    def __exit__(self, *unused):
        self.release()

    def release(self):
        self.database.close()


class ProcessPlay(Play):

    def setUp(self):
        super().setUp()
        self.pool = concurrent.futures.ThreadPoolExecutor(16)
        self.addCleanup(self.pool.shutdown)

    def begin_delete(self, service, path=D1, who="admin"):
        """A DELETE that has reached its handler; its answer comes later, as a future."""
        allowed = len(service.events("authorization.allowed"))
        answer = self.pool.submit(service.request, "DELETE", path, bearer(who))
        service.wait_event("authorization.allowed", allowed + 1)
        return answer

    def ledger_of(self, service):
        workers = {event["pid"] for event in service.events("worker.started")}
        ledgers = [pid for pid in children_of(service.pid) if pid not in workers]
        self.assertEqual(len(ledgers), 1)
        return ledgers[0]

    def assertHealthy(self, service):
        self.assertEqual(service.request().json(), {"status": "ok"})

    def assertLost(self, answer):
        """The connection ended without an answer."""
        with self.assertRaises((EOFError, ConnectionError)):
            answer.result(harness.DEADLINE)

    def assertAllGone(self, pids):
        wait_until(lambda: not any(map(process_is_alive, pids)), "all processes to end", 10)


class Start(ProcessPlay):

    def test_a_unix_socket_with_mode_and_owner(self):
        path = self.path("own.sock")
        options = "?mode=0640"
        if IS_ROOT:
            options += "&user=daemon&group=daemon"
        service = Service(self, LISTEN="unix:" + path + options)
        status = os.stat(path)
        self.assertEqual(stat.S_IMODE(status.st_mode), 0o640)
        if IS_ROOT:
            daemon = pwd.getpwnam("daemon")
            self.assertEqual((status.st_uid, status.st_gid), (daemon.pw_uid, daemon.pw_gid))
        with FastCGI(path) as connection:
            self.assertEqual(connection.request().status, 200)
        self.assertEqual(service.stop(), 0)
        self.assertFalse(os.path.exists(path))

    def test_a_unix_socket_is_0660_unless_told_otherwise(self):
        service = Service(self)
        self.assertEqual(stat.S_IMODE(os.stat(service.socket_path).st_mode), 0o660)

    def test_a_tcp_socket(self):
        port = harness.free_port()
        service = Service(self, LISTEN="127.0.0.1:%d" % port)
        with FastCGI(("127.0.0.1", port)) as connection:
            self.assertEqual(connection.request().status, 200)
        self.assertEqual(service.stop(), 0)

    def test_several_sockets(self):
        port = harness.free_port()
        paths = [self.path("one.sock"), self.path("two.sock")]
        Service(self, LISTEN="unix:%s 127.0.0.1:%d unix:%s" % (paths[0], port, paths[1]))
        for address in paths + [("127.0.0.1", port)]:
            with FastCGI(address) as connection:
                self.assertEqual(connection.request().status, 200, address)

    @harness.needs("spawn-fcgi")
    def test_spawn_fcgi_hands_the_socket_over_on_descriptor_0(self):
        path = self.path("spawned.sock")
        service = Service(self, LISTEN=None, argv=["spawn-fcgi", "-n", "-s", path, "-M", "0660", "--", DOCUMENTS])
        with FastCGI(path) as connection:
            self.assertEqual(connection.request().json(), {"status": "ok"})
        self.assertEqual(service.stop(), 0)
        self.assertTrue(os.path.exists(path), "the socket is spawn-fcgi's: it is not ours to remove")

    def test_an_inherited_descriptor_by_number(self):
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            listener.listen(16)
            Service(self, LISTEN="fd:0", stdin=listener.fileno())
            with FastCGI(listener.getsockname()) as connection:
                self.assertEqual(connection.request().status, 200)

    def test_a_stale_socket_is_replaced(self):
        first = Service(self)
        left = children_of(first.pid)
        first.signal(signal.SIGKILL)
        first.wait()
        self.assertAllGone(left)
        self.assertTrue(os.path.exists(first.socket_path))
        second = Service(self)
        self.assertHealthy(second)

    def test_a_live_socket_is_refused(self):
        first = Service(self)
        second = Service(self, name="second", LISTEN="unix:" + first.socket_path, wait=False)
        self.assertEqual(second.wait(), EX_CONFIG)
        self.assertIn("LISTEN", second.errors())
        self.assertEqual([e["reason"] for e in second.events("service.start_failed")], ["settings"])
        self.assertHealthy(first)

    def test_a_file_that_is_no_socket_stays(self):
        path = self.path("precious")
        with open(path, "w") as f:
            f.write("precious")
        service = Service(self, LISTEN="unix:" + path, wait=False)
        self.assertEqual(service.wait(), EX_CONFIG)
        with open(path) as f:
            self.assertEqual(f.read(), "precious")

    def test_all_faults_are_told_at_once_and_no_value(self):
        service = Service(self, wait=False, seed=False, ENV="productoin", WEB_CONCURRENCY="0", LOG_LEVEL="loud",
                          TRUSTED_PROXY_HOPS="17", HEALTH_RATE_LIMIT="plenty", MAX_CONTENT_LENGTH="-1",
                          JWT_PUBLIC_KEY_FILE=None, JWT_PUBLIC_KEY="sekret", WORKER_MODE="automatic",
                          AUTHORIZATION_POLICIES_DIR=self.path("nowhere"), LISTEN="unix:relative.sock")
        self.assertEqual(service.wait(), EX_CONFIG)
        told = service.errors()
        for name in ("ENV", "WEB_CONCURRENCY", "LOG_LEVEL", "TRUSTED_PROXY_HOPS", "HEALTH_RATE_LIMIT",
                     "MAX_CONTENT_LENGTH", "JWT_PUBLIC_KEY", "WORKER_MODE", "LISTEN"):
            self.assertRegex(told, r"(?m)^documents: %s: " % name)
        self.assertRegex(told, "(?i)polic")
        for value in ("productoin", "loud", "plenty", "sekret", "relative.sock"):
            self.assertNotIn(value, told + service.output())
        self.assertEqual([e["reason"] for e in service.events("service.start_failed")], ["settings"])

    def test_without_its_store_it_says_so_and_ends(self):
        service = Service(self, seed=False, wait=False)
        self.assertEqual(service.wait(), EX_CONFIG)
        self.assertTrue(service.events("documents.store_unreadable"))
        self.assertTrue(service.events("service.start_failed"))
        self.assertFalse(os.path.exists(service.socket_path))

    @unittest.skipUnless(working.IS_BUILT, "the shared library was not built")
    def test_n_workers_serve_at_the_same_time(self):
        service = working.start(self, WEB_CONCURRENCY=4)
        service.wait_accepting(4)
        for busy in range(1, 5):  # one after the other, as an idle worker may take several connections before a request comes
            connection = service.connect()
            self.addCleanup(connection.socket.close)
            connection.send(harness.fcgi_begin() + harness.fcgi_params(harness.cgi_params("GET", "/work/60000/x"))
                            + harness.fcgi_record(harness.FCGI_STDIN))
            wait_until(lambda: working.status(self)["workers"]["busy"] == busy, "%d workers to be busy" % busy)
        service.signal(signal.SIGINT)
        self.assertEqual(service.wait(), 0)


class User(ProcessPlay):
    """Whom the processes belong to, as the kernel has it."""

    def status(self, pid):
        with open("/proc/%d/status" % pid) as f:
            return dict(line.rstrip("\n").split(":\t", 1) for line in f)

    def all_of(self, service):
        return [service.pid] + wait_until(lambda: len(children_of(service.pid)) == 3 and children_of(service.pid),
                                          "two workers and a ledger")

    def assertBelongs(self, pid, user, groups):
        entry, status = pwd.getpwnam(user), self.status(pid)
        self.assertEqual(status["Uid"].split(), [str(entry.pw_uid)] * 4)
        self.assertEqual(status["Gid"].split(), [str(entry.pw_gid)] * 4)
        self.assertEqual(set(map(int, status["Groups"].split())), set(groups))
        for name in ("CapEff", "CapPrm", "CapInh", "CapAmb"):
            self.assertEqual(int(status[name], 16), 0, name)
        self.assertEqual(status["NoNewPrivs"], "1")

    @unittest.skipUnless(IS_ROOT, "needs root")
    def test_root_becomes_the_user_for_good(self):
        user = harness.serving_user()
        if user == "root":
            self.skipTest("no other user can read this tree or write its coverage")
        entry = pwd.getpwnam(user)
        service = Service(self, argv=["setpriv", "--groups", "0,1,4,27", DOCUMENTS])
        for pid in self.all_of(service):
            self.assertBelongs(pid, user, os.getgrouplist(user, entry.pw_gid))

    @unittest.skipUnless(IS_ROOT, "needs root")
    def test_root_does_not_serve_as_root_by_accident(self):
        with open("/etc/passwd") as f:
            if any(line.startswith("documents:") for line in f):
                self.skipTest("this machine has a user documents")
        service = Service(self, wait=False, seed=False, SERVICE_USER=None)
        self.assertEqual(service.wait(), EX_CONFIG)
        self.assertIn("SERVICE_USER", service.errors())

    def plain_start(self, user):
        """How a plain user starts it: as we are, unless we are root."""
        group = str(pwd.getpwnam(user).pw_gid)
        return ["setpriv", "--reuid", user, "--regid", group, "--clear-groups", DOCUMENTS] if IS_ROOT else None

    def test_a_plain_user_serves_as_who_he_is(self):
        user = harness.serving_user()
        if user == "root":
            self.skipTest("no other user can read this tree or write its coverage")
        Service(self).stop()  # leaves a store
        service = Service(self, seed=False, argv=self.plain_start(user), SERVICE_USER=None)
        groups = [] if IS_ROOT else os.getgroups()
        for pid in self.all_of(service):
            self.assertBelongs(pid, user, groups)
        self.assertHealthy(service)

    def test_a_plain_user_cannot_become_another(self):
        user = harness.serving_user()
        if user == "root":
            self.skipTest("no other user can read this tree or write its coverage")
        service = Service(self, wait=False, seed=False, argv=self.plain_start(user), SERVICE_USER="root")
        self.assertEqual(service.wait(), EX_CONFIG)
        self.assertIn("SERVICE_USER", service.errors())


class Death(ProcessPlay):

    def test_a_killed_worker_is_replaced(self):
        service = Service(self)
        victim = service.wait_event("worker.started", 2)[0]["pid"]
        os.kill(victim, signal.SIGKILL)
        died = service.wait_event("worker.died")[0]
        self.assertEqual((died["pid"], died["cause"], died["signal"]), (victim, "signal", signal.SIGKILL))
        replaced = service.wait_event("worker.started", 3)[2]
        self.assertEqual(replaced["worker"], died["worker"])
        wait_until(lambda: len(service.workers()) == 2, "two workers")
        self.assertFalse(service.events("worker.storm"), "at once: a pause would be told of")
        self.assertHealthy(service)

    def test_a_worker_that_dies_costs_its_own_request_alone(self):
        service = Service(self, WEB_CONCURRENCY=1)
        with LockedStore(service):
            answer = self.begin_delete(service)
            os.kill(service.workers()[0], signal.SIGKILL)
            self.assertLost(answer)
            self.assertHealthy(service)
        self.assertEqual(service.request("DELETE", D1, bearer("admin")).status, 200)

    def test_a_killed_ledger_is_replaced(self):
        service = Service(self)
        service.wait_event("worker.started", 2)
        ledger = wait_until(lambda: len(children_of(service.pid)) == 3 and self.ledger_of(service), "the ledger")
        os.kill(ledger, signal.SIGKILL)
        died = service.wait_event("worker.died")[0]
        self.assertEqual((died["pid"], died["reason"], died["signal"]), (ledger, "ledger", signal.SIGKILL))
        wait_until(lambda: len(children_of(service.pid)) == 3, "another ledger")
        self.assertNotEqual(self.ledger_of(service), ledger)
        self.assertEqual(len(service.workers()), 2)
        self.assertEqual(service.stop(), 0)

    def test_a_killed_manager_takes_everybody_along(self):
        service = Service(self)
        service.wait_event("worker.started", 2)
        left = wait_until(lambda: len(children_of(service.pid)) == 3 and children_of(service.pid), "all processes")
        with service.connect() as kept:
            kept.request(keep=True)
            service.signal(signal.SIGKILL)
            self.assertEqual(service.wait(), -signal.SIGKILL)
            self.assertAllGone(left)

    def cpu_seconds(self, pid):
        with open("/proc/%d/stat" % pid) as f:
            fields = f.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def test_a_storm_of_deaths_is_waited_out(self):
        service = Service(self)
        before = self.cpu_seconds(service.pid)

        def delays():
            """Of each place, in their order."""
            found = {}
            for event in service.events("worker.storm"):
                found.setdefault(event["worker"], []).append(event["delay_ms"])
            return found.values()

        def kill_until_the_third_pause():
            for pid in service.workers():
                with contextlib.suppress(ProcessLookupError):  # the last time has ended it by now
                    os.kill(pid, signal.SIGKILL)
            return any(max(of_one) >= 400 for of_one in delays())

        wait_until(kill_until_the_third_pause, "the storm to be noticed")
        for of_one in delays():
            # Who was killed late has lived for a while, and pauses no longer than the one before.
            self.assertEqual(of_one[0], 100)
            self.assertTrue(all(b in (a, 2 * a) for a, b in zip(of_one, of_one[1:])), of_one)
        deaths = len(service.wait_event("worker.died", 10))
        self.assertLess(deaths, 30, "the pauses keep the number of deaths down")
        wait_until(lambda: len(service.workers()) == 2, "two workers after the storm")
        self.assertHealthy(service)
        self.assertLess(self.cpu_seconds(service.pid) - before, 2)

    def test_a_store_that_vanishes_and_comes_back(self):
        service = Service(self)
        victim, other = service.wait_accepting(2)  # both have the store open: the one that stays does not need its name
        store = self.path("documents.db")
        os.rename(store, store + ".away")
        os.kill(victim, signal.SIGKILL)
        storm = service.wait_event("worker.storm")[0]
        self.assertGreaterEqual(storm["delay_ms"], 100)
        failed = [event for event in service.events("worker.died") if event["cause"] == "exit"]
        self.assertEqual({event["exit_status"] for event in failed}, {EX_CANNOT_START})
        self.assertTrue(service.events("documents.store_unreadable"))
        self.assertHealthy(service)
        self.assertIn(other, service.workers())
        os.rename(store + ".away", store)
        wait_until(lambda: service.request("GET", D1, bearer("patient-p1")).status == 200 and
                   len(service.workers()) == 2, "two workers with the store")
        self.assertEqual(service.stop(), 0)

    def test_a_request_that_takes_too_long_renews_its_worker(self):
        """The store's busy timeout lets the handler go after 2 s: in time for a late answer. More: test_watchdog.py."""
        service = Service(self, WORKER_TIMEOUT=1)
        with LockedStore(service):
            answer = self.begin_delete(service)
            self.assertHealthy(service)
            timeout = service.wait_event("worker.timeout")[0]
            self.assertEqual(answer.result(harness.DEADLINE).status, 503)
        self.assertEqual(timeout["route"], "/api/v1/documents/{document_id}")
        self.assertGreaterEqual(timeout["duration_us"], 1000000)
        self.assertIn("libsqlite3", service.wait_event("worker.stack")[0]["frames"])
        self.assertEqual(service.wait_event("worker.stopped")[0]["pid"], timeout["pid"])
        wait_until(lambda: len(service.workers()) == 2, "two workers")
        self.assertHealthy(service)


class Stop(ProcessPlay):

    def begin_endless(self, service):
        """A request that does not end by itself: the one worker is stopped in its handler."""
        answer = self.begin_delete(service)
        os.kill(service.workers()[0], signal.SIGSTOP)
        return answer

    def assertEndedWell(self, service):
        self.assertEqual(service.wait(), 0)
        self.assertFalse(os.path.exists(service.socket_path))
        self.assertEqual(service.log()[-1]["event_type"], "service.shutdown")
        self.assertEqual(len(service.events("service.stopping")), 1)

    def test_idle(self):
        for number in (signal.SIGTERM, signal.SIGQUIT, signal.SIGINT):
            with self.subTest(number.name):
                service = Service(self, name=number.name.lower())
                service.wait_event("worker.started", 2)
                with service.connect() as kept:
                    kept.request(keep=True)
                    service.signal(number)
                    self.assertEndedWell(service)
                    self.assertTrue(kept.is_closed())
                self.assertEqual(len(service.events("worker.stopped")), 2)
                self.assertFalse(service.events("worker.died"))

    def test_a_request_in_its_handler_is_finished(self):
        for number in (signal.SIGTERM, signal.SIGQUIT):
            with self.subTest(number.name):
                service = Service(self, name=number.name.lower())
                with LockedStore(service):
                    answer = self.begin_delete(service)
                    service.signal(number)
                    service.wait_event("service.stopping")
                    self.assertTrue(service.is_running())
                self.assertEqual(answer.result().json(), {"deleted": "d1"})
                self.assertEndedWell(service)
                self.assertFalse(service.events("worker.died"))

    def test_a_request_that_is_half_there_is_finished(self):
        service = Service(self)
        whole = harness.fcgi_begin() + harness.fcgi_params(harness.cgi_params()) + harness.fcgi_record(5)
        with service.connect() as slow, service.connect() as other:
            slow.send(whole[:100])
            other.request(keep=True)
            service.signal(signal.SIGTERM)
            service.wait_event("worker.stopped")
            slow.send(whole[100:])
            self.assertEqual(slow.answer().status, 200)
            self.assertEndedWell(service)

    def test_patience_ends_with_the_graceful_timeout(self):
        service = Service(self, WEB_CONCURRENCY=1, GRACEFUL_TIMEOUT=1)
        with LockedStore(service):
            answer = self.begin_endless(service)
            service.signal(signal.SIGTERM)
            self.assertLost(answer)
        self.assertEndedWell(service)
        self.assertEqual([event["signal"] for event in service.events("worker.died")], [signal.SIGKILL])

    def test_a_request_that_never_becomes_whole_does_not_stop_the_stop(self):
        service = Service(self, GRACEFUL_TIMEOUT=1, REQUEST_READ_TIMEOUT=3600)
        with service.connect() as slow:
            slow.send(harness.fcgi_begin())
            self.assertHealthy(service)
            service.signal(signal.SIGTERM)
            self.assertEndedWell(service)
            self.assertTrue(slow.is_closed())

    def test_int_does_not_wait_for_a_request(self):
        service = Service(self, WEB_CONCURRENCY=1)
        with LockedStore(service):
            answer = self.begin_endless(service)
            service.signal(signal.SIGINT)
            self.assertLost(answer)
        self.assertEndedWell(service)

    def test_told_twice_it_does_not_wait_either(self):
        for second in (signal.SIGTERM, signal.SIGQUIT, signal.SIGINT):
            with self.subTest(second.name):
                service = Service(self, name=second.name.lower(), REQUEST_READ_TIMEOUT=3600)
                service.wait_event("worker.started", 2)
                with service.connect() as slow:
                    slow.send(harness.fcgi_begin())
                    self.assertHealthy(service)
                    service.signal(signal.SIGTERM)
                    service.wait_event("worker.stopped")
                    self.assertTrue(service.is_running())
                    service.signal(second)
                    self.assertEndedWell(service)

    def test_a_term_to_the_whole_session_is_a_graceful_stop(self):
        service = Service(self)
        with LockedStore(service):
            answer = self.begin_delete(service)
            os.killpg(service.pid, signal.SIGTERM)
            service.wait_event("service.stopping")
        self.assertEqual(answer.result().status, 200)
        self.assertEndedWell(service)

    def test_counters_survive_a_restart(self):
        first = Service(self, DOCUMENT_READ_RATE_LIMIT="2 per day")
        self.assertEqual(first.request("GET", D1, bearer("patient-p1")).status, 200)
        self.assertEqual(first.stop(), 0)
        second = Service(self, DOCUMENT_READ_RATE_LIMIT="2 per day")
        statuses = [second.request("GET", D1, bearer("patient-p1")).status for _ in range(2)]
        self.assertEqual(statuses, [200, 429])


class Number(ProcessPlay):

    def has_taken_signals(self, pid):
        """Whether none is pending: two that undo each other must not be taken together."""
        with open("/proc/%d/status" % pid) as f:
            return int(dict(line.split(":", 1) for line in f)["ShdPnd"], 16) == 0

    def test_ttin_and_ttou(self):
        service = Service(self)
        service.wait_event("worker.started", 2)
        service.signal(signal.SIGTTIN)
        wait_until(lambda: len(service.workers()) == 3, "a third worker")
        for left in (2, 1):
            service.signal(signal.SIGTTOU)
            wait_until(lambda: len(service.workers()) == left, "%d workers" % left)
        service.signal(signal.SIGTTOU)
        wait_until(lambda: self.has_taken_signals(service.pid), "the manager to look at it")
        service.signal(signal.SIGTTIN)
        wait_until(lambda: len(service.workers()) == 2, "two workers again")
        self.assertEqual(service.stop(), 0)
        self.assertEqual(len(service.events("worker.started")), 4, "the last one stayed")
        self.assertEqual(len(service.events("worker.stopped")), 4)
        self.assertFalse(service.events("worker.died"))

    def test_signals_without_a_meaning_change_nothing(self):
        service = Service(self)
        service.wait_event("worker.started", 2)
        for number in (signal.SIGUSR1, signal.SIGWINCH, signal.SIGPIPE):  # no log file, no successor
            service.signal(number)
        for pid in service.workers():
            for number in (signal.SIGUSR1, signal.SIGUSR2, signal.SIGWINCH, signal.SIGPIPE):
                os.kill(pid, number)
        service.signal(signal.SIGTTIN)
        wait_until(lambda: len(service.workers()) == 3, "the manager to have come that far")
        self.assertHealthy(service)
        self.assertFalse(service.events("worker.died") + service.events("worker.stopped"))
