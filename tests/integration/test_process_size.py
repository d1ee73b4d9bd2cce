"""How large the service may be, and how small it is: 512 workers, and the memory of one."""

import concurrent.futures
import re
import resource
import signal
import unittest

from harness import IS_ROOT, IS_SANITIZED, FastCGI, Play, Service, bearer, wait_until

WORKER_KB = 3000
MANY = 512
# What a login gives: the manager itself raises the first of the two.
DESCRIPTORS = (1024, 4096)


def pss_kb(pid):
    with open("/proc/%d/smaps_rollup" % pid) as f:
        return int(re.search(r"^Pss:\s+(\d+) kB", f.read(), re.M).group(1))


@unittest.skipIf(IS_SANITIZED, "a sanitizer has memory of its own for every byte, and takes its time")
class Size(Play):

    def status(self):
        with FastCGI(self.path("status.sock")) as connection:
            return connection.request(path="/status").json()

    def serve(self, workers, **settings):
        return Service(self, WEB_CONCURRENCY=workers, STATUS_LISTEN="unix:" + self.path("status.sock"), **settings)

    def test_a_worker_under_load_takes_less_than_3_MB(self):
        """Of memory shared with others, its share; that of two is the largest."""
        # Whoever is not root sees the memory of such processes alone as may be traced.
        service = self.serve(2, SANDBOX="strict", CORE_DUMPS=None if IS_ROOT else "on")
        headers = bearer("patient-p1")
        kept = [service.connect() for _ in range(64)]
        with concurrent.futures.ThreadPoolExecutor(16) as pool:
            for _ in range(5):
                for path, fields in (("/health", None), ("/api/v1/documents/d1", headers)):
                    answers = list(pool.map(lambda c, p=path, h=fields: c.request(path=p, headers=h, keep=True).status, kept))
                    self.assertEqual(set(answers), {200})
        sizes = [pss_kb(pid) for pid in service.workers()]
        for connection in kept:
            connection.socket.close()
        self.assertEqual(len(sizes), 2)
        self.assertLess(max(sizes), WORKER_KB)

    def test_files_that_may_not_grow_end_nobody(self):
        """The kernel's signal for that would end the manager at its next line of the log."""
        room = 128 * 1024
        service = self.serve(
            2, before_exec=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (room, room)),
            # They are in a file of memory, which must not be larger either.
            RATE_LIMIT_TABLE_ENTRIES=1024)
        while service.log_size() < room - 100:
            self.assertEqual(service.request(path="/api/v1/documents/d1", headers=bearer("patient-p1")).status, 200)

        def lines_are_lost():
            self.assertEqual(service.request().status, 200)
            return self.status()["log_lines_dropped"] > 0

        wait_until(lines_are_lost, "a line that finds no room")
        service.signal(signal.SIGTTIN)
        wait_until(lambda: self.status()["workers"]["idle"] == 3, "a third worker")
        self.assertEqual(sum(self.status()["deaths"].values()), 0)
        self.assertEqual(service.stop(), 0)

    def test_512_workers_accept_and_all_of_them_end(self):
        service = self.serve(
            MANY, before_exec=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, DESCRIPTORS))
        self.assertEqual(service.request().status, 200)
        wait_until(lambda: self.status()["workers"]["idle"] == MANY, "all workers to accept")
        self.assertEqual(len(service.workers()), MANY)
        self.assertEqual(service.stop(), 0)
        self.assertEqual(service.workers(), [])
        self.assertFalse(service.events("worker.died"))
