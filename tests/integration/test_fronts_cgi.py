"""The same program under CGI, one process a request: lighttpd mod_cgi, Apache httpd mod_cgid and mod_cgi, fcgiwrap."""

import contextlib
import json
import os
import re
import unittest

import fronts
import harness
import test_fronts
from harness import Play, SharedPlay, bearer, children_of, wait_until
from test_fronts import D1, SECURITY_HEADERS

PREFIX = "/documents"


def cgi_settings(stage, seed=True, **changes):
    """What the front gives each process. Users, sockets and proxies are the front's business."""
    settings = harness.settings_for(stage, **changes)
    if seed:
        done = harness.run_documents(stage, settings, "seed")
        assert done.returncode == 0, done
    for name in ("LISTEN", "TRUSTED_PROXY_HOPS"):
        settings.pop(name, None)
    if harness.serving_user() != "root":
        settings.pop("SERVICE_USER", None)
    return settings


def start_lighttpd(stage, settings):
    return fronts.Lighttpd(stage, fronts.Lighttpd.cgi(settings))


def start_apache(stage, settings):
    return fronts.Apache(stage, fronts.Apache.cgi(settings))


def start_apache_prefork(stage, settings):
    modules = ["cgi" if m == "cgid" else "mpm_prefork" if m == "mpm_event" else m for m in fronts.Apache.MODULES]
    return fronts.Apache(stage, fronts.Apache.cgi(settings), modules=modules)


def start_fcgiwrap(stage, settings):
    return fronts.NginxCgi(stage, settings)


def apache_can_serve():
    """httpd does not run as root, and whom it runs as must be able to read what was made for the play."""
    return unittest.skipIf(harness.serving_user() == "root", "httpd does not serve as root")


class CgiAsks(test_fronts.Asks):
    prefix, many, in_chunks = PREFIX, 16, (405, 411, 413)

    @classmethod
    def raise_curtain(cls, stage):
        cls.front = cls.start(stage, cgi_settings(stage))

    def test_the_query_is_no_command_line(self):
        for query in ("--help", "--version", "seed", "--check+--help"):
            answer = self.ask("GET", "/health?" + query)
            self.assertEqual((answer.status, answer.body), (200, b'{"status":"ok"}'))

    def test_the_log_is_the_front_servers_error_log(self):
        self.assertEqual(self.ask("GET", D1).status, 401)

        def lines():
            text = self.front.own_errors().replace('\\"', '"')  # httpd escapes what it logs
            found = []
            for place in re.finditer(r'\{"timestamp"', text):
                with contextlib.suppress(ValueError):  # nginx cuts what is longer than 2048 bytes
                    found.append(json.JSONDecoder().raw_decode(text, place.start())[0])
            return found

        wait_until(lambda: "authentication.failed" in [line["event_type"] for line in lines()], "the log")
        self.assertEqual({line["service"] for line in lines()}, {"documents"})

    def test_every_process_ends(self):
        self.assertEqual(self.ask("GET", "/health").status, 200)

        def processes(parent):
            found = []
            for pid in children_of(parent):
                found += [pid] + processes(pid)
            return found

        def still_running():
            exes = []
            for pid in processes(os.getpid()):
                try:
                    exes.append(os.readlink("/proc/%d/exe" % pid))
                except OSError:
                    pass
            return harness.DOCUMENTS in exes

        wait_until(lambda: not still_running(), "all processes of the service to end")


@harness.needs("lighttpd")
class LighttpdCgi(CgiAsks, SharedPlay):
    start = staticmethod(start_lighttpd)


@harness.needs("apache2")
@apache_can_serve()
class ApacheCgid(CgiAsks, SharedPlay):
    start = staticmethod(start_apache)


@harness.needs("apache2")
@apache_can_serve()
class ApacheCgi(CgiAsks, SharedPlay):
    start = staticmethod(start_apache_prefork)


@harness.needs("nginx")
@harness.needs("fcgiwrap")
class FcgiwrapCgi(CgiAsks, SharedPlay):
    start = staticmethod(start_fcgiwrap)


class CgiTrouble:
    """What a process that lives for one request must do all the same. `start` is the front's."""

    def assertFails(self, answer, *statuses):
        self.assertIn(answer.status, statuses)
        self.assertIn(answer.error(), ("internal_server_error", "service_unavailable"))
        self.assertEqual({name: answer.header(name) for name in SECURITY_HEADERS}, SECURITY_HEADERS)

    def test_limits_are_counted_across_processes(self):
        front = self.start(cgi_settings(self, DOCUMENT_READ_RATE_LIMIT="2 per day"))
        answers = [front.request("GET", PREFIX + D1, bearer("patient-p1")) for _ in range(4)]
        self.assertEqual([a.status for a in answers], [200, 200, 429, 429])
        self.assertError(answers[2], 429, "rate_limit_exceeded")
        self.assertGreater(int(answers[2].header("Retry-After")), 0)

    def test_bad_settings(self):
        front = self.start(cgi_settings(self, seed=False, WEB_CONCURRENCY="many", ENV="test"))
        self.assertFails(front.request("GET", PREFIX + "/health"), 500)
        wait_until(lambda: "service.start_failed" in front.own_errors(), "the log")

    def test_no_key(self):
        front = self.start(cgi_settings(self, JWT_PUBLIC_KEY_FILE=self.copy_of_key()), remove_key=True)
        self.assertFails(front.request("GET", PREFIX + D1, bearer("operator")), 500)

    def test_no_store(self):
        front = self.start(cgi_settings(self, seed=False))
        self.assertFails(front.request("GET", PREFIX + D1, bearer("operator")), 500, 503)

    def test_no_counters(self):
        settings = cgi_settings(self)
        settings["RATE_LIMIT_STORAGE_URI"] = "sqlite://%s/nowhere/limits.db" % self.folder
        front = self.start(settings)
        self.assertFails(front.request("GET", PREFIX + "/health"), 500, 503)

    def test_production_believes_nobody(self):
        policies = self.read_only_policies()
        front = self.start(cgi_settings(self, ENV="production", AUTHORIZATION_POLICIES_DIR=policies,
                                        ALLOWED_HOSTS=fronts.HOST))
        spoofs = {"Host": fronts.HOST, **test_fronts.Production.SPOOFS}
        self.assertEqual(front.request("GET", PREFIX + "/health", spoofs).status, 200)
        self.assertError(front.request("GET", PREFIX + D1, {**spoofs, **bearer("operator")}), 403, "forbidden")

    def copy_of_key(self):
        self.key = self.path("key.pem")
        with open(harness.Keys.get().public()) as f:
            return fronts.write(self.key, f.read())

    def start(self, settings, remove_key=False):
        if remove_key:
            os.unlink(self.key)
        return type(self).start_front(self, settings)


@harness.needs("lighttpd")
class LighttpdCgiTrouble(CgiTrouble, Play):
    start_front = staticmethod(start_lighttpd)


@harness.needs("apache2")
@apache_can_serve()
class ApacheCgidTrouble(CgiTrouble, Play):
    start_front = staticmethod(start_apache)


@harness.needs("nginx")
@harness.needs("fcgiwrap")
class FcgiwrapTrouble(CgiTrouble, Play):
    start_front = staticmethod(start_fcgiwrap)
