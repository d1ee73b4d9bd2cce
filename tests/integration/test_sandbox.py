"""What a worker, a ledger or a CGI request that was taken over could still do: nearly nothing, and not in silence."""

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import unittest

import harness
import jose
from harness import DOCUMENTS, IS_ROOT, POSTERN, Play, Service, SharedPlay, bearer, children_of, wait_until

HERE = os.path.dirname(os.path.abspath(__file__))
LIBRARIES = os.path.join(harness.BUILD, ".libs")
HTTPS = {"REQUEST_SCHEME": "https"}
D1, D2 = "/api/v1/documents/d1", "/api/v1/documents/d2"
EX_CONFIG = 78
EPERM, ENOENT, EACCES, ENOTDIR, ECONNREFUSED = 1, 2, 13, 20, 111


def setUpModule():
    os.environ.pop("SANDBOX", None)  # here it is production that says in which mode
    if harness.IS_SANITIZED:
        raise unittest.SkipTest("a sanitizer's own work needs more than a sandbox lets through")
    if not os.path.exists(os.path.join(LIBRARIES, "libpostern.so")):
        raise unittest.SkipTest("the shared library was not built")


def compiler():
    with open(os.path.join(harness.BUILD, "Makefile")) as f:
        return re.search(r"^CC = (.*)$", f.read(), re.M).group(1).split()


def build_service(stage, *flags):
    program = stage.path("reaching" + "".join(flags))
    subprocess.run([*compiler(), "-std=c11", "-D_GNU_SOURCE", "-Wall", "-Wextra", "-Werror", *flags,
                    "-I" + os.path.join(harness.SOURCE, "framework", "include"), "-o", program,
                    os.path.join(HERE, "reaching.c"), "-L" + LIBRARIES, "-lpostern", "-Wl,-rpath," + LIBRARIES],
                   check=True)
    return program


def older_kernel(stage, order):
    """The environment of a program that is to see another kernel."""
    library = stage.path("older-kernel.so")
    if not os.path.exists(library):
        subprocess.run([*compiler(), "-std=c11", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-o", library,
                        os.path.join(HERE, "older_kernel.c"), "-ldl"], check=True)
    return {"LD_PRELOAD": library, "OLDER_KERNEL": order}


def kernel_landlock():
    """The version of Landlock here, by what the tool says of it."""
    said = subprocess.run([POSTERN, "check", "sandbox"], stdout=subprocess.PIPE, text=True).stdout
    found = re.search(r"^landlock +version (\d+)", said, re.M)
    return int(found[1]) if found else 0


def status_of(pid):
    with open("/proc/%d/status" % pid) as f:
        return dict(line.rstrip("\n").split(":\t", 1) for line in f if ":\t" in line)


def wait_bound(service, count, seccomp="2"):
    """
    The workers, once `count` live and are in their sandbox, the last thing before they accept. Whom nobody may trace
    shows no descriptors, but this it shows.
    """
    def bound():
        pids = service.workers()
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            return len(pids) == count and all(status_of(pid)["Seccomp"] == seccomp for pid in pids) and pids

    return wait_until(bound, "%d workers in their sandbox" % count)


def processes_of(service):
    """(workers, ledger)"""
    workers = service.workers()
    ledger, = (pid for pid in children_of(service.pid) if pid not in workers)
    return workers, ledger


class Documents(Play):
    """The reference service as it is in production."""

    def test_it_does_all_its_work_in_it(self):
        service = Service(self, ENV="production", DOCUMENT_READ_RATE_LIMIT="4 per day")
        in_force, = service.wait_event("sandbox.in_force")
        self.assertEqual((in_force["sandbox"], in_force["landlock_abi"]), ("strict", kernel_landlock()))
        wait_bound(service, 2)
        for method, path, who, status in (
                ("GET", "/health", None, 200), ("GET", D1, "patient-p1", 200), ("HEAD", D1, "patient-p1", 200),
                ("GET", D1 + "/summary", "clinician-a", 200), ("GET", D1, "patient-p2", 403), ("GET", D1, None, 401),
                ("DELETE", D2, "admin", 200), ("DELETE", D2, "admin", 404), ("PUT", D1, "admin", 405),
                ("GET", "/nowhere", None, 404), ("GET", D1, "patient-p1", 429)):
            with self.subTest(method + " " + path):
                headers = bearer(who) if who else None
                self.assertEqual(service.request(method, path, headers, params=HTTPS).status, status)
        service.signal(signal.SIGHUP)
        service.wait_event("service.reloaded")
        self.assertEqual(service.request("DELETE", D1, bearer("admin"), params=HTTPS).status, 200)
        self.assertEqual(service.stop(), 0)
        self.assertEqual([line for line in service.log() if line["level"] in ("error", "critical")], [])
        self.assertEqual(service.events("worker.died"), [])
        self.assertEqual(service.errors(), "")
        again = Service(self, ENV="production", DOCUMENT_READ_RATE_LIMIT="4 per day", seed=False)
        self.assertEqual(again.request("GET", D1, bearer("patient-p1"), params=HTTPS).status, 429, "the ledger has saved")
        self.assertEqual(again.stop(), 0)

    def test_what_the_kernel_says_of_its_processes(self):
        service = Service(self, ENV="production")
        wait_bound(service, 2)
        workers, ledger = processes_of(service)
        wait_until(lambda: status_of(ledger)["Seccomp"] == "2", "the ledger to be in its sandbox")
        for pid in [service.pid, ledger, *workers]:
            status = status_of(pid)
            with self.subTest(pid=pid):
                self.assertEqual(status["NoNewPrivs"], "1")
                for name in ("CapInh", "CapPrm", "CapEff", "CapAmb") + (("CapBnd",) if IS_ROOT else ()):
                    self.assertEqual(int(status[name], 16), 0, name)
                self.assertEqual(status["Seccomp"], "0" if pid == service.pid else "2")
                self.assertEqual(status["Threads"], "1")
        for pid in workers + [ledger]:
            with open("/proc/%d/limits" % pid) as f:
                limits = f.read()
            for name in ("Max processes", "Max core file size", "Max msgqueue size", "Max nice priority",
                         "Max realtime priority"):
                self.assertRegex(limits, name + " +0 +0 ")

    def test_the_inspector_has_one_of_its_own(self):
        """Without a file: it needs none."""
        service = Service(self, ENV="production", WEB_CONCURRENCY=1, STATUS_LISTEN="unix:" + self.path("status.sock"))
        worker, = wait_bound(service, 1)
        others = [pid for pid in children_of(service.pid) if pid != worker]
        self.assertEqual(len(others), 2)
        wait_until(lambda: {status_of(pid)["Seccomp"] for pid in others} == {"2"}, "both to be in their sandbox")
        for path in ("/status", "/metrics", "/ping", "/ready"):
            with harness.FastCGI(self.path("status.sock")) as connection:
                self.assertEqual(connection.request(path=path).status, 200, path)
        self.assertEqual(service.stop(), 0)
        self.assertEqual([e for e in service.log() if e["level"] in ("error", "critical")], [])

    def test_off_is_told_where_it_is_not_usual(self):
        service = Service(self, ENV="production", SANDBOX="off")
        degraded, = service.wait_event("sandbox.degraded")
        self.assertEqual((degraded["reason"], degraded["sandbox"]), ("off", "off"))
        wait_bound(service, 2, seccomp="0")
        self.assertEqual(service.events("sandbox.in_force"), [])
        development = Service(self, "development")
        self.assertEqual([e for e in development.log() if e["event_type"].startswith("sandbox.")], [])

    def test_only_a_restart_changes_it(self):
        path = self.path("mode")
        for first, second in (("strict", "off"), ("log", "strict")):
            with open(path, "w") as f:
                f.write(first)
            os.chmod(path, 0o644)
            service = Service(self, first, SANDBOX_FILE=path)
            with open(path, "w") as f:
                f.write(second)
            service.signal(signal.SIGHUP)
            service.wait_event("service.reload_refused")
            wait_until(lambda: "SANDBOX: only a restart can change it" in service.errors(), "the fault")
            self.assertEqual(service.stop(), 0)

    def test_a_path_that_is_not_there_is_a_fault(self):
        settings = harness.settings_for(self, ENV="production", SANDBOX_READ_PATHS="/etc/ssl:" + self.path("nowhere"))
        self.assertEqual(harness.run_documents(self, settings, "seed").returncode, 0, "a command needs none")
        done = harness.run_documents(self, settings, "--check")
        self.assertEqual(done.returncode, EX_CONFIG)
        self.assertIn("documents: SANDBOX_READ_PATHS: entry 2 is not there, or out of the service's reach", done.stderr)
        self.assertNotIn(self.folder, done.stderr)

    def test_a_cgi_request_is_in_it(self):
        settings = harness.settings_for(self, ENV="production")
        self.assertEqual(harness.run_documents(self, settings, "seed").returncode, 0)
        for method, path, who, status in (("GET", D1, "patient-p1", "200 OK"), ("GET", D1, None, "401 Unauthorized"),
                                          ("DELETE", D1, "admin", "200 OK")):
            with self.subTest(method):
                params = harness.cgi_params(method, path, bearer(who) if who else None, params=HTTPS)
                done = harness.run_documents(self, {**settings, **dict(params)})
                self.assertEqual((done.returncode, done.stdout.splitlines()[0]), (0, "Status: " + status))
                self.assertNotIn("sandbox.", done.stderr)


class Reaching(SharedPlay):
    """A handler that was taken over, in production."""

    @classmethod
    def raise_curtain(cls, stage):
        cls.service = Service(stage, "reaching", seed=False, program=build_service(stage), ENV="production",
                              REACHING_FOLDER=stage.path("folder"), REACHING_SECRET="mArKeR")
        os.mkdir(stage.path("folder"))
        with open(stage.path("folder/there"), "w") as f:
            f.write("there")
        if IS_ROOT:
            for name in ("folder", "folder/there"):
                shutil.chown(stage.path(name), harness.serving_user())
        wait_bound(cls.service, 2)

    def errno(self, path):
        answer = self.service.request("GET", path, params=HTTPS)
        self.assertEqual(answer.status, 200)
        return answer.json()["errno"]

    def violate(self, path):
        since = self.service.log_size()
        with self.service.connect() as connection:
            with self.assertRaises((EOFError, ConnectionResetError)):
                connection.request("GET", path, params=HTTPS)
        died = wait_until(lambda: self.service.events("worker.died", since), "its death")
        wait_bound(self.service, 2)
        return since, died

    def test_a_call_that_is_not_listed_names_itself(self):
        for path, route, call in (("/execve", "/execve", "execve"), ("/kill", "/kill", "kill"),
                                  ("/kill-0", "/kill-0", "kill"), ("/ptrace", "/ptrace", "ptrace"),
                                  ("/mount", "/mount", "mount"), ("/getpgid", "/getpgid", "getpgid"),
                                  ("/socket/mArKeR", "/socket/{what}", "socket")):
            with self.subTest(path):
                others = self.service.workers()
                since, died = self.violate(path)
                told, = self.service.events("sandbox.violation", since)
                self.assertEqual((told["system_call"], told["role"], told["route"], told["level"]),
                                 (call, "worker", route, "error"))
                self.assertEqual([(e["cause"], e["signal"], e["system_call"]) for e in died],
                                 [("seccomp", int(signal.SIGSYS), call)])
                self.assertEqual(told["pid"], died[0]["pid"])
                self.assertEqual(len(set(others) & set(self.service.workers())), 1, "the other one lives")
                self.assertTrue(self.service.is_running())
                self.assertEqual(self.service.request(params=HTTPS).status, 200)
        self.assertNotIn("mArKeR", self.service.output())

    def test_what_is_called_with_signals_blocked_ends_it_too(self):
        since, died = self.violate("/thread")
        self.assertEqual([e["cause"] for e in died], ["seccomp"])

    @unittest.skipUnless(kernel_landlock(), "this kernel has no Landlock")
    def test_files_are_out_of_reach(self):
        alive = self.service.workers()
        for path, errno in (("/accounts", EACCES), ("/folder", EACCES), ("/read", EACCES), ("/write", EACCES),
                            ("/make", EACCES)):
            with self.subTest(path):
                self.assertEqual(self.errno(path), errno)
        self.assertEqual(self.service.workers(), alive, "and that is no violation")

    def test_the_environment_holds_settings_alone(self):
        self.assertEqual(self.errno("/setting"), 0)
        answer = self.service.request("GET", "/secret", params=HTTPS)
        self.assertNotEqual(answer.json(), {"errno": 0})
        if IS_ROOT:
            for pid in children_of(self.service.pid):
                with open("/proc/%d/environ" % pid, "rb") as f:
                    self.assertNotIn(b"mArKeR", f.read())


class Wider(Play):
    """What a service's table and its operator may add."""

    def start(self, *flags, **settings):
        os.mkdir(self.path("folder"))
        with open(self.path("folder/there"), "w") as f:
            f.write("there")
        if IS_ROOT:
            for name in ("folder", "folder/there"):
                shutil.chown(self.path(name), harness.serving_user())
        return Service(self, "reaching", seed=False, program=build_service(self, *flags), ENV="production",
                       REACHING_FOLDER=self.path("folder"), WEB_CONCURRENCY=1, **settings)

    def errno(self, service, path):
        return service.request("GET", path, params=HTTPS).json()["errno"]

    def test_a_table_that_asks_for_more(self):
        service = self.start("-DWIDE")
        self.assertEqual(self.errno(service, "/socket/x"), ECONNREFUSED)
        self.assertEqual(self.errno(service, "/getpgid"), 0)
        self.assertEqual(self.errno(service, "/accounts"), 0)
        if kernel_landlock():
            self.assertEqual(self.errno(service, "/read"), EACCES)
        self.assertEqual(service.events("worker.died"), [])
        with service.connect() as connection, self.assertRaises((EOFError, ConnectionResetError)):
            connection.request("GET", "/execve", params=HTTPS)
        service.wait_event("sandbox.violation")

    @unittest.skipUnless(kernel_landlock(), "this kernel has no Landlock")
    def test_a_folder_to_read(self):
        service = self.start(SANDBOX_READ_PATHS="/usr/share:" + self.path("folder"))
        for path, errno in (("/folder", 0), ("/read", 0), ("/write", EACCES), ("/make", EACCES), ("/accounts", EACCES)):
            self.assertEqual(self.errno(service, path), errno, path)

    @unittest.skipUnless(kernel_landlock(), "this kernel has no Landlock")
    def test_a_folder_to_write(self):
        service = self.start(SANDBOX_WRITE_PATHS=self.path("folder") + "/")
        for path, errno in (("/folder", 0), ("/read", 0), ("/write", 0), ("/make", 0), ("/accounts", EACCES),
                            ("/rename", EACCES)):
            self.assertEqual(self.errno(service, path), errno, path)
        self.assertTrue(os.path.exists(self.path("folder/new")))
        self.assertEqual(service.events("worker.died"), [])

    def test_log_lets_everything_run_and_names_it(self):
        service = self.start(SANDBOX="log")
        degraded, = service.wait_event("sandbox.degraded")
        self.assertEqual((degraded["reason"], degraded["sandbox"]), ("log", "log"))
        for _ in range(5):
            self.assertEqual(self.errno(service, "/getpgid"), 0)
        for path, errno in (("/socket/x", ECONNREFUSED), ("/execve", ENOTDIR), ("/kill-0", 0), ("/thread", 0),
                            ("/accounts", 0), ("/make", 0)):
            self.assertEqual(self.errno(service, path), errno, path)
        told = service.events("sandbox.would_end")
        self.assertEqual([(e["count"], e["route"]) for e in told if e["system_call"] == "getpgid"],
                         [(1, "/getpgid"), (2, "/getpgid"), (4, "/getpgid")])
        names = {e["system_call"] for e in told}
        self.assertLessEqual({"socket", "connect", "execve", "kill", "getpgid"}, names)
        self.assertTrue(names & {"clone", "clone3"})
        self.assertEqual({(e["role"], e["level"]) for e in told}, {("worker", "warning")})
        self.assertEqual(service.stop(), 0)
        self.assertEqual(service.events("worker.died"), [])

    def test_a_name_that_is_none_does_not_start(self):
        program = self.path("reaching-DWIDE")
        for name, fault in (("ptrace", "is never let through"), ("sockets", "is no system call")):
            source = self.path("changed.c")
            with open(os.path.join(HERE, "reaching.c")) as f, open(source, "w") as g:
                g.write(f.read().replace('"socket", "connect"', '"socket", "%s"' % name))
            subprocess.run([*compiler(), "-std=c11", "-D_GNU_SOURCE", "-DWIDE",
                            "-I" + os.path.join(harness.SOURCE, "framework", "include"), "-o", program, source,
                            "-L" + LIBRARIES, "-lpostern", "-Wl,-rpath," + LIBRARIES], check=True)
            done = harness.run_documents(self, harness.settings_for(self, "reaching"), "--check", program=program)
            self.assertEqual(done.returncode, EX_CONFIG)
            self.assertIn("the service's table: entry 2 of sandbox_calls " + fault, done.stderr)


@unittest.skipUnless(kernel_landlock(), "this kernel has no Landlock")
class Kernels(Play):
    """Older ones, and one that does not do what it says."""

    def test_what_an_older_kernel_has_not_is_told(self):
        for order, reason, accounts in (("0", "landlock_none", 0), ("1", "landlock_older", EACCES),
                                        ("3", "landlock_older", EACCES), ("6", None, EACCES), ("9", None, EACCES)):
            with self.subTest(landlock=order):
                if int(order) > kernel_landlock() and order != "9":
                    continue
                name = "kernel-" + order
                service = Service(self, name, seed=False, program=build_service(self), ENV="production",
                                  WEB_CONCURRENCY=1, **older_kernel(self, order))
                in_force, = service.wait_event("sandbox.in_force")
                self.assertEqual(in_force["landlock_abi"], int(order))
                self.assertEqual([e["reason"] for e in service.events("sandbox.degraded")],
                                 [reason] if reason else [])
                self.assertEqual(service.request("GET", "/accounts", params=HTTPS).json()["errno"], accounts)
                with service.connect() as connection, self.assertRaises((EOFError, ConnectionResetError)):
                    connection.request("GET", "/socket/x", params=HTTPS)
                service.wait_event("sandbox.violation")
                self.assertEqual(service.stop(), 0)

    def test_one_that_binds_nobody_does_not_serve(self):
        settings = {**harness.settings_for(self, ENV="production"), **older_kernel(self, "loose")}
        self.assertEqual(harness.run_documents(self, settings, "seed").returncode, 0)
        fault = r"(?m)^documents: SANDBOX: does not hold on this machine \(worker: files\)$"
        done = harness.run_documents(self, settings, "--check")
        self.assertEqual(done.returncode, EX_CONFIG)
        self.assertRegex(done.stderr, fault)
        service = harness.Process(self, "documents", [DOCUMENTS], settings)
        self.assertEqual(service.wait(), EX_CONFIG)
        self.assertRegex(service.errors(), fault)
        failed, = (json.loads(line) for line in service.output().splitlines())
        self.assertEqual((failed["event_type"], failed["reason"]), ("service.start_failed", "settings"))
        self.assertFalse(os.path.exists(self.path("documents.sock")))
        request = dict(harness.cgi_params(params=HTTPS))
        self.assertIn("Status: 500", harness.run_documents(self, {**settings, **request}).stdout)

    def test_the_tool_says_so_too(self):
        for order, status, line in (("loose", 1, "worker    strict does not hold: files"),
                                    ("0", 0, "landlock         no: all files"),
                                    ("3", 0, "not offered: TCP, devices, signals and abstract sockets")):
            done = subprocess.run([POSTERN, "check", "sandbox"], stdout=subprocess.PIPE, text=True,
                                  env={**harness.inherited_environment(), **older_kernel(self, order)})
            self.assertEqual(done.returncode, status, done.stdout)
            self.assertIn(line, done.stdout)
        done = subprocess.run([POSTERN, "check", "sandbox"], stdout=subprocess.PIPE, text=True)
        self.assertEqual(done.returncode, 0)
        for role in ("worker", "ledger", "inspector"):
            for mode in ("strict", "log"):
                self.assertRegex(done.stdout, r"(?m)^%s +%s +holds$" % (role, mode))

    def test_a_ledger_that_was_taken_over(self):
        service = Service(self, ENV="production", WEB_CONCURRENCY=1, **older_kernel(self, "ledger"))
        told = service.wait_event("sandbox.violation")[0]
        self.assertEqual((told["role"], told["system_call"]), ("ledger", "socket"))
        self.assertNotIn("route", told)
        died = service.wait_event("worker.died")[0]
        self.assertEqual((died["reason"], died["cause"], died["signal"]), ("ledger", "seccomp", int(signal.SIGSYS)))
        self.assertEqual(service.request(params=HTTPS).status, 200)


class Places(Play):
    """The working directory, the root of the file system, memory dumps and who ends first."""

    def test_a_working_directory(self):
        service = Service(self, SERVICE_DIRECTORY=self.path("."))
        service.wait_accepting(2)
        if IS_ROOT:
            self.assertEqual({os.readlink("/proc/%d/cwd" % pid) for pid in [service.pid, *service.workers()]},
                             {self.folder})
        done = harness.run_documents(self, harness.settings_for(self, SERVICE_DIRECTORY=self.path("nowhere")), "--check")
        self.assertEqual(done.returncode, EX_CONFIG)
        self.assertIn("SERVICE_DIRECTORY: is no folder that the service's user can enter", done.stderr)

    @unittest.skipUnless(IS_ROOT, "only root can change the root")
    def test_a_root_of_its_own(self):
        jail = self.path("jail")
        os.makedirs(jail + "/store")
        shutil.copytree(harness.POLICIES, jail + "/policies")
        os.chmod(jail, 0o755)
        shutil.chown(jail + "/store", harness.serving_user())
        settings = {"ENV": "production", "SERVICE_CHROOT": jail, "SERVICE_DIRECTORY": "/store",
                    "AUTHORIZATION_POLICIES_DIR": "/policies", "APP_DATABASE_URL": "sqlite:///store/documents.db",
                    "RATE_LIMIT_STORAGE_URI": "sqlite:///store/limits.db"}
        service = Service(self, **settings)
        wait_bound(service, 2)
        for pid in [service.pid, *children_of(service.pid)]:
            self.assertEqual(os.readlink("/proc/%d/root" % pid), jail)
            self.assertEqual(os.readlink("/proc/%d/cwd" % pid), jail + "/store")
        self.assertEqual(service.request("DELETE", D1, bearer("admin"), params=HTTPS).status, 200)
        service.signal(signal.SIGTTIN)
        wait_bound(service, 3)
        self.assertEqual(service.stop(), 0)
        self.assertEqual(service.errors(), "")
        self.assertTrue(os.path.exists(jail + "/store/documents.db"))
        self.assertTrue(os.path.exists(service.socket_path), "out of reach of who could remove it")
        again = Service(self, **settings, seed=False)
        self.assertEqual(again.request(params=HTTPS).status, 200, "the next start replaces it")
        self.assertEqual(again.stop(), 0)
        done = harness.run_documents(self, harness.settings_for(self, **settings, WORKER_OOM_SCORE_ADJ=1000), "--check")
        self.assertEqual(done.returncode, EX_CONFIG)
        self.assertIn("WORKER_OOM_SCORE_ADJ: there is no /proc in SERVICE_CHROOT", done.stderr)

    @unittest.skipIf(IS_ROOT, "root can")
    def test_a_root_of_its_own_is_roots_to_give(self):
        done = harness.run_documents(self, harness.settings_for(self, SERVICE_CHROOT=self.folder), "--check")
        self.assertEqual(done.returncode, EX_CONFIG)
        self.assertIn("SERVICE_CHROOT: only root can change the root of the file system", done.stderr)

    def score(self, pid):
        with open("/proc/%d/oom_score_adj" % pid) as f:
            return int(f.read())

    def test_workers_end_before_the_manager_does(self):
        own = self.score(os.getpid())
        if own > 900:
            self.skipTest("we are to end first ourselves")
        service = Service(self, ENV="production", OOM_SCORE_ADJ=own + 10, WORKER_OOM_SCORE_ADJ=own + 100)
        wait_bound(service, 2)
        self.assertEqual(self.score(service.pid), own + 10)
        self.assertEqual({self.score(pid) for pid in service.workers()}, {own + 100})
        self.assertEqual(service.stop(), 0)
        done = harness.run_documents(self, harness.settings_for(self, WORKER_OOM_SCORE_ADJ=own - 1))
        self.assertEqual(done.returncode, EX_CONFIG)
        self.assertIn("WORKER_OOM_SCORE_ADJ: below the manager's", done.stderr)

    def test_a_memory_dump_is_left_by_order_alone(self):
        for order, limit in ((None, "0 +0 "), ("on", r"(\S+) +\1 ")):
            service = Service(self, "dumps-%s" % order, ENV="production", CORE_DUMPS=order)
            wait_bound(service, 2)
            for pid in [service.pid, *service.workers()]:
                with open("/proc/%d/limits" % pid) as f:
                    self.assertRegex(f.read(), "Max core file size +" + limit)
            self.assertEqual(service.stop(), 0)


if __name__ == "__main__":
    unittest.main()
