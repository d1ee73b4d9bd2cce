"""HUP: settings and policies are read anew, and nobody who asks notices."""

import http.client
import os
import shutil
import signal
import threading

import harness
from harness import Play, Service, bearer, http_on, process_is_alive, wait_until

D1 = "/api/v1/documents/d1"
NOBODY_READS = '@id("closed")\nforbid (principal, action, resource);\n'
BROKEN = "permit (principal, action, resource) when { nonsense( };\n"


class ReloadPlay(Play):

    def setUp(self):
        super().setUp()
        self.policies = self.path("policies")
        shutil.copytree(harness.POLICIES, self.policies)

    def service(self, **settings):
        return Service(self, AUTHORIZATION_POLICIES_DIR=self.policies, **settings)

    def write_policy(self, text, name="closed.cedar"):
        """At once, as a deployment would: nobody reads half a file."""
        with open(self.path("new"), "w") as f:
            f.write(text)
        os.rename(self.path("new"), os.path.join(self.policies, name))

    def remove_policy(self, name="closed.cedar"):
        os.unlink(os.path.join(self.policies, name))

    def reload(self, service):
        """Until nobody is left who knows the old policies and settings."""
        done, old = len(service.events("service.reloaded")), service.workers()
        service.signal(signal.SIGHUP)
        service.wait_event("service.reloaded", done + 1)
        wait_until(lambda: not any(map(process_is_alive, old)), "the old workers to end")

    def refuse(self, service):
        refused = len(service.events("service.reload_refused"))
        service.signal(signal.SIGHUP)
        return service.wait_event("service.reload_refused", refused + 1)[-1]

    def status(self, service):
        return service.request("GET", D1, bearer("patient-p1")).status


class Reload(ReloadPlay):

    def test_the_workers_are_new(self):
        service = self.service()
        service.wait_event("worker.started", 2)
        old = service.workers()
        self.reload(service)
        self.assertEqual(len(service.workers()), 2)
        self.assertFalse(set(service.workers()) & set(old))
        self.assertEqual(len(service.wait_event("worker.stopped", 2)), 2)
        self.assertFalse(service.events("worker.died"))
        self.assertEqual(len(service.events("service.startup")), 1)
        self.assertEqual(service.request().status, 200)
        self.assertEqual(service.stop(), 0)

    def test_new_policies_are_in_force(self):
        self.write_policy(NOBODY_READS)
        service = self.service()
        self.assertEqual(self.status(service), 403)
        self.remove_policy()
        self.reload(service)
        self.assertEqual(self.status(service), 200)
        self.write_policy(NOBODY_READS)
        self.reload(service)
        self.assertEqual(self.status(service), 403)
        loaded = service.events("authorization.policies_loaded")
        self.assertEqual(loaded[0]["policy_digest"], loaded[2]["policy_digest"])
        self.assertNotEqual(loaded[0]["policy_digest"], loaded[1]["policy_digest"])

    def test_invalid_policies_are_refused_and_the_old_ones_decide(self):
        service = self.service()
        service.wait_event("worker.started", 2)
        workers = service.workers()
        self.write_policy(BROKEN)
        self.assertEqual(self.refuse(service)["reason"], "settings")
        self.assertIn("closed.cedar:1:", service.errors())
        self.assertEqual(self.status(service), 200)
        self.assertEqual(service.workers(), workers)
        self.write_policy(NOBODY_READS)
        self.reload(service)
        self.assertEqual(self.status(service), 403)

    def test_no_policies_at_all_are_refused(self):
        service = self.service()
        os.rename(self.policies, self.policies + ".away")
        self.refuse(service)
        self.assertEqual(self.status(service), 200)

    def test_a_setting_from_a_file_is_read_anew(self):
        limit = self.path("limit")
        with open(limit, "w") as f:
            f.write("1 per day\n")
        service = self.service(DOCUMENT_READ_RATE_LIMIT=None, DOCUMENT_READ_RATE_LIMIT_FILE=limit)
        self.assertEqual([self.status(service) for _ in range(2)], [200, 429])
        with open(limit, "w") as f:
            f.write("1000 per day\n")
        self.assertEqual(self.status(service), 429)
        self.reload(service)
        self.assertEqual(self.status(service), 200)

    def test_the_number_of_workers_too(self):
        number = self.path("number")
        for count in (2, 4, 1):
            with open(number, "w") as f:
                f.write("%d\n" % count)
            if count == 2:
                service = self.service(WEB_CONCURRENCY_FILE=number)
                service.wait_event("worker.started", 2)
            else:
                self.reload(service)
            wait_until(lambda: len(service.workers()) == count, "%d workers" % count)
        self.assertFalse(service.events("worker.died"))

    def test_what_only_a_restart_can_change_is_said(self):
        environment = self.path("environment")
        with open(environment, "w") as f:
            f.write("development\n")
        service = self.service(ENV=None, ENV_FILE=environment)
        with open(environment, "w") as f:
            f.write("test\n")
        self.assertEqual(self.refuse(service)["reason"], "settings")
        self.assertRegex(service.errors(), r"ENV: .*restart")
        self.assertEqual(self.status(service), 200)

    def test_new_workers_that_cannot_start_are_given_up(self):
        service = self.service()
        self.reload(service)  # when it is done, both workers have their store open
        old = service.workers()
        os.rename(self.path("documents.db"), self.path("away.db"))
        self.refuse(service)  # by the end of the first of them
        wait_until(lambda: service.workers() == old, "the other new one to end")
        self.assertEqual(self.status(service), 200)
        os.rename(self.path("away.db"), self.path("documents.db"))
        self.reload(service)
        self.assertEqual(self.status(service), 200)

    def test_several_at_once_end_in_one_set_of_workers(self):
        service = self.service()
        service.wait_event("worker.started", 2)
        for _ in range(10):
            service.signal(signal.SIGHUP)
        service.wait_event("service.reloaded")
        self.write_policy(NOBODY_READS)
        service.signal(signal.SIGHUP)
        wait_until(lambda: self.status(service) == 403, "the last reload")
        wait_until(lambda: len(service.workers()) == 2, "the old workers to end")
        self.assertEqual(service.stop(), 0)
        self.assertFalse(service.events("worker.died"))

    def test_a_stop_during_a_reload_stops(self):
        service = self.service()
        service.signal(signal.SIGHUP)
        service.wait_event("service.reload")
        self.assertEqual(service.stop(), 0)
        self.assertFalse(service.events("worker.died"))


class Word(ReloadPlay):
    """service.reloaded may be relied on: who was told that a permission is withdrawn does not see it granted again."""

    KEPT = 8

    def hold(self, service):
        connections = [service.connect() for _ in range(self.KEPT)]
        for connection in connections:
            self.addCleanup(connection.socket.close)
            self.assertEqual(connection.request("GET", D1, bearer("patient-p1"), keep=True).status, self.before)
        return connections

    def ask_on(self, connection):
        return connection.request("GET", D1, bearer("patient-p1"), keep=True).status

    def test_nothing_that_begins_afterwards_is_answered_by_the_old_policies(self):
        service = self.service(WEB_CONCURRENCY=4)
        self.before = 200
        for count in range(1, 7):
            service.wait_accepting(4)
            kept = self.hold(service)
            after = 403 if self.before == 200 else 200
            if after == 403:
                self.write_policy(NOBODY_READS)
            else:
                self.remove_policy()
            service.signal(signal.SIGHUP)
            service.wait_event("service.reloaded", count)
            self.assertEqual({self.status(service) for _ in range(20)}, {after})
            self.assertEqual({self.ask_on(connection) for connection in kept}, {after})
            self.before = after
        self.assertFalse(service.events("worker.died"))
        self.assertEqual(service.stop(), 0)

    def test_who_has_begun_is_answered_and_does_not_hold_the_word_back(self):
        service = self.service(WEB_CONCURRENCY=1)
        whole = (harness.fcgi_begin(keep=True) + harness.fcgi_params(harness.cgi_params("GET", D1, bearer("patient-p1")))
                 + harness.fcgi_record(harness.FCGI_STDIN))
        with service.connect() as slow:
            slow.send(whole[:100])
            self.assertEqual(self.status(service), 200)  # and so the worker has seen what is half there
            self.write_policy(NOBODY_READS)
            service.signal(signal.SIGHUP)
            service.wait_event("service.reloaded")
            self.assertEqual(self.status(service), 403)
            slow.send(whole[100:])
            self.assertEqual(slow.answer().status, 200)
            service.wait_event("worker.stopped")
            self.assertEqual(self.ask_on(slow), 403)
        self.assertEqual(service.stop(), 0)


    def test_the_sandbox_lets_connections_change_hands(self):
        # Without CORE_DUMPS a plain user may not look into its own workers in production
        service = Service(self, ENV="production", ALLOWED_HOSTS="localhost", CORE_DUMPS="on",
                          AUTHORIZATION_POLICIES_DIR=self.read_only_policies())
        service.wait_accepting(2)
        connections = [service.connect() for _ in range(self.KEPT)]
        for connection in connections:
            self.addCleanup(connection.socket.close)
            self.assertEqual(connection.request(keep=True).status, 200)
        for count in (1, 2, 3):
            service.signal(signal.SIGHUP)
            service.wait_event("service.reloaded", count)
            self.assertEqual([c.request(keep=True).status for c in connections], [200] * self.KEPT)
        self.assertFalse(service.events("worker.died"))
        self.assertEqual(service.stop(), 0)


class ByItself(ReloadPlay):

    def wait_reloaded(self, service, count):
        service.wait_event("service.reloaded", count)
        wait_until(lambda: len(service.workers()) == 2, "the old workers to end")

    def test_changed_policies_are_found(self):
        service = self.service(AUTHORIZATION_POLICY_CACHE_TTL=1)
        self.assertEqual(self.status(service), 200)
        self.write_policy(NOBODY_READS)
        self.wait_reloaded(service, 1)
        self.assertEqual(self.status(service), 403)
        self.remove_policy()
        self.wait_reloaded(service, 2)
        self.assertEqual(self.status(service), 200)

    def test_invalid_ones_are_refused_until_they_are_mended(self):
        service = self.service(AUTHORIZATION_POLICY_CACHE_TTL=1)
        self.write_policy(BROKEN)
        service.wait_event("service.reload_refused")
        self.assertEqual(self.status(service), 200)
        self.write_policy(NOBODY_READS)
        self.wait_reloaded(service, 1)
        self.assertEqual(self.status(service), 403)

    def test_0_looks_every_second(self):
        service = self.service(AUTHORIZATION_POLICY_CACHE_TTL=0)
        self.write_policy(NOBODY_READS)
        self.wait_reloaded(service, 1)
        self.assertEqual(self.status(service), 403)


class Client(threading.Thread):
    """
    Asks on one kept connection until told to stop, and notes every answer that is not as it should be. A POST is what
    nginx never sends a second time: of one that is lost the client hears.
    """

    def __init__(self, port, stop, method, headers):
        super().__init__()
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=harness.DEADLINE)
        self.stop, self.method, self.headers = stop, method, headers
        self.expected = {"GET": 200, "POST": 405}[method]
        self.count, self.wrong = 0, []

    def run(self):
        body = b"{}" if self.method == "POST" else None
        while not self.stop.is_set():
            try:
                answer = http_on(self.connection, self.method, D1, self.headers, body)
                if answer.status != self.expected:
                    self.wrong.append(answer)
            except Exception as error:  # whatever it is, it is no answer
                self.wrong.append(error)
                return
            self.count += 1
            self.stop.wait(0.02)  # the machine is busy enough with 64 of them
        self.connection.close()


@harness.needs("nginx")
class UnderLoad(ReloadPlay):
    """Many reloads, while 64 clients ask through nginx and its kept connections."""

    CLIENTS, RELOADS = 64, 5

    def test_no_answer_is_lost_or_wrong(self):
        service = self.service()
        service.wait_event("worker.started", 2)
        nginx = harness.Nginx(self, "unix:" + service.socket_path, keepalive=64)
        stop = threading.Event()
        headers = {"Content-Type": "application/json", **bearer("patient-p1")}
        clients = [Client(nginx.port, stop, ("GET", "POST")[i % 2], headers) for i in range(self.CLIENTS)]
        seen = set(service.workers())
        for client in clients:
            client.start()
        try:
            wait_until(lambda: all(c.count > 0 or c.wrong for c in clients), "every client to have an answer")
            for _ in range(self.RELOADS):
                before = [c.count for c in clients]
                self.reload(service)
                fresh = [pid for pid in service.workers() if pid not in seen]
                self.assertGreaterEqual(len(fresh), 2)
                seen.update(fresh)
                wait_until(lambda: all(c.count > n or c.wrong for c, n in zip(clients, before)), "more answers")
        finally:
            stop.set()
            for client in clients:
                client.join()
        self.assertEqual([c.wrong for c in clients if c.wrong], [])
        self.assertFalse(service.events("worker.died"))
        wait_until(lambda: len(service.workers()) == 2, "the old workers to end")
        self.assertEqual(service.stop(), 0)
