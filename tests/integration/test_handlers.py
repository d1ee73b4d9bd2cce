"""A service of somebody else's whose handlers fail: the client is told a code, the log a word, nobody more."""

import os
import re
import subprocess
import unittest

import harness
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


@unittest.skipUnless(os.path.exists(os.path.join(LIBRARIES, "libpostern.so")), "the shared library was not built")
class Handlers(harness.SharedPlay):
    @classmethod
    def raise_curtain(cls, stage):
        cls.service = harness.Service(stage, "failing", seed=False, program=build(stage.folder), WEB_CONCURRENCY=1)
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


if __name__ == "__main__":
    unittest.main()
