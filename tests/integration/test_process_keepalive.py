"""Kept connections pin nobody: a worker holds many, and whoever asks on one of them is answered soon."""

import contextlib
import fcntl
import http.client
import os
import struct
import termios
import threading

import harness
from harness import FCGI_STDIN, Play, Service, bearer, fcgi_begin, fcgi_params, fcgi_record, http_on, wait_until

D1 = "/api/v1/documents/d1"
CLIENTS = 64
WHOLE = fcgi_begin(keep=True) + fcgi_params(harness.cgi_params()) + fcgi_record(FCGI_STDIN)


def sockets_of(pid):
    """How many sockets a process holds."""
    count = 0
    for fd in os.listdir("/proc/%d/fd" % pid):
        with contextlib.suppress(FileNotFoundError):
            count += os.readlink("/proc/%d/fd/%s" % (pid, fd)).startswith("socket:")
    return count


def unread_by_peer(connection):
    """Bytes that were sent on a unix socket and not yet taken by the other side (SIOCOUTQ)."""
    return struct.unpack("i", fcntl.ioctl(connection, termios.TIOCOUTQ, b"\0" * 4))[0]


class Kept(Play):

    def setUp(self):
        super().setUp()
        self.stack = contextlib.ExitStack()
        self.addCleanup(self.stack.close)

    def connect(self, service):
        """Whoever waited for another's idle connection would wait for ever."""
        return self.stack.enter_context(service.connect())

    def assertAnswers(self, connection, keep=True):
        self.assertEqual(connection.request(keep=keep).json(), {"status": "ok"})

    def test_one_connection_brings_many_requests(self):
        service = Service(self)
        connection = self.connect(service)
        for _ in range(50):
            self.assertAnswers(connection)
        self.assertEqual(connection.request("GET", D1, bearer("patient-p1"), keep=True).status, 200)
        self.assertEqual(connection.request("GET", D1, keep=True).status, 401)
        self.assertAnswers(connection, keep=False)
        self.assertTrue(connection.is_closed())

    def test_all_idle_then_each_in_turn(self):
        service = Service(self)
        connections = [self.connect(service) for _ in range(CLIENTS)]
        for connection in connections:
            self.assertAnswers(connection)
        for _ in range(2):
            for connection in connections:
                self.assertAnswers(connection)
        self.assertAnswers(self.connect(service), keep=False)

    def test_more_connections_than_a_worker_has_answers_for(self):
        service = Service(self, WEB_CONCURRENCY=1)
        connections = [self.connect(service) for _ in range(300)]
        for connection in reversed(connections):
            self.assertAnswers(connection)
        for connection in connections:
            connection.send(WHOLE)
        for connection in connections:
            self.assertEqual(connection.answer().status, 200)

    def test_the_workers_share_them(self):
        service = Service(self)
        bare = {pid: sockets_of(pid) for pid in service.wait_accepting(2)}

        def shares():
            connections = []
            for _ in range(CLIENTS):
                connections.append(self.connect(service))
                self.assertAnswers(connections[-1])
            held = [sockets_of(pid) - bare[pid] for pid in service.workers()]
            self.assertEqual(sum(held), CLIENTS)
            for connection in connections:
                connection.socket.close()
            wait_until(lambda: sum(sockets_of(pid) for pid in service.workers()) == sum(bare.values()), "the closes to be seen")
            return held

        # Where the machine gives a worker no time for the milliseconds of its turn, the other may take what is there.
        wait_until(lambda: min(shares()) > CLIENTS // 8, "a fair share for each worker")

    def test_a_slow_request_delays_nobody(self):
        service = Service(self, WEB_CONCURRENCY=1)
        slow = [self.connect(service) for _ in range(8)]
        for i, connection in enumerate(slow):
            connection.send(WHOLE[:4 + 11 * i])
        kept = self.connect(service)
        for _ in range(20):
            self.assertAnswers(kept)
            self.assertAnswers(self.connect(service), keep=False)
        for i, connection in enumerate(slow):
            connection.send(WHOLE[4 + 11 * i:])
            self.assertEqual(connection.answer().status, 200)

    def test_byte_by_byte(self):
        service = Service(self, WEB_CONCURRENCY=1)
        slow, other = self.connect(service), self.connect(service)
        for i in range(len(WHOLE)):
            slow.send(WHOLE[i:i + 1])
            if i % 16 == 0:
                self.assertAnswers(other)
        self.assertEqual(slow.answer().status, 200)

    def test_a_body_that_comes_slowly_is_waited_for_and_nobody_waits_for_it(self):
        service = Service(self, WEB_CONCURRENCY=1)
        body = b'{"a":1}'
        params = harness.cgi_params("POST", "/health", {"Content-Type": "application/json"}, body)
        slow, other = self.connect(service), self.connect(service)
        slow.send(fcgi_begin(keep=True) + fcgi_params(params) + fcgi_record(FCGI_STDIN, body[:3]))
        self.assertAnswers(other)
        slow.send(fcgi_record(FCGI_STDIN, body[3:]) + fcgi_record(FCGI_STDIN))
        self.assertError(slow.answer(), 405, "method_not_allowed")
        self.assertAnswers(slow)

    def test_a_request_that_does_not_become_whole_is_given_up(self):
        service = Service(self, WEB_CONCURRENCY=1, REQUEST_READ_TIMEOUT=1)
        slow, kept = self.connect(service), self.connect(service)
        self.assertAnswers(kept)
        self.assertAnswers(slow)
        slow.send(WHOLE[:50])
        aborted = service.wait_event("http.aborted")[0]
        self.assertEqual(aborted["reason"], "timeout")
        self.assertGreaterEqual(aborted["duration_us"], 1000000)
        self.assertTrue(slow.is_closed())
        self.assertAnswers(kept)
        self.assertEqual(len(service.events("worker.started")), 1)

    def test_a_client_that_does_not_read_delays_nobody_for_long(self):
        service = Service(self, WEB_CONCURRENCY=1, REQUEST_READ_TIMEOUT=1)
        deaf, other = self.connect(service), self.connect(service)
        # Sooner or later no answer fits into its buffer any more, and the worker's write waits, with an end.
        with self.assertRaises((BrokenPipeError, ConnectionResetError)):
            for _ in range(5000):
                deaf.send(WHOLE)
                # One after the other: a second request behind the first would be refused
                wait_until(lambda: unread_by_peer(deaf.socket) == 0, "the request to be taken")
                self.assertAnswers(other)
        slowest = max(event["duration_us"] for event in service.events("http.access"))
        self.assertGreaterEqual(slowest, 900000)
        self.assertEqual(len(service.events("worker.started")), 1)

    def test_who_hangs_up_is_forgotten(self):
        service = Service(self, WEB_CONCURRENCY=1)
        bare = sockets_of(service.wait_accepting(1)[0])
        for length in (0, 5, 30, len(WHOLE) - 1, len(WHOLE)):
            with service.connect() as connection:
                connection.send(WHOLE[:length])
        self.assertAnswers(self.connect(service))
        wait_until(lambda: sockets_of(service.workers()[0]) == bare + 1, "the connections to be closed")
        self.assertEqual(len(service.events("worker.started")), 1)


@harness.needs("nginx")
class BehindNginx(Play):
    """`fastcgi_keep_conn on; keepalive 64` in front of two workers."""

    def test_64_clients_are_all_served(self):
        service = Service(self)
        nginx = harness.Nginx(self, "unix:" + service.socket_path, keepalive=CLIENTS)
        barrier = threading.Barrier(CLIENTS)
        connections, wrong = [None] * CLIENTS, []

        def ask(i):
            connection = http.client.HTTPConnection("127.0.0.1", nginx.port, timeout=harness.DEADLINE)
            connections[i] = connection
            try:
                connection.connect()
                for _ in range(5):
                    barrier.wait(harness.DEADLINE)
                    answer = http_on(connection, "GET", D1, bearer("patient-p1"))
                    if answer.status != 200:
                        wrong.append(answer)
            except Exception as error:
                wrong.append(error)
                barrier.abort()

        bearer("patient-p1")
        threads = [threading.Thread(target=ask, args=(i,)) for i in range(CLIENTS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(wrong, [])
        # All idle now, with a kept connection each; whoever asks is answered.
        for connection in connections:
            self.assertEqual(http_on(connection, "GET", "/health").status, 200)
        self.assertEqual(harness.http_request(nginx.port, "GET", "/health").status, 200)
        for connection in connections:
            connection.close()
        self.assertEqual(len(service.events("worker.started")), 2)
