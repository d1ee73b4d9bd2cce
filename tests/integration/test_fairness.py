"""Nobody starves: of many kept connections that all ask as fast as they are answered, each gets its share."""

import resource
import selectors
import socket
import unittest

import harness
from harness import Play, Service, bearer, cgi_params, fcgi_begin, fcgi_params, fcgi_record

ROUNDS = 5  # answers of the connection that got the fewest
SHARE = 6   # times as many another one may have got by then
TRIES = 3
DESCRIPTORS = 1200


def can_hold_descriptors():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < DESCRIPTORS:
        return False
    if soft != resource.RLIM_INFINITY and soft < DESCRIPTORS:
        resource.setrlimit(resource.RLIMIT_NOFILE, (DESCRIPTORS, hard))
    return True


class Client:
    """A kept connection that asks again as soon as it has its answer."""

    def __init__(self, address, request):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(harness.DEADLINE)
        self.socket.connect(address)
        self.request, self.pending, self.answers, self.bad = request, b"", 0, 0
        self.ask()

    def ask(self):
        self.socket.sendall(self.request)

    def hear(self):
        part = self.socket.recv(65536)
        if not part:
            raise AssertionError("a kept connection was closed after %d answers" % self.answers)
        self.pending += part
        if not self.is_whole():
            return
        self.bad += b"Status: 200 " not in self.pending
        self.answers += 1
        self.pending = b""
        self.ask()

    def is_whole(self):
        at = 0
        while at + 8 <= len(self.pending):
            kind, length, padding = self.pending[at + 1], int.from_bytes(self.pending[at + 4:at + 6], "big"), self.pending[at + 6]
            at += 8 + length + padding
            if kind == harness.FCGI_END:
                return at <= len(self.pending)
        return False


@unittest.skipUnless(can_hold_descriptors(), "not enough descriptors here")
class Fairness(Play):

    def compete(self, count):
        """Where the machine gives one of the two workers no time, the other's clients get more: then once more."""
        service = Service(self, WEB_CONCURRENCY=2)
        service.wait_accepting(2)
        params = fcgi_params(cgi_params("GET", "/api/v1/documents/d1", bearer("patient-p1")))
        request = fcgi_begin(keep=True) + params + fcgi_record(harness.FCGI_STDIN)
        luckiest = []
        while not luckiest or (min(luckiest) > SHARE * ROUNDS and len(luckiest) < TRIES):
            luckiest.append(self.competition(service, request, count))
        self.assertLessEqual(min(luckiest), SHARE * ROUNDS, "the luckiest got so many each time, the unluckiest %d" % ROUNDS)

    def competition(self, service, request, count):
        """Answers of the luckiest, when the unluckiest has its ROUNDS."""
        clients = []
        with selectors.DefaultSelector() as selector:
            try:
                for _ in range(count):
                    clients.append(Client(service.socket_path, request))
                    selector.register(clients[-1].socket, selectors.EVENT_READ, clients[-1])
                while min(client.answers for client in clients) < ROUNDS:
                    ready = selector.select(harness.DEADLINE)
                    self.assertTrue(ready, "nobody was answered")
                    for key, _ in ready:
                        key.data.hear()
            finally:
                for client in clients:
                    client.socket.close()
        self.assertEqual(sum(client.bad for client in clients), 0)
        return max(client.answers for client in clients)

    def test_64_connections(self):
        self.compete(64)

    def test_256_connections(self):
        self.compete(256)

    def test_1024_connections(self):
        """As many as the socket's queue holds at once: newcomers have their turn, too, while others are kept."""
        self.compete(1024)
