"""FastCGI in the raw: whatever arrives, the worker answers by the protocol, closes in time, and serves the next."""

import select
import socket
import struct
import time
import unittest

import harness
from harness import (FCGI_ABORT, FCGI_END, FCGI_GET_VALUES, FCGI_GET_VALUES_RESULT, FCGI_PARAMS, FCGI_STDIN,
                     FCGI_UNKNOWN_TYPE, bearer, cgi_params, fcgi_begin, fcgi_pair, fcgi_params,
                     fcgi_record)

REQUEST_COMPLETE, CANT_MPX_CONN, UNKNOWN_ROLE = 0, 1, 3  # FastCGI 1.0 section 5.5


def health(request_id=1, keep=False, **more):
    """The bytes of a whole request."""
    body = more.get("body") or b""
    return (fcgi_begin(request_id, keep=keep) + fcgi_params(cgi_params(**more), request_id)
            + (fcgi_record(FCGI_STDIN, body, request_id) if body else b"") + fcgi_record(FCGI_STDIN, b"", request_id))


def pairs(content):
    """Name-value pairs of lengths below 128."""
    found = {}
    while content:
        name_len, value_len = content[0], content[1]
        found[content[2:2 + name_len].decode()] = content[2 + name_len:2 + name_len + value_len].decode()
        content = content[2 + name_len + value_len:]
    return found


class Gateway(harness.SharedPlay):
    """One worker: nobody else could answer in its place. After each test it is still the same one, and serves."""

    settings = {"WEB_CONCURRENCY": 1}

    @classmethod
    def raise_curtain(cls, stage):
        cls.service = harness.Service(stage, **cls.settings)
        cls.workers = cls.service.workers()

    def tearDown(self):
        self.assertEqual(self.service.request().status, 200)
        self.assertEqual(self.service.events("worker.died"), [])
        self.assertEqual(self.service.workers(), self.workers)
        super().tearDown()

    def connect(self):
        connection = self.service.connect()
        self.addCleanup(connection.socket.close)
        return connection

    def send(self, data):
        connection = self.connect()
        try:
            connection.send(data)
        except BrokenPipeError:
            pass  # refused before it was all sent; what was answered can still be read
        return connection

    def assertRefused(self, data):
        """Closed without a word to the front, with one to the log."""
        before = len(self.service.events("gateway.protocol_refused"))
        self.assertTrue(self.send(data).is_closed())
        self.service.wait_event("gateway.protocol_refused", before + 1)

    def assertServes(self, connection, keep=True):
        self.assertEqual(connection.request(keep=keep).body, b'{"status":"ok"}')


class Protocol(Gateway):
    def test_a_request(self):
        connection = self.send(health())
        self.assertEqual(connection.answer().body, b'{"status":"ok"}')
        self.assertEqual(connection.end, (0, REQUEST_COMPLETE))
        self.assertTrue(connection.is_closed())

    def test_a_connection_is_kept_when_asked(self):
        connection = self.connect()
        for number in range(1, 101):
            self.assertEqual(connection.request(keep=True, request_id=number).status, 200)
        self.assertServes(connection, keep=False)
        self.assertTrue(connection.is_closed())

    def test_any_request_id_will_do(self):
        for request_id in (1, 255, 256, 65535):
            self.assertEqual(self.connect().request(request_id=request_id).status, 200)

    def test_a_request_byte_by_byte(self):
        connection = self.connect()
        connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        for byte in health(method="GET", path="/api/v1/documents/d1", headers=bearer("operator")):
            connection.send(bytes([byte]))
        self.assertEqual(connection.answer().status, 200)

    def test_parameters_split_anywhere(self):
        data = b"".join(fcgi_pair(k, v) for k, v in cgi_params())
        for size in (1, 2, 3, 7):
            records = b"".join(fcgi_record(FCGI_PARAMS, data[i:i + size]) for i in range(0, len(data), size))
            connection = self.send(fcgi_begin() + records + fcgi_record(FCGI_PARAMS) + fcgi_record(FCGI_STDIN))
            self.assertEqual(connection.answer().status, 200)

    def test_padding_anywhere(self):
        data = b"".join(fcgi_pair(k, v) for k, v in cgi_params(body=b"x" * 40))
        for padding in (1, 7, 8, 255):
            request = b"".join((
                fcgi_record(harness.FCGI_BEGIN, struct.pack("!HB5x", 1, 1), padding=padding),
                fcgi_record(FCGI_PARAMS, data, padding=padding), fcgi_record(FCGI_PARAMS, padding=padding),
                fcgi_record(FCGI_STDIN, b"x" * 40, padding=padding), fcgi_record(FCGI_STDIN, padding=padding)))
            connection = self.send(request)
            self.assertEqual(connection.answer().status, 200)
            self.assertServes(connection)

    def test_lengths_of_four_bytes_for_short_texts(self):
        data = b"".join(struct.pack("!II", len(k) | 0x80000000, len(v) | 0x80000000) + k.encode() + v.encode()
                        for k, v in cgi_params())
        connection = self.send(fcgi_begin() + fcgi_record(FCGI_PARAMS, data) + fcgi_record(FCGI_PARAMS)
                               + fcgi_record(FCGI_STDIN))
        self.assertEqual(connection.answer().status, 200)

    def test_what_a_front_may_ask(self):
        connection = self.connect()
        names = ("FCGI_MAX_CONNS", "FCGI_MAX_REQS", "FCGI_MPXS_CONNS", "FCGI_WHATEVER")
        connection.send(fcgi_record(FCGI_GET_VALUES, b"".join(fcgi_pair(n, "") for n in names), 0))
        kind, request_id, content = connection.record()
        self.assertEqual((kind, request_id), (FCGI_GET_VALUES_RESULT, 0))
        self.assertEqual(set(pairs(content)), set(names[:3]))
        self.assertEqual(pairs(content)["FCGI_MPXS_CONNS"], "0")
        self.assertServes(connection)

    def test_a_name_asked_for_a_thousand_times(self):
        connection = self.send(fcgi_record(FCGI_GET_VALUES, fcgi_pair("FCGI_MPXS_CONNS", "") * 1000, 0))
        self.assertEqual(pairs(connection.record()[2]), {"FCGI_MPXS_CONNS": "0"})
        self.assertServes(connection)

    def test_an_unknown_management_record(self):
        for kind in (10, 12, 100, 255):
            connection = self.send(fcgi_record(kind, b"whatever", 0))
            self.assertEqual(connection.record(), (FCGI_UNKNOWN_TYPE, 0, bytes([kind]) + bytes(7)))
            self.assertServes(connection)

    def test_an_unknown_role(self):
        for role in (0, 2, 3, 256, 65535):
            connection = self.send(fcgi_begin(role=role, keep=True) + fcgi_params(cgi_params()))
            self.assertEqual(connection.record(), (FCGI_END, 1, struct.pack("!IB3x", 0, UNKNOWN_ROLE)))
            self.assertTrue(connection.is_closed())

    def test_a_second_request_before_the_first_is_whole(self):
        connection = self.send(fcgi_begin(1, keep=True) + fcgi_begin(2, keep=True))
        self.assertEqual(connection.record(), (FCGI_END, 2, struct.pack("!IB3x", 0, CANT_MPX_CONN)))
        self.assertTrue(connection.is_closed())

    def test_two_whole_requests_at_once(self):
        """No front server does it. Whatever the outcome, no answer is another request's."""
        connection = self.send(health(1, keep=True) + health(2, keep=True, path="/nowhere"))
        kind, request_id, content = connection.record()
        if kind == FCGI_END:
            self.assertEqual((request_id, content[4]), (2, CANT_MPX_CONN))
        else:
            self.assertEqual(request_id, 1)

    def test_an_aborted_request(self):
        for part in (b"", fcgi_params(cgi_params()), fcgi_record(FCGI_PARAMS, fcgi_pair("A", "b"))):
            connection = self.send(fcgi_begin(keep=True) + part + fcgi_record(FCGI_ABORT))
            self.assertEqual(connection.record(), (FCGI_END, 1, struct.pack("!IB3x", 0, REQUEST_COMPLETE)))
            self.assertServes(connection)

    def test_an_aborted_body(self):
        for declared in (100, 16000):
            head = fcgi_begin() + fcgi_params(cgi_params("POST", params={"CONTENT_LENGTH": str(declared)}))
            connection = self.send(head + fcgi_record(FCGI_STDIN, b"x" * 50) + fcgi_record(FCGI_ABORT))
            self.assertEqual(connection.record()[0], FCGI_END)
            self.assertTrue(connection.is_closed())

    def test_a_body_in_many_pieces(self):
        body = b"x" * 16384
        records = b"".join(fcgi_record(FCGI_STDIN, body[i:i + 97], padding=3) for i in range(0, len(body), 97))
        connection = self.send(fcgi_begin(keep=True) + fcgi_params(cgi_params("POST", body=body)) + records
                               + fcgi_record(FCGI_STDIN))
        self.assertEqual(connection.answer().status, 405)
        self.assertServes(connection)


    def test_a_body_that_nobody_read_costs_no_request(self):
        """The front may send its next request as soon as it has the answer to the last one."""
        connection = self.connect()
        for size in range(16385, 32768, 700):
            with self.subTest(size=size):
                answer = connection.request(body=b"x" * size, keep=True)
                self.assertError(answer, 413, "payload_too_large")
                self.assertServes(connection)


class Refusals(Gateway):
    def test_another_version(self):
        for version in (0, 2, 255):
            self.assertRefused(fcgi_record(harness.FCGI_BEGIN, struct.pack("!HB5x", 1, 0), version=version))
        self.assertRefused(fcgi_begin() + fcgi_record(FCGI_PARAMS, b"", version=2))

    def test_what_is_no_fastcgi(self):
        for data in (b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", b"\x16\x03\x01\x02\x00", b"\0" * 64, b"\xff" * 4096,
                     b"PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n"):
            with self.subTest(data[:10]):
                self.assertRefused(data)

    def test_records_out_of_order(self):
        params = fcgi_params(cgi_params())
        for name, data in {
                "parameters before a request": params,
                "a body before a request": fcgi_record(FCGI_STDIN, b"x"),
                "a body before the parameters' end": fcgi_begin() + fcgi_record(FCGI_STDIN, b"x"),
                "parameters after their end": fcgi_begin() + params + params,
                "an end of what never began": fcgi_record(FCGI_END, bytes(8)),
                "an abort of what never began": fcgi_record(FCGI_ABORT),
                "parameters of another request": fcgi_begin(1) + fcgi_params(cgi_params(), 2),
                "the same request again": fcgi_begin() + fcgi_begin(),
                "output": fcgi_begin() + fcgi_record(harness.FCGI_STDOUT, b"x"),
                "data": fcgi_begin() + params + fcgi_record(8, b"x"),
                "a type that is none": fcgi_begin() + fcgi_record(200, b"x"),
                "management in between": fcgi_begin() + fcgi_record(FCGI_GET_VALUES, b"", 0),
                "the null request": fcgi_begin(0),
                "a short begin": fcgi_record(harness.FCGI_BEGIN, bytes(7)),
                "a long begin": fcgi_record(harness.FCGI_BEGIN, bytes(9)),
                "a name without its value": fcgi_begin() + fcgi_record(FCGI_PARAMS, b"\x05") + fcgi_record(FCGI_PARAMS),
                "a value cut short": fcgi_begin() + fcgi_record(FCGI_PARAMS, b"\x01\x05Ab") + fcgi_record(FCGI_PARAMS),
                "an abort with content": fcgi_begin() + fcgi_record(FCGI_ABORT, b"x"),
                "values cut short": fcgi_record(FCGI_GET_VALUES, b"\x05\x05abc", 0),
        }.items():
            with self.subTest(name):
                self.assertRefused(data)

    def test_too_many_parameters(self):
        params = cgi_params() + [("HTTP_X_%d" % i, "x") for i in range(300)]
        answer = self.send(fcgi_begin() + fcgi_params(params) + fcgi_record(FCGI_STDIN)).answer()
        self.assertError(answer, 431, "invalid_request")

    def test_too_much_of_parameters(self):
        for params in ([("HTTP_X", "x" * 70 * 1024)], [("HTTP_X_%d" % i, "x" * 1024) for i in range(70)],
                       [("N" * 70 * 1024, "")]):
            answer = self.send(fcgi_begin() + fcgi_params(cgi_params() + params) + fcgi_record(FCGI_STDIN)).answer()
            self.assertError(answer, 431, "invalid_request")

    def test_a_length_that_promises_two_gigabytes(self):
        for lengths in (struct.pack("!II", 0xffffffff, 0xffffffff), struct.pack("!BI", 1, 0xffffffff),
                        struct.pack("!IB", 0xffffffff, 1), struct.pack("!BI", 1, 0x80010000)):
            answer = self.send(fcgi_begin() + fcgi_record(FCGI_PARAMS, lengths + b"A")).answer()
            self.assertError(answer, 431, "invalid_request")

    def test_a_parameter_that_is_no_text(self):
        for pair in (b"\x00\x01x", b"\x03\x01A=B1", b"\x02\x01A\x001", b"\x01\x03Aa\x00b"):
            with self.subTest(pair):
                data = b"".join(fcgi_pair(k, v) for k, v in cgi_params()) + pair
                connection = self.send(fcgi_begin() + fcgi_record(FCGI_PARAMS, data) + fcgi_record(FCGI_PARAMS)
                                       + fcgi_record(FCGI_STDIN))
                self.assertError(connection.answer(), 400, "invalid_request")

    def test_no_parameters_at_all(self):
        connection = self.send(fcgi_begin() + fcgi_record(FCGI_PARAMS) + fcgi_record(FCGI_STDIN))
        self.assertError(connection.answer(), 400, "invalid_request")

    def test_the_largest_request_that_is_one(self):
        present = cgi_params(headers=bearer("operator"))
        used = sum(len(k) + len(v) for k, v in present)
        filler = [("HTTP_X_%04d" % i, "x" * 100) for i in range(256 - len(present) - 1)]
        used += sum(len(k) + len(v) for k, v in filler)
        last = [("HTTP_Y", "y" * (64 * 1024 - used - 6))]
        for params, status in ((present + filler + last, 200), (present + filler + [("HTTP_Y", last[0][1] + "y")], 431),
                               (present + filler + last[:0] + [("HTTP_Y", ""), ("HTTP_Z", "")], 431)):
            answer = self.send(fcgi_begin() + fcgi_params(params) + fcgi_record(FCGI_STDIN)).answer()
            self.assertEqual(answer.status, status)

    def test_the_end_anywhere(self):
        data = health(path="/api/v1/documents/d1", headers={"Authorization": "Bearer x"}, body=b"x" * 20)
        for length in list(range(0, len(data), 5)) + list(range(len(data) - 30, len(data))):
            connection = self.connect()
            connection.send(data[:length])
            connection.socket.close()

    def test_a_reset_anywhere(self):
        data = health()
        for length in range(0, len(data), 40):
            connection = self.connect()
            connection.send(data[:length])
            connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            connection.socket.close()

    def test_a_front_that_goes_before_the_answer(self):
        for _ in range(20):
            self.send(health(headers=bearer("operator"), path="/api/v1/documents/d1")).socket.close()

    def test_bytes_behind_the_request(self):
        for tail in (b"garbage garbage garbage", fcgi_record(FCGI_STDIN, b"more")):
            connection = self.send(health(keep=True) + tail)
            try:
                self.assertEqual(connection.answer().status, 200)
            except (EOFError, ConnectionResetError):
                pass  # refused as a whole: as good


class Patience(Gateway):
    """REQUEST_READ_TIMEOUT is how long a front may take; nobody else waits for it."""

    settings = {"WEB_CONCURRENCY": 1, "REQUEST_READ_TIMEOUT": 1}

    def assertGivenUp(self, connections, since):
        """Others are served meanwhile; these are closed in time; the log tells of each."""
        before = len(self.service.events("http.aborted"))
        served_meanwhile = 0
        for _ in range(20):
            self.assertEqual(self.service.request().status, 200)
            served_meanwhile += not select.select([c.socket for c in connections], [], [], 0)[0]
        self.assertGreater(served_meanwhile, 0, "others had to wait until the first of these was closed")
        for connection in connections:
            self.assertTrue(connection.is_closed())
        self.assertGreaterEqual(time.monotonic() - since, 0.9)
        for event in self.service.wait_event("http.aborted", before + len(connections))[before:]:
            self.assertEqual((event["reason"], event["level"]), ("timeout", "warning"))
            self.assertGreaterEqual(event["duration_us"], 1000000)

    def test_a_request_that_stalls(self):
        request = fcgi_begin() + fcgi_params(cgi_params("POST", body=b"x" * 100))
        since = time.monotonic()
        self.assertGivenUp([self.send(data) for data in (
            request[:3], request[:16], request[:60], request,
            request + fcgi_record(FCGI_STDIN, b"x" * 50),
            health(keep=True) + b"\1",  # one request, and the beginning of another before the answer
            fcgi_record(FCGI_GET_VALUES, bytes(50), 0)[:20])], since)

    def test_many_that_stall_at_once(self):
        since = time.monotonic()
        self.assertGivenUp([self.send(health()[:20 + i]) for i in range(50)], since)

    def test_an_idle_connection_is_no_stalled_request(self):
        connection = self.connect()
        self.assertServes(connection)
        stalled = self.send(health()[:30])
        self.assertTrue(stalled.is_closed())
        self.assertServes(connection)

    def test_a_long_body_that_stalls(self):
        """Longer than what is waited for in the socket: it costs the worker, but no longer than the deadline."""
        service = harness.Service(self.stage, "long", WEB_CONCURRENCY=2, REQUEST_READ_TIMEOUT=1,
                                  MAX_CONTENT_LENGTH=1000000)
        with service.connect() as connection:
            since = time.monotonic()
            connection.send(fcgi_begin() + fcgi_params(cgi_params("POST", params={"CONTENT_LENGTH": "100000"}))
                            + fcgi_record(FCGI_STDIN, b"x" * 50000))
            self.assertEqual(service.request().status, 200)
            self.assertError(connection.answer(), 400, "invalid_request")
            self.assertLess(time.monotonic() - since, 10)
        self.assertEqual(service.wait_event("http.aborted")[0]["reason"], "body")
        self.assertEqual(service.request().status, 200)
        self.assertEqual(service.events("worker.died"), [])
        self.assertEqual(service.stop(), 0)


@harness.needs("nginx")
class BehindNginx(harness.Play):
    """The front's client gets our answer to what is no request for us, however much body is still on its way."""

    SIZES = (None, 100, 100000, 1000000, 15000000)  # up to what is thrown away
    MANY = [("X-%d" % i, "x") for i in range(300)]  # nginx itself refuses what is too long in one piece

    def ask_all(self, nginx, path, headers, status):
        for size in self.SIZES:
            for _ in range(4):
                answer = nginx.request("POST" if size else "GET", path, headers, b"x" * size if size else None)
                with self.subTest(size=size, keepalive=bool(nginx.keepalive)):
                    self.assertError(answer, status, "invalid_request")
                    self.assertEqual(answer.header("X-Content-Type-Options"), "nosniff")

    def check(self, listen, upstream):
        service = harness.Service(self, WEB_CONCURRENCY=1, LISTEN=listen)
        for keepalive in (64, 0):
            nginx = harness.Nginx(self, upstream, name="nginx-%d" % keepalive, keepalive=keepalive, server_lines="""
                large_client_header_buffers 16 32k;
                location /bad {
                    include postern-params.conf;
                    fastcgi_param "A=B" c;
                    fastcgi_pass service;
                }""")
            nginx.keepalive = keepalive
            self.ask_all(nginx, "/health", self.MANY, 431)
            self.ask_all(nginx, "/bad", {}, 400)
            self.assertEqual(nginx.request("GET", "/health").status, 200)
        self.assertEqual(len(service.events("worker.started")), 1)
        self.assertFalse(service.events("http.aborted"), "nginx hangs up when it has the answer")
        self.assertEqual(service.stop(), 0)

    def test_refusals_over_a_unix_socket(self):
        path = self.path("documents.sock")
        self.check("unix:" + path, "unix:" + path)

    def test_refusals_over_tcp(self):
        port = harness.free_port()
        self.check("127.0.0.1:%d" % port, "127.0.0.1:%d" % port)


class OverTcp(harness.Play):
    def test_the_same_over_tcp(self):
        port = harness.free_port()
        service = harness.Service(self, LISTEN="127.0.0.1:%d" % port)
        with harness.FastCGI(("127.0.0.1", port)) as connection:
            for _ in range(3):
                self.assertEqual(connection.request(keep=True).body, b'{"status":"ok"}')
        with harness.FastCGI(("127.0.0.1", port)) as connection:
            connection.send(b"garbage")
            self.assertTrue(connection.is_closed())
        self.assertEqual(service.events("worker.died"), [])


if __name__ == "__main__":
    unittest.main()
