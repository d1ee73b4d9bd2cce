"""What the plays of tests/integration are made of: the service, web servers in front of it, clients, tokens.

A play (a test method) starts what it needs, says something to it and expects an answer. Everything lives in a
temporary folder of the play's own; every process that it started is ended and must be gone when it is over.
Nothing waits by sleeping for a fixed time: `wait_until` asks for a condition again and again, up to a deadline.
"""

import atexit
import contextlib
import functools
import grp
import hashlib
import hmac
import http.client
import json
import os
import pwd
import re
import shutil
import signal
import socket
import struct
import subprocess
import tempfile
import threading
import time
import unittest

SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.abspath(os.environ.get("BUILD", os.path.join(SOURCE, "build")))
DOCUMENTS = os.path.join(BUILD, "documents")
POSTERN = os.path.join(BUILD, "postern")
POLICIES = os.path.join(SOURCE, "policies")
IS_ROOT = os.geteuid() == 0


def _build_options():
    try:
        with open(os.path.join(BUILD, "options")) as f:
            return f.read()
    except FileNotFoundError:
        return ""


# Programs of a coverage build write their counts where they were built, which nobody may not.
IS_COVERAGE = "--enable-coverage" in _build_options()
IS_SANITIZED = "--enable-sanitizers" in _build_options()
DEADLINE = 30.0  # seconds that any condition may take on a slow, busy machine


def find_program(name):
    return shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin:/usr/local/sbin")


def needs(program):
    """Skips a play where a server is not installed (contrib/dev check installs them all)."""
    return unittest.skipUnless(find_program(program), program + " is not installed")


def wait_until(condition, what, seconds=DEADLINE):
    """The condition's first true value."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError("waited %g s in vain for %s" % (seconds, what))
        time.sleep(0.01)


def process_is_alive(pid):
    try:
        with open("/proc/%d/stat" % pid) as f:
            return f.read().rpartition(")")[2].split()[0] not in ("Z", "X")
    except (FileNotFoundError, ProcessLookupError):
        return False


def process_sleeps(pid):
    """Whether it waits in a call of the system, and not for the processor or for who traces it."""
    with open("/proc/%d/stat" % pid) as f:
        return f.read().rpartition(")")[2].split()[0] == "S"


def process_is_stopped(pid):
    with open("/proc/%d/stat" % pid) as f:
        return f.read().rpartition(")")[2].split()[0] == "T"


def children_of(pid):
    found = []
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                with open("/proc/%s/stat" % entry) as f:
                    if int(f.read().rpartition(")")[2].split()[1]) == pid:
                        found.append(int(entry))
            except (FileNotFoundError, ProcessLookupError):
                pass
    return sorted(found)


def waits_for_sockets(pid):
    """Whether one of the process's epolls has a socket in it: a worker that accepts, and not one that only started."""
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        links = {fd: os.readlink("/proc/%d/fd/%s" % (pid, fd)) for fd in os.listdir("/proc/%d/fd" % pid)}
        for fd in (fd for fd, link in links.items() if link == "anon_inode:[eventpoll]"):
            with open("/proc/%d/fdinfo/%s" % (pid, fd)) as f:
                watched = re.findall(r"^tfd:\s*(\d+)", f.read(), re.M)
            if any(links.get(fd, "").startswith("socket:") for fd in watched):
                return True
    return False


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


@functools.lru_cache(maxsize=None)
def serving_user():
    """Whom a service that root starts becomes: nobody where that can read the tree, else root."""
    if not IS_ROOT:
        return pwd.getpwuid(os.geteuid()).pw_name
    if IS_COVERAGE:
        return "root"
    reach = subprocess.run(["runuser", "-u", "nobody", "--", "test", "-r", os.path.join(POLICIES, "documents.cedar")])
    return "nobody" if reach.returncode == 0 else "root"


class Keys:
    """One issuer for all plays of a run: making an RSA key takes a while."""

    folder = None

    @classmethod
    def get(cls):
        if cls.folder is None:
            cls.folder = tempfile.mkdtemp(prefix="postern-keys-")
            atexit.register(cls.remove)
            subprocess.run([POSTERN, "token", "keygen", "--private", cls.private(), "--public", cls.public()],
                           check=True, stdout=subprocess.DEVNULL)
            os.chmod(cls.folder, 0o755)
            os.chmod(cls.public(), 0o644)
        return cls

    @classmethod
    def private(cls):
        return os.path.join(cls.folder, "issuer.pem")

    @classmethod
    def public(cls):
        return os.path.join(cls.folder, "issuer.pub.pem")

    @classmethod
    def remove(cls):
        if cls.folder:
            shutil.rmtree(cls.folder)
            cls.folder = None


def mint(subject, audience="documents", lifetime=3600, key=None, **claims):
    """A token; claims are named without their namespace: role="physician", actors=["operator"]."""
    argv = [POSTERN, "token", "--key", key or Keys.get().private(), "--sub", subject, "--aud", audience,
            "--lifetime", str(lifetime)]
    for name, value in claims.items():
        argv += ["--claim-json", "neosofia:%s=%s" % (name, json.dumps(value))]
    return subprocess.run(argv, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()


@functools.lru_cache(maxsize=None)
def token_of(who):
    """The demo principals of contrib/dev serve."""
    return {
        "patient-p1": lambda: mint("p1", principal_type="Patient"),
        "patient-p2": lambda: mint("p2", principal_type="Patient"),
        "clinician-a": lambda: mint("clinician-a", principal_type="Clinician", role="physician", clinic_id="clinic-a"),
        "admin": lambda: mint("admin", principal_type="Clinician", role="admin", clinic_id="clinic-a"),
        "operator": lambda: mint("operator", actors=["operator"]),
    }[who]()


def bearer(who):
    return {"Authorization": "Bearer " + token_of(who)}


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    def header(self, name):
        """The value of a field that comes once, or None."""
        values = [v for k, v in self.headers if k.lower() == name.lower()]
        assert len(values) <= 1, "%s came %d times" % (name, len(values))
        return values[0] if values else None

    def json(self):
        return json.loads(self.body)

    def error(self):
        """The error code, which must be all there is."""
        value = self.json()
        assert list(value) == ["error"], value
        return value["error"]

    def __repr__(self):
        return "<%d %r>" % (self.status, self.body[:200])


def http_request(port, method, path, headers=None, body=None, timeout=DEADLINE):
    """One request on a connection of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        return http_on(connection, method, path, headers, body)
    finally:
        connection.close()


def http_on(connection, method, path, headers=None, body=None):
    """One request on a kept connection. `headers` may be a list of pairs, to repeat one."""
    pairs = list(headers.items()) if isinstance(headers, dict) else list(headers or [])
    connection.putrequest(method, path, skip_host=any(k.lower() == "host" for k, _ in pairs), skip_accept_encoding=True)
    if body is not None and not any(k.lower() in ("content-length", "transfer-encoding") for k, _ in pairs):
        pairs.append(("Content-Length", str(len(body))))
    for name, value in pairs:
        connection.putheader(name, value)
    connection.endheaders(body)
    reply = connection.getresponse()
    return Answer(reply.status, reply.getheaders(), reply.read())


def http_raw(port, data, timeout=DEADLINE, half_close=True):
    """Sends bytes as they are and returns everything up to the end of the connection."""
    with socket.create_connection(("127.0.0.1", port), timeout) as s:
        s.sendall(data)
        if half_close:  # which a front server may take for a client that has gone
            s.shutdown(socket.SHUT_WR)
        parts = []
        while True:
            part = s.recv(65536)
            if not part:
                return b"".join(parts)
            parts.append(part)


# --- FastCGI, spoken by hand: what no web server would send, and what every header really says ------------

FCGI_BEGIN, FCGI_ABORT, FCGI_END, FCGI_PARAMS, FCGI_STDIN, FCGI_STDOUT, FCGI_STDERR = 1, 2, 3, 4, 5, 6, 7
FCGI_GET_VALUES, FCGI_GET_VALUES_RESULT, FCGI_UNKNOWN_TYPE = 9, 10, 11


def fcgi_record(kind, content=b"", request_id=1, version=1, padding=0):
    return struct.pack("!BBHHBx", version, kind, request_id, len(content), padding) + content + b"\0" * padding


def fcgi_begin(request_id=1, role=1, keep=False):
    return fcgi_record(FCGI_BEGIN, struct.pack("!HB5x", role, 1 if keep else 0), request_id)


def fcgi_length(n):
    return struct.pack("!B", n) if n < 128 else struct.pack("!I", n | 0x80000000)


def fcgi_pair(name, value):
    name, value = name.encode("latin-1"), value.encode("latin-1") if isinstance(value, str) else value
    return fcgi_length(len(name)) + fcgi_length(len(value)) + name + value


def fcgi_params(pairs, request_id=1):
    data = b"".join(fcgi_pair(k, v) for k, v in pairs)
    chunks = [data[i:i + 65000] for i in range(0, len(data), 65000)]
    return b"".join(fcgi_record(FCGI_PARAMS, c, request_id) for c in chunks) + fcgi_record(FCGI_PARAMS, b"", request_id)


def cgi_params(method="GET", path="/health", headers=None, body=None, params=None):
    """CGI parameters as a web server would send them. `headers` may repeat; `params` replaces, adds, or (None) removes."""
    raw, _, query = path.partition("?")
    pairs = {
        "GATEWAY_INTERFACE": "CGI/1.1", "SERVER_PROTOCOL": "HTTP/1.1", "REQUEST_METHOD": method, "REQUEST_URI": path,
        "QUERY_STRING": query, "REMOTE_ADDR": "192.0.2.7", "HTTP_HOST": "localhost", "REQUEST_SCHEME": "http",
    }
    if body is not None:
        pairs["CONTENT_LENGTH"] = str(len(body))
    repeated = []
    for name, value in (headers.items() if isinstance(headers, dict) else headers or []):
        key = "HTTP_" + name.upper().replace("-", "_")
        if name.lower() in ("content-type", "content-length"):
            key = key[5:]
        if key in pairs and key != "HTTP_HOST":
            repeated.append((key, value))
        else:
            pairs[key] = value
    for name, value in (params or {}).items():
        if value is None:
            pairs.pop(name, None)
        else:
            pairs[name] = value
    return list(pairs.items()) + repeated


class FastCGI:
    """One connection to a FastCGI socket: a path or (host, port)."""

    def __init__(self, address, timeout=DEADLINE):
        self.socket = socket.socket(socket.AF_UNIX if isinstance(address, str) else socket.AF_INET)
        self.socket.settimeout(timeout)
        self.socket.connect(address)
        self.pending = b""

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data)

    def read_exactly(self, n):
        while len(self.pending) < n:
            part = self.socket.recv(65536)
            if not part:
                raise EOFError("the connection ended after %d of %d bytes" % (len(self.pending), n))
            self.pending += part
        data, self.pending = self.pending[:n], self.pending[n:]
        return data

    def record(self):
        """(type, request id, content) of the next record."""
        version, kind, request_id, length, padding = struct.unpack("!BBHHBx", self.read_exactly(8))
        assert version == 1
        content = self.read_exactly(length)
        self.read_exactly(padding)
        return kind, request_id, content

    def is_closed(self):
        """Whether the other side closes the connection now, without another byte."""
        try:
            return self.socket.recv(1) == b""
        except (ConnectionResetError, BrokenPipeError):
            return True

    def answer(self, request_id=1):
        """Reads one whole response."""
        out = b""
        while True:
            kind, rid, content = self.record()
            assert rid == request_id, rid
            if kind == FCGI_STDOUT:
                out += content
            elif kind == FCGI_END:
                self.end = struct.unpack("!IB3x", content)
                break
        return parse_cgi(out)

    def request(self, method="GET", path="/health", headers=None, body=None, params=None, keep=False, request_id=1):
        data = fcgi_begin(request_id, keep=keep) + fcgi_params(cgi_params(method, path, headers, body, params), request_id)
        for i in range(0, len(body or b""), 65000):
            data += fcgi_record(FCGI_STDIN, body[i:i + 65000], request_id)
        self.send(data + fcgi_record(FCGI_STDIN, b"", request_id))
        return self.answer(request_id)


class Listener:
    """A FastCGI application of the play's own: keeps what a front server says of each request, and answers 204."""

    def __init__(self, stage, name="listener"):
        self.socket_path, self.requests = stage.path(name + ".sock"), []
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.bind(self.socket_path)
        os.chmod(self.socket_path, 0o666)
        self.socket.listen(16)
        threading.Thread(target=self.accept, daemon=True).start()

    def close(self):
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()

    def accept(self):
        with contextlib.suppress(OSError):
            while True:
                threading.Thread(target=self.serve, args=(self.socket.accept()[0],), daemon=True).start()

    def serve(self, connection):
        with connection, connection.makefile("rb") as stream:
            data = b""
            while True:
                head = stream.read(8)
                if len(head) < 8:
                    return
                _, kind, request_id, length, padding = struct.unpack("!BBHHBx", head)
                content = stream.read(length + padding)[:length]
                data += content if kind == FCGI_PARAMS else b""
                if kind == FCGI_STDIN and not content:
                    self.requests.append(self.pairs(data))
                    connection.sendall(fcgi_record(FCGI_STDOUT, b"Status: 204\r\n\r\n", request_id)
                                       + fcgi_record(FCGI_STDOUT, b"", request_id)
                                       + fcgi_record(FCGI_END, bytes(8), request_id))
                    data = b""

    @staticmethod
    def pairs(data):
        """[(name, value)] in order of arrival, repetitions included."""
        found, at = [], 0
        while at < len(data):
            lengths = []
            for _ in range(2):
                size = 1 if data[at] < 128 else 4
                lengths.append(int.from_bytes(data[at:at + size], "big") & 0x7fffffff)
                at += size
            name, value = data[at:at + lengths[0]], data[at + lengths[0]:at + sum(lengths)]
            found.append((name.decode("latin-1"), value.decode("latin-1")))
            at += sum(lengths)
        return found


def parse_cgi(out):
    """A CGI response (RFC 3875 section 6) as an Answer."""
    head, _, body = out.partition(b"\r\n\r\n")
    pairs = [tuple(line.split(": ", 1)) for line in head.decode("latin-1").split("\r\n")]
    status = [v for k, v in pairs if k == "Status"]
    assert len(status) == 1, out[:300]
    return Answer(int(status[0].split()[0]), [p for p in pairs if p[0] != "Status"], body)


# --- processes ---------------------------------------------------------------------------------------------

def inherited_environment():
    """All that a program gets of the environment of the tests."""
    kept = {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LANG": "C.UTF-8"}
    for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "GCOV_PREFIX", "GCOV_PREFIX_STRIP"):
        if name in os.environ:
            kept[name] = os.environ[name]
    return kept


class Process:
    """A program in a session of its own, its output in files of the play's folder (or where `stdout` says)."""

    def __init__(self, play, name, argv, environment=None, stdin=subprocess.DEVNULL, stdout=None, **options):
        self.name, self.play = name, play
        run = name + "-%d" % len(play.processes)  # one that is started again writes files of its own
        self.out_path = play.path(run + ".out")
        self.err_path = play.path(run + ".err")
        with open(self.out_path, "ab") as out, open(self.err_path, "ab") as err:
            self.popen = subprocess.Popen(argv, stdin=stdin, stdout=out if stdout is None else stdout, stderr=err,
                                          env={**inherited_environment(), **(environment or {})}, cwd=play.folder,
                                          start_new_session=True, **options)
        self.pid = self.popen.pid
        play.processes.append(self)

    def is_running(self):
        return self.popen.poll() is None

    def signal(self, number):
        os.kill(self.pid, number)

    def wait(self, seconds=DEADLINE):
        """The exit status (negative: the signal's number)."""
        return self.popen.wait(seconds)

    def stop(self, number=None, seconds=DEADLINE):
        if self.is_running():
            self.signal(number or signal.SIGTERM)
        return self.wait(seconds)

    def output(self):
        with open(self.out_path, encoding="utf-8", errors="replace") as f:
            return f.read()

    def errors(self):
        with open(self.err_path, encoding="utf-8", errors="replace") as f:
            return f.read()

    def end(self):
        """Whatever happens, it and its session are gone afterwards."""
        if self.is_running():
            self.popen.terminate()
            try:
                self.popen.wait(10)
            except subprocess.TimeoutExpired:
                self.popen.kill()
                self.popen.wait()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)


def settings_for(play, name="documents", **changes):
    """The environment of a service that may start, store and socket named after it; None unsets a setting."""
    settings = {
        "ENV": "development",
        "LISTEN": "unix:%s" % play.path(name + ".sock"),
        "JWT_PUBLIC_KEY_FILE": Keys.get().public(),
        "AUTHORIZATION_POLICIES_DIR": POLICIES,
        "APP_DATABASE_URL": "sqlite://" + play.path(name + ".db"),
        "RATE_LIMIT_STORAGE_URI": "sqlite://" + play.path(name + "-limits.db"),
        "HEALTH_RATE_LIMIT": "1000000 per minute",
        "DOCUMENT_READ_RATE_LIMIT": "1000000 per minute",
        "DOCUMENT_DELETE_RATE_LIMIT": "1000000 per minute",
    }
    if IS_ROOT:
        settings["SERVICE_USER"] = serving_user()
    elif changes.get("ENV") in ("production", "staging"):
        settings["AUTHORIZATION_POLICIES_DIR"] = play.read_only_policies()
    # All plays can be tried in another mode of the sandbox than that of their environment.
    if "SANDBOX" in os.environ:
        settings["SANDBOX"] = os.environ["SANDBOX"]
    settings.update(changes)
    # What sanitizers do beside a program's work is no call that a sandbox lets through.
    if IS_SANITIZED and "SANDBOX" not in changes:
        settings["SANDBOX"] = "off"
    return {k: str(v) for k, v in settings.items() if v is not None}


def run_documents(play, settings, *arguments, program=DOCUMENTS, stdin=subprocess.DEVNULL):
    """Runs the program to its end."""
    return subprocess.run([program, *arguments], env={**inherited_environment(), **settings}, cwd=play.folder,
                          stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=DEADLINE)


def pseudonym(key, field, value):
    """What stands in the log for a client's address ("client") or a token's subject ("actor")."""
    return hmac.new(key.encode(), field.encode() + b"\0" + value.encode(), hashlib.sha256).hexdigest()[:16]


class Service(Process):
    """The documents service with a new, seeded store. Settings are keyword arguments; None unsets a default."""

    def __init__(self, play, name="documents", seed=True, wait=True, program=DOCUMENTS, stdin=subprocess.DEVNULL,
                 stdout=None, argv=None, before_exec=None, pass_fds=(), **settings):
        self.socket_path = play.path(name + ".sock")
        self.log_lock, self.log_lines, self.log_read = threading.Lock(), [], 0
        self.settings = settings_for(play, name, **settings)
        self.program = program
        if seed:
            self.command(play, "seed")
        super().__init__(play, name, argv or [program], self.settings, stdin=stdin, stdout=stdout, preexec_fn=before_exec,
                         pass_fds=pass_fds)
        if wait and stdout is None:
            wait_until(lambda: self.events("service.startup") or not self.is_running(), "the service to start")
            if not self.is_running():
                raise AssertionError("the service ended with %s:\n%s%s" % (self.wait(), self.errors(), self.output()))

    def command(self, play, *arguments):
        done = run_documents(play, self.settings, *arguments, program=self.program)
        assert done.returncode == 0, done
        return done

    def log_size(self):
        """Bytes of log so far: a place to read on from."""
        return os.path.getsize(self.out_path)

    def log(self, since=0):
        """All whole lines so far, parsed; `since` is a former log_size()."""
        with self.log_lock:
            with open(self.out_path, "rb") as f:
                f.seek(self.log_read)
                data = f.read()
            for line in data[:data.rfind(b"\n") + 1].splitlines(keepends=True):
                self.log_lines.append((self.log_read, json.loads(line)))
                self.log_read += len(line)
            return [line for place, line in self.log_lines if place >= since]

    def events(self, event_type, since=0):
        return [line for line in self.log(since) if line["event_type"] == event_type]

    def wait_event(self, event_type, count=1, seconds=DEADLINE):
        """The events of a type, once there are `count` of them."""
        return wait_until(lambda: len(self.events(event_type)) >= count and self.events(event_type),
                          "%d of %s" % (count, event_type), seconds)

    def workers(self):
        """Pids of the living workers, by the log: those that started and are still there."""
        return [e["pid"] for e in self.events("worker.started") if process_is_alive(e["pid"])]

    def wait_accepting(self, count):
        """
        The workers, once `count` live and each accepts: it has the store open, its signals set, and would be missed. The
        event worker.started tells of the fork alone, and service.startup of the first that accepts.
        """
        def accepting():
            pids = self.workers()
            return len(pids) == count and all(map(waits_for_sockets, pids)) and pids

        return wait_until(accepting, "%d workers to accept" % count)

    def connect(self):
        return FastCGI(self.socket_path)

    def wait_to_listen(self):
        """For a start whose log says nothing, or says it to somebody else."""
        def connects():
            assert self.is_running(), self.errors()
            try:
                self.connect().socket.close()
                return True
            except OSError:
                return False

        wait_until(connects, "the socket")

    def request(self, *args, **kwargs):
        """One FastCGI request on a connection of its own."""
        with self.connect() as connection:
            return connection.request(*args, **kwargs)


class Nginx(Process):
    """nginx in front of a FastCGI socket, with the shipped parameter and error files. `keepalive` 0: a connection for each
    request, and the service is told so, as without a pool nginx would hang up by itself."""

    def __init__(self, play, upstream, name="nginx", keepalive=64, workers=1, server_lines=""):
        self.port = free_port()
        user = serving_user()
        group = grp.getgrgid(pwd.getpwnam(user).pw_gid).gr_name
        for shipped in ("postern-params.conf", "postern-errors.conf", "postern-error-headers.conf"):
            shutil.copy(os.path.join(SOURCE, "contrib", "nginx", shipped), play.folder)
        params = "postern-params.conf" if keepalive else self.without_keeping(play)
        temp = play.path(name + "-temp")
        os.mkdir(temp)
        if IS_ROOT:
            shutil.chown(temp, user, group)
        conf = play.path(name + ".conf")
        with open(conf, "w") as f:
            f.write("""daemon off; pid {temp}/pid; error_log {temp}/error.log warn; worker_processes {workers};
{user}
events {{ worker_connections 4096; }}
http {{
    {paths}
    access_log off; server_tokens off;
    upstream service {{ server {upstream}; {keepalive} }}
    server {{
        listen 127.0.0.1:{port} backlog=1024;
        client_max_body_size 64m;
        include postern-errors.conf;
        {server_lines}
        location / {{ include {params}; fastcgi_pass service; }}
    }}
}}
""".format(temp=temp, params=params, workers=workers, port=self.port, upstream=upstream, server_lines=server_lines,
                user="user %s %s;" % (user, group) if IS_ROOT else "",
                keepalive="keepalive %d;" % keepalive if keepalive else "",
                paths=" ".join("%s_temp_path %s/%s;" % (k, temp, k.split("_")[0]) for k in
                               ("client_body", "fastcgi", "proxy", "scgi", "uwsgi"))))
        super().__init__(play, name, [find_program("nginx"), "-e", temp + "/error.log", "-c", conf])
        self.error_log = temp + "/error.log"
        wait_until(self.answers, "nginx to listen")

    @staticmethod
    def without_keeping(play):
        with open(play.path("postern-params.conf")) as f:
            text, changes = re.subn(r"(fastcgi_keep_conn +)on;", r"\1off;", f.read())
        assert changes == 1, "the parameters say in one place that connections are kept"
        with open(play.path("close-params.conf"), "w") as f:
            f.write(text)
        return "close-params.conf"

    def answers(self):
        assert self.is_running(), self.errors()
        try:
            socket.create_connection(("127.0.0.1", self.port), 1).close()
            return True
        except OSError:
            return False

    def request(self, method, path, headers=None, body=None):
        return http_request(self.port, method, path, headers, body)


class Stage:
    """A folder and the processes that were started in it. Whatever happens, both are gone when it is cleared."""

    def set_up(self):
        self.folder = tempfile.mkdtemp(prefix="postern-")
        os.chmod(self.folder, 0o755)
        if IS_ROOT:
            shutil.chown(self.folder, serving_user())
        self.processes = []
        return self

    def path(self, name):
        return os.path.join(self.folder, name)

    def clear(self):
        """Ends everything; raises when a process stays, or when a sanitizer complained."""
        everything = []
        for process in self.processes:
            everything += [process.pid] + children_of(process.pid)
        for process in reversed(self.processes):
            process.end()
        complaints = [p.errors()[-8000:] for p in self.processes if re.search(r"Sanitizer|runtime error:", p.errors())]
        try:
            wait_until(lambda: not any(map(process_is_alive, everything)), "all processes to be gone", 10)
        finally:
            for folder, _, _ in os.walk(self.folder):
                os.chmod(folder, 0o755)
            shutil.rmtree(self.folder)
        assert not complaints, "a sanitizer complained:\n" + "\n".join(complaints)

    def read_only_policies(self):
        """A copy of the policies that the service could not change: hardened, it does not start with another."""
        folder = self.path("read-only-policies")
        if not os.path.exists(folder):
            shutil.copytree(POLICIES, folder)
            for name in os.listdir(folder):
                os.chmod(os.path.join(folder, name), 0o444)
            os.chmod(folder, 0o555)
        return folder

    def report(self):
        for process in self.processes:
            print("--- %s, standard error\n%s" % (process.name, process.errors()[-4000:]))
            print("--- %s, standard output\n%s" % (process.name, process.output()[-4000:]))


class Answers(unittest.TestCase):
    """What plays say about answers."""

    maxDiff = 4000

    def assertError(self, answer, status, code):
        self.assertEqual((answer.status, answer.error()), (status, code))
        self.assertEqual(answer.header("Content-Type"), "application/json")

    def has_failed(self):
        result = getattr(self._outcome, "result", None)
        troubles = result.failures + result.errors if result else []
        return any(getattr(test, "test_case", test) is self for test, _ in troubles)


class Play(Answers, Stage):
    """A test with a folder and processes of its own."""

    def setUp(self):
        Stage.set_up(self)
        self.addCleanup(self.finish)

    def finish(self):
        if self.has_failed():
            self.report()
        self.clear()


class UpgradePlay(Play):
    """One service, several managers: each is nobody's child any more once the one before it has ended."""

    def setUp(self):
        super().setUp()
        self.managers = []
        self.addCleanup(self.end_managers)

    def end_managers(self):
        """Before the stage is cleared."""
        for pid in self.managers:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)
        wait_until(lambda: not any(map(process_is_alive, self.managers)), "the managers to end")

    def begin(self, service, pid=None):
        """USR2 to a manager, until both serve; the new manager."""
        ready, started = len(service.events("upgrade.ready")), len(service.events("service.startup"))
        os.kill(pid or service.pid, signal.SIGUSR2)
        new = service.wait_event("upgrade.ready", ready + 1)[-1]["pid"]
        self.managers.append(new)
        service.wait_event("service.startup", started + 1)
        return new

    def refuse(self, service, pid=None):
        """USR2 to a manager, until it has told why not."""
        refused = len(service.events("upgrade.refused"))
        os.kill(pid or service.pid, signal.SIGUSR2)
        return service.wait_event("upgrade.refused", refused + 1)[-1]

    def retire(self, pid, workers):
        os.kill(pid, signal.SIGWINCH)
        wait_until(lambda: not any(map(process_is_alive, workers)), "the old workers to end")

    def patience(self, seconds):
        """A file for UPGRADE_TIMEOUT_FILE, so that a broken one need not be waited for as long as a good one may take."""
        path = self.path("patience")
        with open(path, "w") as f:
            f.write(str(seconds))
        os.chmod(path, 0o644)
        return path

    def change_patience(self, service, seconds, pid=None):
        self.patience(seconds)
        done = len(service.events("service.reloaded"))
        os.kill(pid or service.pid, signal.SIGHUP)
        service.wait_event("service.reloaded", done + 1)


class SharedPlay(Answers):
    """Tests that only ask, of what `raise_curtain` started once for all of them: self.stage has folder and processes."""

    @classmethod
    def setUpClass(cls):
        cls.stage = Stage().set_up()
        cls.addClassCleanup(cls.stage.clear)
        cls.raise_curtain(cls.stage)

    @classmethod
    def raise_curtain(cls, stage):
        """Starts what the tests ask; for subclasses."""

    def tearDown(self):
        if self.has_failed():
            self.stage.report()
