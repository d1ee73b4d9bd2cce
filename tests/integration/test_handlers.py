"""A service of somebody else's whose handlers fail: the client is told a code, the log a word, nobody more."""

import os
import re
import shutil
import subprocess
import unittest

import harness
import jose
import test_guards

LIBRARIES = os.path.join(harness.BUILD, ".libs")


def build(folder):
    """Compiles failing.c against the library of the build."""
    with open(os.path.join(harness.BUILD, "Makefile")) as f:
        compiler = re.search(r"^CC = (.*)$", f.read(), re.M).group(1).split()
    program = os.path.join(folder, "failing")
    sanitizers = ["-fsanitize=address,undefined"] if harness.IS_SANITIZED else []
    subprocess.run([*compiler, "-std=c11", "-Wall", "-Wextra", "-Werror", *sanitizers,
                    "-I" + os.path.join(harness.SOURCE, "framework", "include"), "-o", program,
                    os.path.join(os.path.dirname(os.path.abspath(__file__)), "failing.c"),
                    "-L" + LIBRARIES, "-lpostern", "-Wl,-rpath," + LIBRARIES], check=True)
    return program


def start(stage, **settings):
    """The service, with the policies of the documents service; their schema knows nothing of its routes."""
    policies = stage.path("own-policies")
    os.mkdir(policies)
    shutil.copy(os.path.join(harness.POLICIES, "documents.cedar"), policies)
    os.chmod(os.path.join(policies, "documents.cedar"), 0o444)
    os.chmod(policies, 0o555)
    return harness.Service(stage, "failing", seed=False, program=build(stage.folder), WEB_CONCURRENCY=1,
                           AUTHORIZATION_POLICIES_DIR=policies, **settings)


@unittest.skipUnless(os.path.exists(os.path.join(LIBRARIES, "libpostern.so")), "the shared library was not built")
class Handlers(harness.SharedPlay):
    @classmethod
    def raise_curtain(cls, stage):
        cls.service = start(stage)
        cls.workers = cls.service.workers()

    def ask(self, path, method="GET"):
        answer = self.service.request(method, path)
        self.assertNotIn("marker", (repr(answer.headers) + repr(answer.body)).lower())
        self.assertIsNone(answer.header("X-Half-Done"))
        self.assertIsNone(answer.header("Set-Cookie"))
        for name, value in test_guards.SECURITY_HEADERS.items():
            self.assertEqual(answer.header(name), value)
        return answer

    def test_what_goes_wrong_is_500_and_a_word(self):
        for path, word in (("/fails", "status"), ("/nonsense", "status"), ("/open", "response"),
                           ("/closed", "response"),
                           ("/deep", "response"), ("/no-text", "response"), ("/line", "response"),
                           ("/cookie", "response"),
                           ("/memory", "status"), ("/endless", "response"), ("/twice", "response")):
            with self.subTest(path):
                since = self.service.log_size()
                self.assertError(self.ask(path), 500, "internal_server_error")
                events = self.service.events("handler.failed", since)
                self.assertEqual([(e["reason"], e["route"], e["level"]) for e in events], [(word, path, "error")])
        self.assertNotIn("mArKeR", self.service.output())
        self.assertEqual(self.service.workers(), self.workers)

    def test_head_of_what_goes_wrong(self):
        answer = self.ask("/fails", "HEAD")
        self.assertEqual((answer.status, answer.body), (500, b""))

    def test_what_a_handler_may_say(self):
        for path, status, code in (("/unavailable", 503, "service_unavailable"), ("/invalid", 400, "invalid_request"),
                                   ("/missing", 404, "not_found"), ("/forbidden", 403, "forbidden")):
            with self.subTest(path):
                since = self.service.log_size()
                self.assertError(self.ask(path), status, code)
                self.assertEqual(self.service.events("handler.failed", since), [])

    def test_successes(self):
        answer = self.service.request("GET", "/created")
        self.assertEqual((answer.status, answer.body, answer.header("X-Half-Done")),
                         (201, b'{"mArKeR":"mArKeR"}', "mArKeR"))
        answer = self.service.request("GET", "/empty")
        self.assertEqual((answer.status, answer.body, answer.header("Content-Type")), (204, b"", None))
        self.assertEqual(self.service.request("GET", "/health").status, 200)


def marked(path, **more):
    """A request that is full of markers, with a token that verifies."""
    m = "mArKeR"
    claims = jose.claims(sub=m, jti=m, role=m, clinic_id=m, actors=[m], principal_type=m)
    return dict(method="POST", path="/%s/%s?%s=%s" % (path, m, m, m), body=m.encode(), headers={
        **jose.bearer(jose.token(claims, {"alg": "RS256", "kid": m})), "Host": m + ".example", "User-Agent": m,
        "Cookie": m + "=" + m, "X-" + m: m, "Traceparent": m, "Content-Type": "text/" + m, "X-Active-Actor": m},
        params={"REMOTE_ADDR": "198.51.100.99", "REQUEST_SCHEME": "https", "REMOTE_USER": m}, **more)


@unittest.skipUnless(os.path.exists(os.path.join(LIBRARIES, "libpostern.so")), "the shared library was not built")
class Ends(harness.Play):
    """Of a request whose worker dies, or whose resource cannot be described, the log has a word and no more."""

    def setUp(self):
        super().setUp()
        self.service = start(self, ENV="production", LOG_LEVEL="debug", WORKER_TIMEOUT=1, JWT_AUDIENCE="documents",
                             LOG_PSEUDONYM_KEY="a key of the log's pseudonyms in tests")

    def assertNothingOfTheRequest(self):
        self.assertEqual(self.service.stop(), 0)
        said = (self.service.output() + self.service.errors()).lower()
        for secret in ("marker", "198.51.100.99", "example", "eyj", self.folder.lower()):
            self.assertEqual([line for line in said.splitlines() if secret in line], [])
        self.assertEqual(self.service.errors(), "")
        self.assertEqual([name for name in os.listdir(self.folder) if name.startswith("core")], [])

    def test_a_worker_that_dies_in_a_request(self):
        for path, event, fields in (
                ("aborts", "worker.died", {"cause": "signal", "signal": 6}),
                ("exits", "worker.died", {"cause": "exit", "exit_status": 3}),
                ("hangs", "worker.timeout", {"route": "/hangs/{what}"})):
            with self.subTest(path):
                since = self.service.log_size()
                with self.service.connect() as connection:
                    with self.assertRaises((EOFError, ConnectionResetError)):
                        connection.request(**{**marked(path), "method": "GET"})
                told = harness.wait_until(lambda: self.service.events(event, since), event)
                self.assertEqual({name: told[0].get(name) for name in fields}, fields)
                self.assertEqual(self.service.request(params={"REQUEST_SCHEME": "https"}).status, 200)
        self.assertNothingOfTheRequest()

    def test_a_resource_that_cannot_be_described(self):
        for path, status, code, event, reason in (
                ("load-fails", 500, "internal_server_error", "handler.failed", "load"),
                ("load-is-unavailable", 503, "service_unavailable", None, None),
                ("load-says-it-twice", 503, "authorization_unavailable", "authorization.unavailable", "evaluation")):
            with self.subTest(path):
                since = self.service.log_size()
                answer = self.service.request(**marked(path))
                self.assertError(answer, status, code)
                self.assertNotIn("marker", (repr(answer.headers) + repr(answer.body)).lower())
                told = [e for e in self.service.log(since) if e["level"] == "error"]
                self.assertEqual([(e["event_type"], e["reason"], e["route"]) for e in told],
                                 [(event, reason, "/%s/{what}" % path)] if event else [])
        self.assertNothingOfTheRequest()


if __name__ == "__main__":
    unittest.main()
