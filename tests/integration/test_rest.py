"""What a worker keeps from one request to the next, it lets go of before it asks for those that it has not seen."""

import os
import signal
import threading
import unittest

import harness
import test_api
import working
from harness import bearer, wait_until

PATH = "/api/v1/documents/"


@unittest.skipUnless(working.IS_BUILT, "the shared library was not built")
class Rest(harness.Play):
    """Requests that have come together are answered together; whoever comes later finds a worker that has rested."""

    def setUp(self):
        super().setUp()
        self.service = working.start(self, WEB_CONCURRENCY=1)
        self.worker = self.service.wait_accepting(1)[0]

    def connect(self):
        connection = self.service.connect()
        self.addCleanup(connection.socket.close)
        return connection

    def ask(self, *known, newcomers=0):
        """What each is told, after all have asked while the worker could not look."""
        os.kill(self.worker, signal.SIGSTOP)
        wait_until(lambda: harness.process_is_stopped(self.worker), "the worker to stand still")
        connections = [*known, *(self.connect() for _ in range(newcomers))]
        for connection in connections:
            connection.send(harness.fcgi_begin(keep=True) + harness.fcgi_params(harness.cgi_params("GET", "/rests"))
                            + harness.fcgi_record(harness.FCGI_STDIN))
        os.kill(self.worker, signal.SIGCONT)
        return [connection.answer().json()["rests"] for connection in connections]

    def test_between_those_that_came_together_there_is_none(self):
        known = [self.connect() for _ in range(8)]
        self.ask(*known)
        first = self.ask(*known)
        self.assertEqual(len(set(first)), 1, first)
        second = self.ask(*known)
        self.assertEqual(len(set(second)), 1, second)
        self.assertGreater(second[0], first[0])

    def test_one_before_each_that_was_not_there(self):
        known = self.connect()
        self.ask(known)
        told = self.ask(known, newcomers=2)
        self.assertEqual(len(set(told)), 3, told)


class Fresh(harness.Play):

    def test_what_was_deleted_is_gone_for_whoever_asks_then(self):
        """Whichever worker deletes and whichever is asked, and however busy they are with other reads."""
        service = harness.Service(self, WEB_CONCURRENCY=2)
        with test_api.Store(self.path("documents.db")) as store:
            for i in range(200):
                store.add("n%d" % i, like="d1")
        done = threading.Event()
        readers = [threading.Thread(target=self.read, args=(service, done)) for _ in range(4)]
        connections = [service.connect() for _ in range(8)]
        for reader in readers:
            reader.start()
        try:
            for i in range(200):
                one, other = connections[i % 8], connections[(i + 1 + i // 8 % 7) % 8]
                path = PATH + "n%d" % i
                self.assertEqual(other.request("GET", path, bearer("patient-p1"), keep=True).status, 200)
                self.assertEqual(one.request("DELETE", path, bearer("operator"), keep=True).status, 200)
                self.assertEqual(other.request("GET", path, bearer("patient-p1"), keep=True).status, 404)
        finally:
            done.set()
            for reader in readers:
                reader.join()
            for connection in connections:
                connection.socket.close()

    def read(self, service, done):
        with service.connect() as connection:
            while not done.is_set():
                connection.request("GET", PATH + "d1", bearer("patient-p1"), keep=True)


if __name__ == "__main__":
    unittest.main()
