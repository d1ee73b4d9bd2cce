"""The guards before the handler: who is calling, over what, with how much, and how often."""

import os
import secrets
import signal
import sqlite3
import unittest

import harness
import jose
from harness import bearer

SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "X-Frame-Options": "SAMEORIGIN",
    "X-Content-Type-Options": "nosniff",
    "Permissions-Policy": "browsing-topics=()",
}
ABSENT_HEADERS = ("X-XSS-Protection", "X-Download-Options", "Feature-Policy", "Document-Policy", "Set-Cookie",
                  "X-Powered-By")
HSTS = "max-age=31536000; includeSubDomains"
KEY = "a key of the log's pseudonyms in tests"
HTTPS = {"REQUEST_SCHEME": "https", "HTTPS": "on"}
PEER = "192.0.2.7"  # what harness.cgi_params says
DOCUMENT = "/api/v1/documents/d1"


class Guards(harness.SharedPlay):
    settings = {}

    @classmethod
    def raise_curtain(cls, stage):
        cls.service = harness.Service(stage, **cls.settings)

    def setUp(self):
        self.connection = self.service.connect()
        self.addCleanup(self.connection.socket.close)

    def ask(self, method="GET", path="/health", headers=None, **more):
        return self.connection.request(method, path, headers, keep=True, **more)

    def heard_of(self, headers=(), **more):
        """The answer, and the access line that tells of it."""
        trace_id, since = secrets.token_hex(16), self.service.log_size()
        headers = list(headers.items() if isinstance(headers, dict) else headers)
        answer = self.ask(headers=headers + [("Traceparent", "00-%s-%s-01" % (trace_id, "1" * 16))], **more)
        return answer, harness.wait_until(lambda: [
            event for event in self.service.events("http.access", since) if event["trace_id"] == trace_id],
                                          "its line")[0]

    def assertClient(self, address, headers, **more):
        answer, line = self.heard_of(headers, **more)
        self.assertEqual(line["client"], harness.pseudonym(KEY, "client", address))
        return answer


# --- 1 proxy ---------------------------------------------------------------------------------------------------

class OneHop(Guards):
    """In production, behind one proxy whose last word counts."""

    settings = {"ENV": "production", "LOG_PSEUDONYM_KEY": KEY, "ALLOWED_HOSTS": "documents.example.org"}

    def test_without_a_forwarded_header_the_peer_is_the_client(self):
        self.assertClient(PEER, {})

    def test_the_last_address_is_the_client(self):
        for value, client in {
                "198.51.100.9": "198.51.100.9",
                "203.0.113.1, 198.51.100.9": "198.51.100.9",
                "spoofed,203.0.113.1 ,\t198.51.100.9  ": "198.51.100.9",
                '"198.51.100.9"': "198.51.100.9",
                '203.0.113.1, "198.51.100.9"': "198.51.100.9",
                "198.51.100.9:4711": "198.51.100.9",
                "2001:DB8::1": "2001:db8::1",
                "2001:db8:0:0:0:0:0:1": "2001:db8::1",
                "[2001:db8::1]": "2001:db8::1",
                '"[2001:db8::1]:4711"': "2001:db8::1",
                "::ffff:198.51.100.9": "198.51.100.9"}.items():
            with self.subTest(value):
                self.assertClient(client, {"X-Forwarded-For": value})

    def test_what_is_no_address_leaves_the_peer(self):
        for value in ("", " ", ",", "198.51.100.9, ,", "198.51.100.9, ", "unknown", "_hidden", "198.51.100.999",
                      "localhost", "198.51.100.9 198.51.100.8", "198.51.100.9/24", "fe80::1%eth0",
                      "198.51.100.9:port", "1", "0x7f.1", "[198.51.100.9]", '"203.0.113.1, 198.51.100.9"',
                      '"198.51.100.9', "for=198.51.100.9"):
            with self.subTest(value):
                self.assertClient(PEER, {"X-Forwarded-For": value})

    def test_repeated_headers_are_one_list(self):
        self.assertClient("198.51.100.9", [("X-Forwarded-For", "203.0.113.1"), ("X-Forwarded-For", "198.51.100.9")])

    def test_other_headers_are_never_read(self):
        self.assertClient(PEER, {name: "198.51.100.9" for name in (
            "Forwarded", "X-Real-IP", "X-Client-IP", "True-Client-IP", "CF-Connecting-IP", "X-Forwarded", "Client-IP",
            "X-Cluster-Client-IP", "X-Original-Forwarded-For")})

    def test_the_last_scheme_counts(self):
        plain = {"Host": "documents.example.org"}
        for value, is_https in {"https": True, "http, https": True, "http": False, "https, http": False, "HTTPS": False,
                                "https:": False, "ftp": False, "https,": True, "https, ": False,
                                '"https"': True}.items():
            with self.subTest(value):
                answer = self.ask(path=DOCUMENT, headers={**plain, "X-Forwarded-Proto": value})
                self.assertEqual(answer.status, 401 if is_https else 302)
        for headers in ({"X-Forwarded-Ssl": "on"}, {"Front-End-Https": "on"}, {"X-Forwarded-Scheme": "https"},
                        {"X-Url-Scheme": "https"}, {"Forwarded": "proto=https"}, {"X-Forwarded-Port": "443"}):
            with self.subTest(headers):
                self.assertEqual(self.ask(path=DOCUMENT, headers={**plain, **headers}).status, 302)

    def test_the_last_host_counts(self):
        for value, status in {"documents.example.org": 401, "evil.example": 400,
                              "documents.example.org, evil.example": 400,
                              "evil.example, documents.example.org": 401, "documents.example.org:443": 401,
                              "documents.example.org/evil": 400, "a b": 400, "": 400}.items():
            with self.subTest(value):
                headers = {"X-Forwarded-Host": value} if value else {}
                self.assertEqual(self.ask(path=DOCUMENT, headers=headers, params=HTTPS).status, status)

    def test_a_prefix_comes_before_the_path(self):
        for value, prefix in {"/app": "/app", "/a/b": "/a/b", "/app/": "/app", "/x, /app": "/app", "/": "",
                              "app": "", "//evil.example": "", "/a//b": "", "/../x": "", "/a/./b": "", "/a\\b": "",
                              "https://evil.example": "", "/%0d%0a": "", "/a b": "", "/a?b": ""}.items():
            with self.subTest(value):
                answer = self.ask(path=DOCUMENT, headers={"Host": "documents.example.org", "X-Forwarded-Prefix": value})
                self.assertEqual((answer.status, answer.header("Location")),
                                 (302, "https://documents.example.org" + prefix + DOCUMENT))


class TwoHops(Guards):
    settings = {"ENV": "production", "LOG_PSEUDONYM_KEY": KEY, "TRUSTED_PROXY_HOPS": 2}

    def test_the_last_but_one_counts(self):
        for value, client in {
                "198.51.100.9, 10.0.0.1": "198.51.100.9",
                "203.0.113.1, 198.51.100.9, 10.0.0.1": "198.51.100.9",
                "198.51.100.9": PEER,
                "198.51.100.9,": PEER,
                "198.51.100.9, , 10.0.0.1": PEER,
                "unknown, 10.0.0.1": PEER}.items():
            with self.subTest(value):
                self.assertClient(client, {"X-Forwarded-For": value})

    def test_each_header_counts_by_itself(self):
        headers = {"X-Forwarded-For": "198.51.100.9, 10.0.0.1", "X-Forwarded-Proto": "https"}
        self.assertEqual(self.assertClient("198.51.100.9", headers, path=DOCUMENT).status, 403)
        headers["X-Forwarded-Proto"] = "https, http"
        self.assertEqual(self.assertClient("198.51.100.9", headers, path=DOCUMENT).status, 401)


class NoHops(Guards):
    settings = {"ENV": "production", "LOG_PSEUDONYM_KEY": KEY, "TRUSTED_PROXY_HOPS": 0,
                "ALLOWED_HOSTS": "documents.example.org"}

    def test_nothing_is_trusted(self):
        headers = {"Host": "documents.example.org", "X-Forwarded-For": "198.51.100.9", "X-Forwarded-Proto": "https",
                   "X-Forwarded-Host": "evil.example", "X-Forwarded-Prefix": "/evil"}
        self.assertClient(PEER, headers)
        answer = self.ask(path=DOCUMENT, headers=headers)
        self.assertEqual((answer.status, answer.header("Location")), (302, "https://documents.example.org" + DOCUMENT))
        self.assertEqual(self.ask(path=DOCUMENT, headers=headers, params=HTTPS).status, 401)


class KnownProxies(Guards):
    settings = {"ENV": "production", "LOG_PSEUDONYM_KEY": KEY, "TRUSTED_PROXIES": "192.0.2.0/24 2001:db8::/32"}

    def test_only_their_word_is_taken(self):
        for peer, is_known in {"192.0.2.1": True, "192.0.3.1": False, "2001:db8::5": True, "2001:db9::5": False,
                               "::ffff:192.0.2.1": True}.items():
            with self.subTest(peer):
                text = "192.0.2.1" if peer.startswith("::ffff") else peer
                self.assertClient("198.51.100.9" if is_known else text, {"X-Forwarded-For": "198.51.100.9"},
                                  params={"REMOTE_ADDR": peer})

    def test_a_unix_socket_is_not_trust(self):
        for peer in ("", "unix:", None):
            answer, line = self.heard_of({"X-Forwarded-For": "198.51.100.9", "X-Forwarded-Proto": "https"},
                                         path=DOCUMENT,
                                         params={"REMOTE_ADDR": peer})
            self.assertEqual(answer.status, 403)
            self.assertNotEqual(line.get("client"), harness.pseudonym(KEY, "client", "198.51.100.9"))


class Development(Guards):
    settings = {"ENV": "development", "LOG_PSEUDONYM_KEY": KEY}

    def test_no_forwarded_header_is_read(self):
        self.assertClient(PEER, {"X-Forwarded-For": "198.51.100.9", "X-Forwarded-Host": "a b"})

    def test_nothing_is_redirected_and_nothing_says_hsts(self):
        for params in ({}, HTTPS):
            answer = self.ask(path=DOCUMENT, headers=bearer("patient-p1"), params=params)
            self.assertEqual((answer.status, answer.header("Strict-Transport-Security")), (200, None))

    def test_the_frontend_of_the_template_may_call(self):
        answer = self.ask(headers={"Origin": "http://localhost:5173"})
        self.assertEqual(answer.header("Access-Control-Allow-Origin"), "http://localhost:5173")


# --- 2 transport, 5 CORS, and the header fields of every response ---------------------------------------------------

class Production(Guards):
    settings = {
        "ENV": "production", "ALLOWED_HOSTS": "documents.example.org API.example.org [2001:db8::1]",
        "FRONTEND_URL": "https://app.example.org https://admin.example.org:8443",
        "DOCUMENT_DELETE_RATE_LIMIT": "1 per day",
    }

    def ask(self, method="GET", path=DOCUMENT, headers=None, **more):
        if isinstance(headers, dict) or headers is None:
            headers = {"Host": "documents.example.org", **(headers or {})}
        return super().ask(method, path, headers, **more)

    def secure(self, *args, **more):
        return self.ask(*args, **{"params": HTTPS, **more})

    def test_get_and_head_are_sent_to_https(self):
        for method in ("GET", "HEAD"):
            answer = self.ask(method)
            self.assertEqual((answer.status, answer.body), (302, b""))
            self.assertEqual(answer.header("Location"), "https://documents.example.org" + DOCUMENT)

    def test_the_location_is_of_the_list_and_of_rfc_3986(self):
        for path, host, location in (
                ("/", "documents.example.org", "https://documents.example.org/"),
                (DOCUMENT, "DOCUMENTS.example.org", "https://documents.example.org" + DOCUMENT),
                (DOCUMENT, "documents.example.org:8080", "https://documents.example.org" + DOCUMENT),
                (DOCUMENT, "api.example.org", "https://api.example.org" + DOCUMENT),
                (DOCUMENT, "[2001:db8::1]:80", "https://[2001:db8::1]" + DOCUMENT),
                ("/nowhere", "api.example.org", "https://api.example.org/nowhere"),
                ("/a?b=c&d=%20", "api.example.org", "https://api.example.org/a?b=c&d=%20"),
                ("/a?", "api.example.org", "https://api.example.org/a?"),
                ('/a?q="<x>{|}\\^`', "api.example.org", "https://api.example.org/a?q=%22%3Cx%3E%7B%7C%7D%5C%5E%60"),
                ("/@evil.example/", "api.example.org", "https://api.example.org/@evil.example/"),
                ("//evil.example/", "api.example.org", "https://api.example.org//evil.example/")):
            with self.subTest(path=path, host=host):
                answer = self.ask(path=path, headers={"Host": host})
                self.assertEqual((answer.status, answer.header("Location")), (302, location))

    def test_what_cannot_be_sent_there_is_refused(self):
        for method in ("POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"):
            with self.subTest(method):
                self.assertError(self.ask(method), 403, "forbidden")
        for path in ("/a/../b", "/%00", "/%zz", "/a?b c", "/a?b=%z"):
            with self.subTest(path):
                self.assertError(self.ask(path=path), 403, "forbidden")

    def test_credentials_are_never_sent_on(self):
        for headers in (bearer("patient-p1"), {"Authorization": "x"}, {"Authorization": ""}, {"Cookie": "a=b"},
                        {"Authorization": "Basic eDp5"}):
            for method in ("GET", "HEAD"):
                with self.subTest(headers=str(headers)[:40], method=method):
                    answer = self.ask(method, headers=headers)
                    self.assertEqual((answer.status, answer.header("Location")), (403, None))

    def test_health_is_exempt_by_its_exact_path(self):
        self.assertEqual(self.ask(path="/health").status, 200)
        self.assertEqual(self.ask("HEAD", "/health").status, 200)
        self.assertEqual(self.ask(path="/health", headers=bearer("patient-p1")).status, 200)
        self.assertEqual(self.ask(path="/health?x=1").status, 200)
        self.assertEqual(self.ask(path="/health", headers={"Host": "10.0.0.1"}).status, 200,
                         "load balancers ask by address")
        for path in ("/health/", "/healthz", "/Health", "//health", "/health;x", "/x/health"):
            with self.subTest(path):
                self.assertEqual(self.ask(path=path).status, 302)

    def test_hosts(self):
        for host in ("evil.example", "documents.example.org.evil.example", "documents.example.org.",
                     "xdocuments.example.org", "documents.example.org@evil.example", "documents.example.org:port",
                     "documents.example.org:99999", "documents.example.org, evil.example",
                     "documents.example.org evil.example", "", " ", "/", "[::1", "[2001:db8::2]",
                     "documents.example.org/evil", "documents.example.org\\evil", "*", "\x01", "\xe9.example"):
            with self.subTest(host):
                self.assertError(self.secure(headers={"Host": host}), 400, "invalid_request")
                answer = self.ask(headers={"Host": host})
                self.assertEqual((answer.status, answer.header("Location")), (400, None))
        for host in ("documents.example.org", "Documents.Example.ORG:443", "api.example.org:8443", "[2001:DB8::1]"):
            with self.subTest(host):
                self.assertError(self.secure(headers={"Host": host}), 401, "unauthenticated")

    def test_no_host_and_two_hosts(self):
        self.assertError(self.secure(params={**HTTPS, "HTTP_HOST": None}), 400, "invalid_request")
        params = harness.cgi_params(path="/health") + [("HTTP_HOST", "documents.example.org")]
        self.connection.send(harness.fcgi_begin(keep=True) + harness.fcgi_params(params)
                             + harness.fcgi_record(harness.FCGI_STDIN))
        self.assertError(self.connection.answer(), 400, "invalid_request")

    def test_an_origin_of_the_list_may_call(self):
        for origin in ("https://app.example.org", "https://admin.example.org:8443"):
            for status, answer in ((200, self.secure(path="/health", headers={"Origin": origin})),
                                   (401, self.secure(headers={"Origin": origin})),
                                   (404, self.secure(path="/nowhere", headers={"Origin": origin})),
                                   (400, self.secure(path="/%00", headers={"Origin": origin})),
                                   (200, self.secure(headers={"Origin": origin, **bearer("patient-p1")}))):
                with self.subTest(origin=origin, status=status):
                    self.assertEqual(answer.status, status)
                    self.assertEqual(answer.header("Access-Control-Allow-Origin"), origin)
                    self.assertEqual(answer.header("Access-Control-Allow-Credentials"), "true")
                    self.assertEqual(answer.header("Vary"), "Origin")

    def test_another_origin_may_not(self):
        for origin in (None, "", "null", "*", "https://evil.example", "http://app.example.org",
                       "https://app.example.org/", "https://app.example.org.evil.example",
                       "https://app.example.org:443", "https://APP.example.org", "https://xapp.example.org",
                       "https://admin.example.org", "app.example.org",
                       "https://app.example.org, https://evil.example",
                       "https://app.example.org https://evil.example"):
            for method, path in (("GET", "/health"), ("GET", DOCUMENT), ("OPTIONS", DOCUMENT)):
                with self.subTest(origin=origin, method=method):
                    headers = {"Access-Control-Request-Method": "GET"}
                    answer = self.secure(method, path, {**headers, **({} if origin is None else {"Origin": origin})})
                    self.assertEqual([k for k, _ in answer.headers if k.lower().startswith("access-control-")], [])
                    self.assertEqual(answer.header("Vary"), "Origin")
        twice = [("Host", "documents.example.org")] + [("Origin", "https://app.example.org")] * 2
        self.assertIsNone(self.secure(headers=twice).header("Access-Control-Allow-Origin"))

    def test_a_preflight(self):
        answer = self.secure("OPTIONS", headers={
            "Origin": "https://app.example.org", "Access-Control-Request-Method": "DELETE",
            "Access-Control-Request-Headers": "authorization, x-evil"})
        self.assertEqual((answer.status, answer.body), (200, b""))
        self.assertEqual(answer.header("Access-Control-Allow-Origin"), "https://app.example.org")
        self.assertEqual(answer.header("Access-Control-Allow-Credentials"), "true")
        self.assertEqual(answer.header("Access-Control-Max-Age"), "86400")
        self.assertEqual(set(answer.header("Access-Control-Allow-Methods").split(", ")),
                         {"GET", "HEAD", "DELETE", "OPTIONS"})
        allowed = answer.header("Access-Control-Allow-Headers").lower().split(", ")
        self.assertIn("authorization", allowed)
        self.assertNotIn("x-evil", allowed)
        self.assertNotIn("*", repr(answer.headers))

    def test_a_preflight_needs_no_token_and_finds_nothing_out(self):
        headers = {"Origin": "https://app.example.org", "Access-Control-Request-Method": "GET"}
        there, gone = (self.secure("OPTIONS", "/api/v1/documents/" + d, headers) for d in ("d1", "d9"))
        self.assertEqual((there.status, there.headers), (gone.status, gone.headers))
        self.assertError(self.secure("OPTIONS", "/nowhere", headers), 404, "not_found")

    def test_every_kind_of_response_carries_the_security_headers(self):
        operator = bearer("operator")
        deletion = "/api/v1/documents/d9"
        rows = (
            (200, False, self.secure(path="/health")),
            (200, False, self.ask(path="/health")),
            (200, False, self.secure("HEAD", "/health")),
            (200, False, self.secure("OPTIONS", "/health")),
            (200, True, self.secure(headers=operator)),
            (200, True, self.secure("OPTIONS")),
            (302, None, self.ask()),
            (400, None, self.secure(path="/%00")),
            (400, None, self.secure(headers={"Host": "a b"})),
            (400, None, self.secure(params={**HTTPS, "CONTENT_LENGTH": "x"})),
            (401, True, self.secure()),
            (403, True, self.secure(headers=bearer("patient-p2"))),
            (403, None, self.ask("POST")),
            (404, True, self.secure(path=deletion, headers=operator)),
            (404, None, self.secure(path="/nowhere")),
            (405, True, self.secure("PUT")),
            (405, False, self.secure("BREW", "/health")),
            (413, None, self.secure(params={**HTTPS, "CONTENT_LENGTH": "16385"})),
            (414, None, self.secure(path="/" + "x" * 5000)),
            (404, True, self.secure("DELETE", deletion, operator)),
            (429, True, self.secure("DELETE", deletion, operator)),
        )
        with self.service.connect() as connection:
            rows += ((431, None, connection.request(headers={"X-%d" % i: "x" for i in range(300)})),)
        for status, is_private, answer in rows:
            with self.subTest(status=status):
                self.assertEqual(answer.status, status)
                for name, value in SECURITY_HEADERS.items():
                    self.assertEqual(answer.header(name), value)
                for name in ABSENT_HEADERS + ("Server",):
                    self.assertIsNone(answer.header(name))
                if is_private is not None:
                    self.assertEqual(answer.header("Cache-Control"), "no-store" if is_private else None)

    def test_hsts_in_production_over_https_alone(self):
        for path in ("/health", DOCUMENT, "/nowhere"):
            self.assertEqual(self.secure(path=path).header("Strict-Transport-Security"), HSTS)
            self.assertIsNone(self.ask(path=path).header("Strict-Transport-Security"))


class Undecided(Guards):
    """In production with nothing that would help a client: no list of hosts, no frontend."""

    settings = {"ENV": "production"}

    def test_without_a_list_nothing_is_redirected(self):
        answer = self.ask(path=DOCUMENT, headers={"Host": "documents.example.org"})
        self.assertError(answer, 403, "forbidden")
        self.assertIsNone(answer.header("Location"))
        self.assertEqual(self.ask(path=DOCUMENT, params=HTTPS, headers={"Host": "any.example"}).status, 401)

    def test_without_a_frontend_there_is_no_cors(self):
        for origin in ("http://localhost:5173", "https://app.example.org"):
            answer = self.ask("OPTIONS", "/health", {"Origin": origin, "Access-Control-Request-Method": "GET"})
            self.assertEqual([k for k, _ in answer.headers if k.lower().startswith("access-control-")], [])


class Staging(Guards):
    settings = {"ENV": "staging", "ALLOWED_HOSTS": "documents.example.org"}

    def test_https_is_enforced_and_hsts_is_not_said(self):
        host = {"Host": "documents.example.org"}
        self.assertEqual(self.ask(path=DOCUMENT, headers=host).status, 302)
        answer = self.ask(path=DOCUMENT, headers=host, params=HTTPS)
        self.assertEqual((answer.status, answer.header("Strict-Transport-Security")), (401, None))


class ErrorsOfNginx(harness.SharedPlay):
    """What nginx itself answers reads like the service's answers."""

    @classmethod
    @harness.needs("nginx")
    def raise_curtain(cls, stage):
        cls.service = harness.Service(stage)
        cls.nginx = harness.Nginx(stage, "unix:" + cls.service.socket_path)

    def raw(self, data):
        reply = harness.http_raw(self.nginx.port, data)
        head, _, body = reply.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        return harness.Answer(int(lines[0].split()[1]), [tuple(line.split(": ", 1)) for line in lines[1:]], body)

    def assertOurs(self, answer, status, code):
        self.assertError(answer, status, code)
        self.assertEqual(answer.header("Cache-Control"), "no-store")
        for name, value in SECURITY_HEADERS.items():
            self.assertEqual(answer.header(name), value)
        self.assertEqual(answer.header("Server"), "nginx", "no version")

    def test_its_refusals(self):
        for name, data, status, code in (
                ("no HTTP", b"mArKeR\r\n\r\n", 400, "invalid_request"),
                ("no host", b"GET /mArKeR HTTP/1.1\r\n\r\n", 400, "invalid_request"),
                ("two hosts", b"GET / HTTP/1.1\r\nHost: a\r\nHost: mArKeR\r\n\r\n", 400, "invalid_request"),
                ("a length that is none", b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: mArKeR\r\n\r\n", 400,
                 "invalid_request"),
                ("a long header", b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"mArKeR" * 6000 + b"\r\n\r\n", 400,
                 "invalid_request"),
                ("a long target", b"GET /" + b"mArKeR" * 6000 + b" HTTP/1.1\r\nHost: a\r\n\r\n", 414,
                 "invalid_request"),
                ("TRACE", b"TRACE /mArKeR HTTP/1.1\r\nHost: a\r\n\r\n", 405, "method_not_allowed")):
            with self.subTest(name):
                answer = self.raw(data)
                self.assertOurs(answer, status, code)
                self.assertEqual(answer.header("Allow") is not None, status == 405)
                self.assertNotIn("marker", (repr(answer.headers) + repr(answer.body)).lower())

    def test_a_body_that_it_does_not_take(self):
        answer = self.nginx.request("PUT", "/health", [("Content-Length", "99999999")])
        self.assertOurs(answer, 413, "payload_too_large")

    def test_version_and_address_of_nobody_in_any_answer(self):
        for path in ("/health", "/nowhere", DOCUMENT):
            self.assertNotRegex(repr(self.nginx.request("GET", path).headers), r"nginx/|OpenSSL|postern")

    def test_a_service_that_is_not_there(self):
        alone = harness.Nginx(self.stage, "unix:" + self.stage.path("nowhere.sock"), name="alone")
        self.assertOurs(alone.request("GET", "/health"), 503, "service_unavailable")


@harness.needs("nginx")
class WordOfNginx(harness.SharedPlay):
    """What the shipped parameters tell a service of a client that would like to tell it something else."""

    @classmethod
    def raise_curtain(cls, stage):
        cls.listener = harness.Listener(stage)
        cls.addClassCleanup(cls.listener.close)
        cls.nginx = harness.Nginx(stage, "unix:" + cls.listener.socket_path)

    def told(self, headers, path="/a%2fb?c=d"):
        """name -> values, as they arrived."""
        self.assertEqual(self.nginx.request("GET", path, headers).status, 204)
        told = {}
        for name, value in self.listener.requests[-1]:
            told.setdefault(name, []).append(value)
        return told

    def test_the_forwarded_headers_are_its_own(self):
        lie = "203.0.113.1, 203.0.113.2"
        for headers, last_addresses in (
                ([], "127.0.0.1"),
                ([("X-Forwarded-For", lie)], lie + ", 127.0.0.1"),
                ([("x-forwarded-for", "203.0.113.1"), ("X-FORWARDED-FOR", "203.0.113.2")], lie + ", 127.0.0.1")):
            lies = [(name, value) for name, value in (
                ("X-Forwarded-Proto", "https"), ("X-Forwarded-Host", "evil.example"), ("X-Forwarded-Prefix", "/evil"),
                ("Proxy", "http://evil.example")) for _ in range(2)]
            with self.subTest(headers):
                told = self.told(headers + lies)
                self.assertEqual(told["HTTP_X_FORWARDED_FOR"], [last_addresses])
                self.assertEqual(told["HTTP_X_FORWARDED_PROTO"], ["http"])
                self.assertEqual(told["HTTP_X_FORWARDED_HOST"], ["127.0.0.1:%d" % self.nginx.port])
                # An empty value of an HTTP_ parameter hides the client's field and is not sent itself.
                self.assertNotIn("HTTP_X_FORWARDED_PREFIX", told)
                self.assertNotIn("HTTP_PROXY", told)

    def test_the_rest_is_its_own_too(self):
        told = self.told([("Remote-Addr", "203.0.113.1"), ("Https", "on"), ("Request-Scheme", "https"),
                          ("Request-Method", "DELETE"), ("Request-Uri", "/evil")])
        for name, value in {"REMOTE_ADDR": "127.0.0.1", "REQUEST_SCHEME": "http", "REQUEST_METHOD": "GET",
                            "REQUEST_URI": "/a%2fb?c=d", "GATEWAY_INTERFACE": "CGI/1.1"}.items():
            self.assertEqual(told[name], [value])
        self.assertNotIn("HTTPS", told)

    def test_a_basic_header_makes_nobody_a_user(self):
        told = self.told({"Authorization": "Basic b3BlcmF0b3I6eA=="})
        self.assertEqual(set(told) & {"REMOTE_USER", "AUTH_TYPE", "REMOTE_IDENT"}, set())

    def test_an_underscore_is_no_hyphen(self):
        told = self.told({"X_Forwarded_Proto": "https", "X_Forwarded_For": "203.0.113.1", "X_Active_Actor": "x"})
        self.assertEqual(told["HTTP_X_FORWARDED_PROTO"], ["http"])
        self.assertEqual(told["HTTP_X_FORWARDED_FOR"], ["127.0.0.1"])
        self.assertNotIn("HTTP_X_ACTIVE_ACTOR", told)


# --- 3 payload -------------------------------------------------------------------------------------------------

class Payload(Guards):
    CAP = 1000
    settings = {"MAX_CONTENT_LENGTH": CAP}

    def test_to_the_cap_and_no_further_everywhere(self):
        for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"):
            for path in ("/health", "/api/v1/documents/d9", "/api/v1/documents/d9/summary", "/nowhere", "/%00"):
                for params in ({}, {"CONTENT_LENGTH": None}, {"CONTENT_LENGTH": ""}):
                    with self.subTest(method=method, path=path, params=params):
                        without = self.ask(method, path, bearer("operator")).status
                        at_cap = self.ask(method, path, bearer("operator"), body=b"x" * self.CAP, params=params)
                        self.assertEqual(at_cap.status, without)
                        above = self.ask(method, path, bearer("operator"), body=b"x" * (self.CAP + 1), params=params)
                        self.assertEqual(above.status, 413)
                        self.assertEqual(above.body, b"" if method == "HEAD" else b'{"error":"payload_too_large"}')

    def test_a_declared_length_is_enough_to_refuse(self):
        for length in (self.CAP + 1, 4294967296, 9999999999):
            with self.subTest(length):
                with self.service.connect() as connection:
                    answer = connection.request(params={"CONTENT_LENGTH": str(length)}, keep=True)
                self.assertError(answer, 413, "payload_too_large")

    def test_lengths_that_lie(self):
        for declared, sent in ((10, 9), (10, 0), (10, 11), (10, 20), (0, 1), (1, 0), (self.CAP, self.CAP - 1),
                               (self.CAP, self.CAP + 1), (10, self.CAP + 1), (10, 100000)):
            with self.subTest(declared=declared, sent=sent):
                since = self.service.log_size()
                with self.service.connect() as connection:
                    answer = connection.request("POST", body=b"x" * sent, params={"CONTENT_LENGTH": str(declared)})
                self.assertError(answer, 400, "invalid_request")
                word = "shorter_than_declared" if sent < declared else "longer_than_declared"
                self.assertEqual([e["reason"] for e in self.service.events("payload.refused", since)], [word])

    def test_lengths_that_are_none(self):
        for text in ("x", "-1", "+5", "5 ", " 5", "5\t", "0x5", "1e1", "5.0", "5,5", "99999999999", "00000000005",
                     "\xb5"):
            with self.subTest(text):
                self.assertError(self.ask(body=b"x" * 5, params={"CONTENT_LENGTH": text}), 400, "invalid_request")
        self.assertEqual(self.ask(body=b"x" * 5, params={"CONTENT_LENGTH": "0000000005"}).status, 200)

    def test_two_lengths(self):
        headers = [("Content-Length", "5"), ("Content-Length", "5")]
        self.assertError(self.ask(headers=headers, body=b"x" * 5), 400, "invalid_request")

    def test_a_large_body_is_answered_all_the_same(self):
        """It may cost the connection, for nobody reads it to its end; never the answer, and never the next request."""
        for size in (40000, 3000000):
            with self.service.connect() as connection:
                answer = connection.request("POST", DOCUMENT, bearer("operator"), body=b"x" * size, keep=True)
                self.assertError(answer, 413, "payload_too_large")
                try:
                    self.assertEqual(connection.request(keep=True).status, 200)
                except (EOFError, BrokenPipeError, ConnectionResetError):
                    self.assertTrue(connection.is_closed())
            self.assertEqual(self.ask().status, 200)

    def test_a_refused_body_is_told_by_a_word(self):
        since = self.service.log_size()
        self.ask("POST", body=b"mArKeR" * 1000)
        events = self.service.events("payload.refused", since)
        self.assertEqual([(e["reason"], e["method"], e["level"]) for e in events], [("too_large", "POST", "warning")])

    @harness.needs("nginx")
    def test_through_nginx(self):
        nginx = harness.Nginx(self.stage, "unix:" + self.service.socket_path)
        connection = harness.http.client.HTTPConnection("127.0.0.1", nginx.port, timeout=harness.DEADLINE)
        self.addCleanup(connection.close)
        for size, status in ((0, 200), (1, 200), (self.CAP, 200), (self.CAP + 1, 413), (2000000, 413), (self.CAP, 200)):
            with self.subTest(size=size):
                answer = harness.http_on(connection, "GET", "/health", body=b"x" * size)
                self.assertEqual(answer.status, status)
        for size, status in ((1, 200), (self.CAP, 200), (self.CAP + 1, 413), (self.CAP * 50, 413)):
            with self.subTest(chunked=size):
                chunks = b"".join(b"%x\r\n%s\r\n" % (len(c), c) for c in (b"x" * 300,) * (size // 300)
                                  + (b"x" * (size % 300),) if c) + b"0\r\n\r\n"
                reply = harness.http_raw(nginx.port, b"GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                                         b"Transfer-Encoding: chunked\r\n\r\n" + chunks, half_close=False)
                self.assertEqual(int(reply.split()[1]), status)


class DefaultPayload(Guards):
    def test_the_cap_is_16384(self):
        self.assertEqual(self.ask(body=b"x" * 16384).status, 200)
        self.assertEqual(self.ask(body=b"x" * 16385).status, 413)


# --- 4 route ---------------------------------------------------------------------------------------------------

class Paths(Guards):
    """Whoever may do everything still reaches a handler by its plain path alone."""

    def status(self, path, **more):
        return self.ask("GET", path, bearer("operator"), **more).status

    def test_paths_that_mean_a_document(self):
        for path in (DOCUMENT, DOCUMENT + "?x=/../", "/api/v1/documents/%64%31", "/%61pi/v1/documents/d1",
                     DOCUMENT + "?", "http://localhost" + DOCUMENT, "HTTP://LOCALHOST" + DOCUMENT):
            with self.subTest(path):
                self.assertEqual(self.status(path), 200)

    def test_paths_that_mean_nothing_or_two_things(self):
        base = "/api/v1/documents/"
        for path in (
                "/api/v1/documents%2Fd1", "/api/v1/documents%2fd1", base + "d1%2Fsummary", base + "d1%5Csummary",
                base + "d1\\summary", base + "d1%5c..", base + "%00", base + "d1%00", base + "d1%00.json",
                "/%00/health", base + "../documents/d1", base + "./d1", base + "d1/.", base + "d1/..", "/health/..",
                "/../health", "/./health", base + "%2e%2e/documents/d1", base + "%2E/d1", base + ".%2e/x",
                base + "%2e%2e%2fx", base + "%zz", base + "%", base + "%4", base + "d1%", base + "%u0064",
                base + "%c0%af", base + "%c0%ae%c0%ae", base + "%e0%80%af", base + "%f0%80%80%af", base + "%c1%81",
                base + "%ed%a0%80", base + "%f4%90%80%80", base + "%ff", base + "\xff", base + "d1%0d%0aX: y",
                base + "d1%0a", base + "d1%7f", base + "d1\x7f", base + "d1 ", base + "d1%09", base + "d1#x",
                base + "d1?a b", base + "d1?#", "health", "*", "http://evil.example" + DOCUMENT,
                "http://localhost@evil.example" + DOCUMENT, "http:/health", "ftp://localhost/health", "javascript:1"):
            with self.subTest(path):
                self.assertError(self.ask("GET", path, bearer("operator")), 400, "invalid_request")

    def test_paths_that_are_not_there(self):
        base = "/api/v1/documents/"
        for path in (
                "//api/v1/documents/d1", "/api//v1/documents/d1", base + "/d1", base + "d1/", base + "d1//summary",
                base, "/api", base[:-1], base + "d1;x=1", base + "d1;/summary", base + "d1/summary;x",
                base + "d1,d2", base + "%252e%252e", base + "%25%32%66", base + "d%2531", base + "%2564%2531",
                base + "%3b", base + "%20", base + "d1%20", base + "%C3%A9", base + "d1*", base + "d1'",
                base + "d1%22", base + "d1+", base + "(d1)", base + "d" * 129, base + "d1/summary/more",
                "/API/v1/documents/d1", "/api/v1/documents/d1/Summary", "/health/", "/Health", "/health;",
                "/health%20", "/", "/.well-known", "/.git/config", "/index.php", "/" + "/".join("abcdefgh")):
            with self.subTest(path):
                self.assertError(self.ask("GET", path, bearer("operator")), 404, "not_found")

    def test_paths_that_are_too_long(self):
        for path in ("/" + "x" * 4096, "/a" * 33, DOCUMENT + "/" * 40, "/" + "%41" * 2000):
            with self.subTest(path[:20]):
                self.assertError(self.ask("GET", path, bearer("operator")), 414, "invalid_request")

    def test_without_a_target(self):
        """A front that says the path decoded (CGI's SCRIPT_NAME and PATH_INFO) says it once."""
        for params, status in (
                ({"PATH_INFO": DOCUMENT}, 200), ({"SCRIPT_NAME": DOCUMENT}, 200),
                ({"SCRIPT_NAME": "/app", "PATH_INFO": DOCUMENT}, 200),
                ({"PATH_INFO": "/api/v1/documents/%64%31"}, 404),
                ({"PATH_INFO": "/api/v1/documents/../documents/d1"}, 400),
                ({"PATH_INFO": "/api/v1/documents/d1\x01"}, 400), ({"PATH_INFO": "api"}, 400), ({}, 400)):
            with self.subTest(params):
                for uri in (None, ""):
                    self.assertEqual(self.status("/", params={"REQUEST_URI": uri, **params}), status)

    def test_below_a_mount_point(self):
        for uri, script, info, status in (("/app" + DOCUMENT, "/app", DOCUMENT, 200),
                                          (DOCUMENT, "/other", DOCUMENT, 200),
                                          ("/app" + DOCUMENT, "/ap", "p" + DOCUMENT, 404),
                                          ("/app/health", "", "", 404)):
            with self.subTest(uri=uri, script=script):
                self.assertEqual(self.status("/", params={"REQUEST_URI": uri, "SCRIPT_NAME": script,
                                                          "PATH_INFO": info}), status)

    def test_no_error_says_what_was_sent(self):
        marker = "mArKeR"
        headers = {"Host": marker + ".example", "X-" + marker: marker, "Cookie": marker, "Origin": "https://" + marker,
                   "User-Agent": marker, "Accept": marker, "Referer": marker, "X-Active-Actor": marker,
                   "Access-Control-Request-Headers": marker, "Access-Control-Request-Method": marker,
                   "Traceparent": marker}
        for status, request in (
                (400, {"path": "/%00" + marker}), (400, {"path": "/" + marker, "headers": {**headers,
                                                                                           "Host": marker + "/"}}),
                (400, {"path": marker}), (401, {"path": "/api/v1/documents/" + marker}),
                (401, {"path": DOCUMENT, "headers": {**headers, "Authorization": "Bearer " + marker}}),
                (403, {"path": DOCUMENT, "headers": {**headers, **jose.bearer(jose.token(jose.claims(
                    sub=marker, actors=[marker], role=marker, principal_type=marker)))}}),
                (404, {"path": "/" + marker}), (405, {"method": marker}), (405, {"method": marker, "path": DOCUMENT}),
                (413, {"body": marker.encode() * 5000}),
                (200, {"method": "OPTIONS", "path": "/api/v1/documents/" + marker}),
                (200, {"path": "/health?" + marker}), (414, {"path": "/" + marker * 1000})):
            with self.subTest(status=status, request=str(request)[:60]):
                answer = self.ask(**{"headers": headers, **request})
                self.assertEqual(answer.status, status)
                self.assertNotIn(marker.lower(), (repr(answer.headers) + repr(answer.body)).lower())


# --- 6 limit ---------------------------------------------------------------------------------------------------

class Limits(harness.Play):
    """A budget is one client's on one route, whichever worker answers, and nothing that a client says renews it."""

    def spend(self, service, amount, path=DOCUMENT, window=60, **more):
        with service.connect() as connection:
            statuses = [connection.request(path=path, keep=True, **more).status for _ in range(amount)]
            self.assertNotIn(429, statuses)
            self.assertLimited(connection.request(path=path, keep=True, **more), window)

    def assertLimited(self, answer, window=60):
        self.assertError(answer, 429, "rate_limit_exceeded")
        self.assertRegex(answer.header("Retry-After"), r"^[1-9][0-9]*$")
        self.assertLessEqual(int(answer.header("Retry-After")), window)

    def test_the_budget_is_exact(self):
        service = harness.Service(self, DOCUMENT_READ_RATE_LIMIT="5 per minute", WEB_CONCURRENCY=3)
        with service.connect() as connection:
            statuses = [connection.request(path=DOCUMENT, headers=bearer("patient-p1"),
                                           keep=True).status for _ in range(8)]
        self.assertEqual(statuses, [200] * 5 + [429] * 3)
        self.assertEqual(service.request().status, 200, "another route")
        self.assertEqual(service.request(path=DOCUMENT, params={"REMOTE_ADDR": "192.0.2.8"}).status, 401,
                         "another client")
        self.assertEqual(service.request("DELETE", "/api/v1/documents/d9", bearer("operator")).status, 404,
                         "another limit")
        events = service.events("rate_limit.exceeded")
        self.assertEqual([(e["reason"], e["level"], e["route"]) for e in events],
                         [("route", "warning", "/api/v1/documents/{document_id}")] * 3)

    def test_each_limit_is_its_own_setting(self):
        service = harness.Service(self, HEALTH_RATE_LIMIT="2 per hour", DOCUMENT_DELETE_RATE_LIMIT="1 per day")
        with service.connect() as connection:
            self.assertEqual([connection.request(keep=True).status for _ in range(3)], [200, 200, 429])
            self.assertLimited(connection.request(keep=True), 3600)
            deletions = [connection.request("DELETE", "/api/v1/documents/d9", bearer("operator"),
                                            keep=True) for _ in range(2)]
            self.assertEqual([answer.status for answer in deletions], [404, 429])
            self.assertLimited(deletions[1], 86400)

    def test_a_refused_token_costs_too(self):
        service = harness.Service(self, DOCUMENT_READ_RATE_LIMIT="3 per minute")
        self.spend(service, 3, headers={"Authorization": "Bearer x"})
        self.assertLimited(service.request(path=DOCUMENT, headers=bearer("patient-p1")))

    def test_nothing_that_a_client_says_renews_it(self):
        service = harness.Service(self, ENV="production", DOCUMENT_READ_RATE_LIMIT="3 per hour", WEB_CONCURRENCY=2)
        client = "198.51.100.9"

        def ask(path=DOCUMENT, forwarded=client, headers=(), method="GET", **params):
            return service.request(method, path, {"X-Forwarded-For": forwarded, "X-Forwarded-Proto": "https",
                                                  **dict(headers)},
                                   params=params)

        self.assertEqual([ask().status for _ in range(3)], [401] * 3)
        for name, answer in {
                "as before": ask(),
                "HEAD": ask(method="HEAD"),
                "an address in front": ask(forwarded="203.0.113.1, " + client),
                "another address in front": ask(forwarded="203.0.113.2, 203.0.113.3," + client),
                "a port": ask(forwarded=client + ":4711"),
                "mapped to IPv6": ask(forwarded="::ffff:" + client),
                "mapped to IPv6, in hexadecimal": ask(forwarded="::ffff:c633:6409"),
                "other headers": ask(headers={"Forwarded": "for=203.0.113.1", "X-Real-IP": "203.0.113.1"}),
                "another host": ask(headers={"Host": "other.example"}),
                "a forwarded host": ask(headers={"X-Forwarded-Host": "other.example"}),
                "a prefix": ask(headers={"X-Forwarded-Prefix": "/other"}),
                "a query": ask(DOCUMENT + "?x=1"),
                "another document": ask("/api/v1/documents/d2"),
                "none": ask("/api/v1/documents/nothing"),
                "another spelling": ask("/%61pi/v1/documents/%64%31"),
                "a token": ask(headers=bearer("patient-p1")),
                "another token": ask(headers=bearer("operator")),
                "another user agent": ask(headers={"User-Agent": "x", "Cookie": "x=y", "Origin": "https://x.example"}),
                "another peer in front": ask(REMOTE_ADDR="192.0.2.99")}.items():
            with self.subTest(name):
                self.assertEqual((answer.status, answer.header("Retry-After") is not None), (429, True))
        self.assertEqual(ask(forwarded=client + ", 203.0.113.1").status, 401, "who comes last is the client")

    def test_a_network_of_ipv6_is_one_client(self):
        service = harness.Service(self, DOCUMENT_READ_RATE_LIMIT="2 per minute")
        for address, status in (("2001:db8:1:2::1", 401), ("2001:db8:1:2:ffff::", 401), ("2001:DB8:1:2::3", 429),
                                ("2001:db8:1:3::1", 401)):
            with self.subTest(address):
                self.assertEqual(service.request(path=DOCUMENT, params={"REMOTE_ADDR": address}).status, status)

    def test_many_at_once_never_pass_together(self):
        service = harness.Service(self, HEALTH_RATE_LIMIT="25 per minute", WEB_CONCURRENCY=4)
        connections = [service.connect() for _ in range(60)]
        for connection in connections:
            self.addCleanup(connection.socket.close)
            connection.send(harness.fcgi_begin() + harness.fcgi_params(harness.cgi_params()))
        for connection in connections:
            connection.send(harness.fcgi_record(harness.FCGI_STDIN))
        statuses = [connection.answer().status for connection in connections]
        self.assertEqual((statuses.count(200), statuses.count(429)), (25, 35))
        self.assertGreater(len(service.workers()), 1)

    def test_a_window_ends(self):
        service = harness.Service(self, HEALTH_RATE_LIMIT="2 per second")
        with service.connect() as connection:
            def passes():
                answer = connection.request(keep=True)
                if answer.status == 429:
                    self.assertLimited(answer, 1)
                return answer.status == 200

            for _ in range(2):
                harness.wait_until(lambda: not passes(), "the budget to be spent", 5)
                harness.wait_until(passes, "the window to end", 5)

    def hits(self, name="documents"):
        """What the ledger has saved."""
        with harness.contextlib.closing(sqlite3.connect("file:%s?mode=ro" % self.path(name + "-limits.db"),
                                                        uri=True)) as db:
            try:
                return db.execute("SELECT max(hits) FROM counters").fetchone()[0]
            except sqlite3.OperationalError:  # the ledger is writing
                return None

    def test_a_spent_budget_survives_a_restart(self):
        settings = {"DOCUMENT_READ_RATE_LIMIT": "3 per hour"}
        service = harness.Service(self, **settings)
        self.spend(service, 3, window=3600)
        self.assertEqual(service.stop(), 0)
        again = harness.Service(self, **settings)
        self.assertEqual(again.events("rate_limit.restored")[0]["entries"], 1)
        self.assertLimited(again.request(path=DOCUMENT), 3600)
        self.assertEqual(again.request(path=DOCUMENT, params={"REMOTE_ADDR": "192.0.2.8"}).status, 401)

    def test_and_a_kill_of_everything_once_it_is_saved(self):
        settings = {"DOCUMENT_READ_RATE_LIMIT": "3 per hour"}
        service = harness.Service(self, **settings)
        self.spend(service, 3, window=3600)
        harness.wait_until(lambda: self.hits() == 3, "the ledger to save")
        everybody = harness.children_of(service.pid)
        os.killpg(service.pid, signal.SIGKILL)
        service.wait()
        harness.wait_until(lambda: not any(map(harness.process_is_alive, everybody)), "all to be gone, with what they lock")
        again = harness.Service(self, **settings)
        self.assertLimited(again.request(path=DOCUMENT), 3600)

    def test_a_table_without_room_refuses_new_clients_and_forgets_nobody(self):
        service = harness.Service(self, HEALTH_RATE_LIMIT="3 per hour", RATE_LIMIT_TABLE_ENTRIES=1024,
                                  RATE_LIMIT_STORAGE_URI="memory://")
        with service.connect() as connection:
            def ask(number):
                address = "10.0.%d.%d" % divmod(number, 256)
                return connection.request(params={"REMOTE_ADDR": address}, keep=True).status

            statuses = [ask(number) for number in range(2500)]
            self.assertEqual(set(statuses), {200, 429})
            self.assertLessEqual(statuses.count(200), 1024)
            self.assertGreater(statuses.count(200), 512)
            self.assertEqual([ask(0) for _ in range(3)], [200, 200, 429])
        self.assertEqual(len(service.events("rate_limit.table_full")), statuses.count(429))

    def test_without_its_store_the_service_does_not_start(self):
        settings = harness.settings_for(self)
        self.assertEqual(harness.run_documents(self, settings, "seed").returncode, 0)
        garbage = self.path("garbage.db")
        with open(garbage, "w") as f:
            f.write("this is no database\n" * 100)
        foreign = self.path("foreign.db")
        with sqlite3.connect(foreign) as db:
            db.execute("CREATE TABLE counters (mine)")
        db.close()
        os.mkdir(self.path("folder"))
        os.mkfifo(self.path("pipe"))
        if harness.IS_ROOT:
            for path in (garbage, foreign, self.path("folder"), self.path("pipe")):
                harness.shutil.chown(path, harness.serving_user())
        for name, path in {"a text": garbage, "another database": foreign, "no folder": self.path("nowhere/limits.db"),
                           "a folder": self.path("folder"), "a pipe": self.path("pipe")}.items():
            with self.subTest(name):
                content = open(path, "rb").read() if os.path.isfile(path) else None
                done = harness.run_documents(self, {**settings, "RATE_LIMIT_STORAGE_URI": "sqlite://" + path})
                self.assertEqual(done.returncode, 78)
                self.assertIn("RATE_LIMIT_STORAGE_URI", done.stderr)
                self.assertNotIn(self.folder, done.stderr + done.stdout)
                self.assertIn('"service.start_failed"', done.stdout)
                if content is not None:
                    self.assertEqual(open(path, "rb").read(), content, "it was changed")

    def test_without_its_store_a_cgi_process_refuses(self):
        """A process per request counts in the database itself; where that fails nothing passes."""
        running = harness.Service(self)  # holds the lock on its own counters
        broken = self.path("broken.db")
        with open(broken, "w") as f:
            f.write("this is no database\n" * 100)
        os.chmod(broken, 0o666)
        for name, path in {"a broken file": broken, "another service's": self.path("documents-limits.db")}.items():
            for target in ("/health", DOCUMENT):
                with self.subTest(name, target=target):
                    settings = {**running.settings, "RATE_LIMIT_STORAGE_URI": "sqlite://" + path}
                    done = harness.run_documents(self, {**settings, **dict(harness.cgi_params(
                        path=target, headers=bearer("operator")))})
                    answer = harness.parse_cgi(done.stdout.replace("\n", "\r\n").replace("\r\r", "\r").encode())
                    self.assertError(answer, 503, "service_unavailable")


if __name__ == "__main__":
    unittest.main()
