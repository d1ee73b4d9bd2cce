"""Real web servers in front of the service, FastCGI: nginx, lighttpd and Apache httpd with the files of contrib/."""

import concurrent.futures
import os
import signal

import fronts
import harness
from harness import Play, Service, SharedPlay, bearer, children_of, http_on, process_is_alive, wait_until

D1, D2 = "/api/v1/documents/d1", "/api/v1/documents/d2"
SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "X-Frame-Options": "SAMEORIGIN",
    "X-Content-Type-Options": "nosniff",
    "Permissions-Policy": "browsing-topics=()",
}


class Asks:
    """What is asked of every front; `prefix` is where the service is mounted."""

    prefix, many = "", 80
    in_chunks = None  # other statuses for bodies without a length

    def ask(self, method, path, headers=None, body=None):
        return self.front.request(method, self.prefix + path, headers, body)

    def assertGuarded(self, answer):
        self.assertEqual({name: answer.header(name) for name in SECURITY_HEADERS}, SECURITY_HEADERS)

    def test_health(self):
        answer = self.ask("GET", "/health")
        self.assertEqual((answer.status, answer.json()), (200, {"status": "ok"}))
        self.assertEqual(answer.header("Content-Type"), "application/json")
        self.assertGuarded(answer)

    def test_the_server_has_no_version(self):
        for path in ("/health", "/nothing/here", "/%00"):
            self.assertNotRegex(self.ask("GET", path).header("Server") or "", "[0-9]")

    def test_head(self):
        answer = self.ask("HEAD", "/health")
        self.assertEqual((answer.status, answer.body), (200, b""))

    def test_a_document(self):
        answer = self.ask("GET", D1, bearer("patient-p1"))
        self.assertEqual(answer.json(), {"document_id": "d1", "title": "Care plan for p1", "clinic_id": "clinic-a"})
        self.assertEqual(answer.header("Cache-Control"), "no-store")
        answer = self.ask("GET", D1 + "/summary?full=1", bearer("clinician-a"))
        self.assertEqual(answer.json()["summary"], "Stable condition; next review in 14 days.")

    def test_an_escape_that_means_the_same(self):
        self.assertEqual(self.ask("GET", "/api/v1/documents/%64%31", bearer("patient-p1")).status, 200)

    def test_without_a_token(self):
        answer = self.ask("GET", D1)
        self.assertError(answer, 401, "unauthenticated")
        self.assertEqual(answer.header("WWW-Authenticate"), "Bearer")
        self.assertGuarded(answer)

    def test_two_tokens(self):
        pairs = list(bearer("patient-p1").items()) * 2
        answer = self.ask("GET", D1, pairs)
        self.assertIn(answer.status, (400, 401))

    def test_a_foreign_document(self):
        self.assertError(self.ask("GET", D1, bearer("patient-p2")), 403, "forbidden")

    def test_what_is_not_there(self):
        self.assertError(self.ask("GET", "/nothing/here"), 404, "not_found")
        self.assertError(self.ask("GET", "/api/v1/documents/d9", bearer("operator")), 404, "not_found")

    def test_a_method_that_is_not_offered(self):
        answer = self.ask("PUT", D1, body=b"")
        self.assertError(answer, 405, "method_not_allowed")
        self.assertEqual(set(answer.header("Allow").replace(" ", "").split(",")), {"GET", "HEAD", "DELETE", "OPTIONS"})

    def test_a_body_and_the_next_request_on_the_connection(self):
        connection = self.front.connect()
        for _ in range(3):
            answer = http_on(connection, "POST", self.prefix + "/health", {"Content-Type": "application/json"}, b'{"a":1}')
            self.assertError(answer, 405, "method_not_allowed")
            self.assertEqual(http_on(connection, "GET", self.prefix + "/health").status, 200)
        connection.close()

    def test_a_body_in_chunks(self):
        for body, status in ((b"7\r\n{\"a\":1}\r\n0\r\n\r\n", 405), (b"5000\r\n" + b"x" * 0x5000 + b"\r\n0\r\n\r\n", 413)):
            answer = self.ask("POST", "/health", {"Content-Type": "application/json", "Transfer-Encoding": "chunked"}, body)
            self.assertIn(answer.status, self.in_chunks or (status, 411))

    def test_a_body_at_the_limit_and_beyond(self):
        headers = {"Content-Type": "application/json"}
        self.assertEqual(self.ask("POST", "/health", headers, b"x" * 16384).status, 405)
        self.assertError(self.ask("POST", "/health", headers, b"x" * 16385), 413, "payload_too_large")
        self.assertError(self.ask("POST", "/health", headers, b"x" * 200000), 413, "payload_too_large")

    def test_the_requests_after_one_that_was_answered_early(self):
        """The front may stop sending a body that was refused; its kept connection must not be left in the middle."""
        for size in (16385, 100000, 400000, 3000000):
            answer = self.ask("POST", "/health", {"Content-Type": "application/json"}, b"x" * size)
            self.assertEqual(answer.status, 413)
            self.assertEqual([self.ask("GET", "/health").status for _ in range(4)], [200] * 4, size)

    def test_delete(self):
        answer = self.ask("DELETE", D2, bearer("admin"))
        self.assertEqual((answer.status, answer.json()), (200, {"deleted": "d2"}))
        self.assertError(self.ask("GET", D2, bearer("operator")), 404, "not_found")

    def test_paths_with_a_second_meaning(self):
        """The service, or the front before it, refuses them; what they must never do is name a document."""
        for path in ("/api/v1/documents/d1%2Fsummary", "/api/v1/documents/%2e%2e/documents/d1", "//api/v1/documents/d1",
                     "/api/v1/documents/d1%00", "/api/v1/documents/d1%5Csummary", "/api/v1/documents/../documents/d1"):
            answer = self.ask("GET", path, bearer("patient-p1"))
            self.assertIn(answer.status, (400, 403, 404), path)
            self.assertNotIn(b"Care plan", answer.body)

    def test_spoofed_variables(self):
        """Header names that would become CGI variables of another meaning, were they taken over by their sound."""
        headers = {"X-Method-Override": "DELETE", "Proxy": "http://192.0.2.1", "Remote-User": "operator",
                   "Script-Name": "/api", "Https": "on"}
        self.assertError(self.ask("GET", D1, headers), 401, "unauthenticated")
        self.assertEqual(self.ask("GET", "/health", headers).status, 200)

    def test_many_at_once(self):
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda i: self.ask("GET", D1, bearer("patient-p1")).status, range(self.many)))
        self.assertEqual(set(answers), {200})


def start_service(stage, **settings):
    """The service with a socket that its front may use, whoever that is."""
    mode = "?mode=0666" if harness.serving_user() == "root" else ""
    return Service(stage, LISTEN="unix:%s%s" % (stage.path("documents.sock"), mode), **settings)


@harness.needs("nginx")
class Nginx(Asks, SharedPlay):
    @classmethod
    def raise_curtain(cls, stage):
        cls.service = start_service(stage)
        cls.front = fronts.NginxSite(stage, cls.service.socket_path)

    def test_over_https(self):
        answer = self.front.request("GET", D1, bearer("patient-p1"), tls=True)
        self.assertEqual(answer.status, 200)
        self.assertGuarded(answer)


@harness.needs("lighttpd")
class Lighttpd(Asks, SharedPlay):
    @classmethod
    def raise_curtain(cls, stage):
        cls.service = start_service(stage, TRUSTED_PROXY_HOPS=0)
        cls.front = fronts.Lighttpd(stage, fronts.Lighttpd.fastcgi(cls.service.socket_path))


@harness.needs("apache2")
class Apache(Asks, SharedPlay):
    @classmethod
    def raise_curtain(cls, stage):
        cls.service = start_service(stage)
        cls.front = fronts.Apache(stage, fronts.Apache.fastcgi(cls.service.socket_path))


@harness.needs("lighttpd")
class LighttpdAsSpawner(Asks, SharedPlay):
    """lighttpd makes the socket and starts the service, which finds it on descriptor 0."""

    @classmethod
    def raise_curtain(cls, stage):
        settings = harness.settings_for(stage, LISTEN=None, TRUSTED_PROXY_HOPS=0)
        done = harness.run_documents(stage, settings, "seed")
        assert done.returncode == 0, done
        if not harness.IS_ROOT:
            settings.pop("SERVICE_USER", None)
        site = fronts.Lighttpd.spawner(stage.path("spawned.sock"), settings)
        cls.front = fronts.Lighttpd(stage, site)

    def test_the_manager_is_its_child(self):
        self.assertEqual(self.ask("GET", "/health").status, 200)
        managers = [pid for pid in children_of(self.front.pid) if len(children_of(pid)) == 3]
        self.assertEqual(len(managers), 1, "a manager with two workers and a ledger")


@harness.needs("spawn-fcgi")
@harness.needs("nginx")
class SpawnFcgi(Asks, SharedPlay):
    """spawn-fcgi makes the socket, with the shipped script; nginx is in front."""

    @classmethod
    def raise_curtain(cls, stage):
        settings = harness.settings_for(stage, LISTEN=None)
        done = harness.run_documents(stage, settings, "seed")
        assert done.returncode == 0, done
        if harness.serving_user() != "root":
            settings.pop("SERVICE_USER", None)  # who starts it is that already
        cls.service = fronts.Spawned(stage, settings)
        cls.front = fronts.NginxSite(stage, cls.service.socket_path)

    def test_its_manager_is_what_was_started(self):
        self.assertEqual(self.ask("GET", "/health").status, 200)
        self.assertEqual(len(children_of(self.service.pid)), 3, "two workers and a ledger")


@harness.needs("lighttpd")
class LighttpdEnds(Play):

    def test_the_service_that_it_started_ends_with_it(self):
        settings = harness.settings_for(self, LISTEN=None, TRUSTED_PROXY_HOPS=0)
        self.assertEqual(harness.run_documents(self, settings, "seed").returncode, 0)
        front = fronts.Lighttpd(self, fronts.Lighttpd.spawner(self.path("spawned.sock"), settings))
        self.assertEqual(front.request("GET", "/health").status, 200)
        managers = children_of(front.pid)
        everybody = managers + [pid for manager in managers for pid in children_of(manager)]
        self.assertEqual(len(everybody), 4)
        front.stop(signal.SIGTERM)
        wait_until(lambda: not any(map(process_is_alive, everybody)), "the service to end", 10)


class Production:
    """ENV=production: what a client says of its own address, scheme and host is not believed."""

    HOPS, has_tls = 1, True

    @classmethod
    def raise_curtain(cls, stage):
        policies = stage.read_only_policies()
        cls.service = start_service(stage, ENV="production", TRUSTED_PROXY_HOPS=cls.HOPS, ALLOWED_HOSTS=fronts.HOST,
                                    HEALTH_RATE_LIMIT="3 per day", AUTHORIZATION_POLICIES_DIR=policies)
        cls.front = cls.start_front(stage)

    def ask(self, method, path, headers=None, body=None, tls=False):
        return self.front.request(method, path, {"Host": fronts.HOST, **(headers or {})}, body, tls)

    SPOOFS = {
        "X-Forwarded-Proto": "https", "X-Forwarded-Ssl": "on", "Front-End-Https": "on", "X-Forwarded-For": "198.51.100.1",
        "X-Forwarded-Host": "evil.example", "X-Forwarded-Prefix": "/evil", "X-Forwarded-Port": "444",
        "Forwarded": "for=198.51.100.2;proto=https;host=evil.example", "X-Real-IP": "198.51.100.3",
    }

    def test_plain_http_with_credentials_is_refused(self):
        self.assertError(self.ask("GET", D1, bearer("patient-p1")), 403, "forbidden")

    def test_saying_https_does_not_make_it_so(self):
        for value in ("https", "https, https", "https,https,https"):
            headers = {**self.SPOOFS, **bearer("patient-p1"), "X-Forwarded-Proto": value}
            self.assertError(self.ask("GET", D1, headers), 403, "forbidden")
            self.assertError(self.ask("DELETE", D1, headers), 403, "forbidden")

    def test_a_plain_get_is_sent_to_https_on_the_listed_host(self):
        for headers in ({}, self.SPOOFS):
            answer = self.ask("GET", D1 + "?a=b", headers)
            self.assertEqual(answer.status, 302)
            self.assertEqual(answer.header("Location"), "https://%s%s?a=b" % (fronts.HOST, D1))

    def test_a_foreign_host_is_sent_nowhere(self):
        answer = self.ask("GET", D1, {"Host": "evil.example", "X-Forwarded-Host": fronts.HOST})
        self.assertIn(answer.status, (400, 403))
        self.assertIsNone(answer.header("Location"))

    def test_a_spent_budget_is_spent(self):
        statuses = []
        for i in range(6):
            spoofs = {name: value.replace("198.51.100.", "198.51.%d." % i) for name, value in self.SPOOFS.items()}
            statuses.append(self.ask("GET", "/health", spoofs).status)
        self.assertEqual(statuses, [200] * 3 + [429] * 3)

    def test_over_https(self):
        if not self.has_tls:
            self.skipTest("this server has no TLS here")
        for headers in ({}, {**self.SPOOFS, "X-Forwarded-Proto": "http"}):
            answer = self.ask("GET", D1, {**bearer("patient-p1"), **headers}, tls=True)
            self.assertEqual(answer.status, 200)
            self.assertEqual(answer.header("Strict-Transport-Security"), "max-age=31536000; includeSubDomains")

    def test_over_https_without_a_token(self):
        if not self.has_tls:
            self.skipTest("this server has no TLS here")
        self.assertError(self.ask("GET", D1, self.SPOOFS, tls=True), 401, "unauthenticated")


@harness.needs("nginx")
class NginxInProduction(Production, SharedPlay):
    @classmethod
    def start_front(cls, stage):
        return fronts.NginxSite(stage, cls.service.socket_path)


@harness.needs("lighttpd")
class LighttpdInProduction(Production, SharedPlay):
    HOPS = 0
    has_tls = os.path.exists(fronts.LIGHTTPD_TLS)

    @classmethod
    def start_front(cls, stage):
        return fronts.Lighttpd(stage, fronts.Lighttpd.fastcgi(cls.service.socket_path), tls=cls.has_tls)


@harness.needs("apache2")
class ApacheInProduction(Production, SharedPlay):
    @classmethod
    def start_front(cls, stage):
        return fronts.Apache(stage, fronts.Apache.fastcgi(cls.service.socket_path), tls=True)


class Alone(Play):
    """The fronts, when there is nobody behind them."""

    SOCKET = "nobody.sock"

    @harness.needs("nginx")
    def test_nginx(self):
        front = fronts.NginxSite(self, self.path(self.SOCKET))
        for tls in (False, True):
            answer = front.request("GET", "/health", tls=tls)
            self.assertError(answer, 503, "service_unavailable")
            self.assertEqual({name: answer.header(name) for name in SECURITY_HEADERS}, SECURITY_HEADERS)
            self.assertEqual(answer.header("Cache-Control"), "no-store")
            self.assertEqual(answer.header("Server"), "nginx")

    @harness.needs("nginx")
    def test_nginx_says_what_it_refuses_itself_the_same_way(self):
        front = fronts.NginxSite(self, self.path(self.SOCKET))
        large = front.request("POST", "/health", {"Content-Length": "99999999", "Content-Type": "application/json"}, b"")
        self.assertError(large, 413, "payload_too_large")
        for raw in (b"GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n",
                    b"GET / HTTP/9.9\r\nHost: a\r\n\r\n", b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"x" * 40000 + b"\r\n\r\n"):
            answer = harness.http_raw(front.port, raw)
            head, _, body = answer.partition(b"\r\n\r\n")
            self.assertIn(body, (b'{"error":"invalid_request"}', b'{"error":"internal_server_error"}'), raw[:40])
            self.assertIn(b"Content-Type: application/json", head)
            self.assertIn(b"Content-Security-Policy: default-src 'none'", head)

    @harness.needs("lighttpd")
    def test_lighttpd(self):
        front = fronts.Lighttpd(self, fronts.Lighttpd.fastcgi(self.path(self.SOCKET)))
        self.assertEqual(front.request("GET", "/health").status, 503)

    @harness.needs("apache2")
    def test_apache(self):
        front = fronts.Apache(self, fronts.Apache.fastcgi(self.path(self.SOCKET)))
        answer = front.request("GET", "/health")
        self.assertEqual(answer.status, 503)
        self.assertNotRegex(answer.header("Server"), "[0-9]")


class ComesBack(Play):
    """A service that is restarted behind its front is served again, without anybody telling the front."""

    def check(self, make_front, **settings):
        first = start_service(self, **settings)
        front = make_front(first.socket_path)
        self.assertEqual(front.request("GET", D1, bearer("patient-p1")).status, 200)
        self.assertEqual(first.stop(), 0)
        self.assertEqual(front.request("GET", "/health").status, 503)
        second = start_service(self, **settings)
        wait_until(lambda: front.request("GET", "/health").status == 200, "the front to see it")
        self.assertEqual(front.request("GET", D1, bearer("patient-p1")).status, 200)
        self.assertEqual(second.stop(), 0)

    @harness.needs("nginx")
    def test_nginx(self):
        self.check(lambda path: fronts.NginxSite(self, path))

    @harness.needs("lighttpd")
    def test_lighttpd(self):
        self.check(lambda path: fronts.Lighttpd(self, fronts.Lighttpd.fastcgi(path)), TRUSTED_PROXY_HOPS=0)

    @harness.needs("apache2")
    def test_apache(self):
        self.check(lambda path: fronts.Apache(self, fronts.Apache.fastcgi(path)))
