"""Web servers in front of the service, with the configuration that contrib/ ships.

The shipped files are used as they are; only paths, ports and names are replaced, and each replacement must find its
text: what an administrator would change, and nothing else.
"""

import functools
import grp
import http.client
import os
import pwd
import ssl
import subprocess

import harness
from harness import DEADLINE, IS_ROOT, DOCUMENTS, Process, find_program, free_port, http_on, serving_user, wait_until

LIGHTTPD_TLS = "/usr/lib/lighttpd/mod_openssl.so"
APACHE_MODULES = "/usr/lib/apache2/modules"
HOST = "documents.example.org"


def shipped(name, replacements):
    """A file of contrib/ with other paths."""
    with open(os.path.join(harness.SOURCE, "contrib", name)) as f:
        text = f.read()
    for old, new in replacements.items():
        assert old in text, "%s does not hold %r" % (name, old)
        text = text.replace(old, new)
    return text


def write(path, text):
    with open(path, "w") as f:
        f.write(text)
    return path


def group_of(user):
    return grp.getgrgid(pwd.getpwnam(user).pw_gid).gr_name


def own_folder(play, name):
    """A folder that the server's own user may write to."""
    folder = play.path(name)
    os.mkdir(folder)
    if IS_ROOT:
        entry = pwd.getpwnam(serving_user())
        os.chown(folder, entry.pw_uid, entry.pw_gid)
    return folder


@functools.lru_cache(maxsize=None)
def _certificate():
    folder = os.path.dirname(harness.Keys.get().public())
    key, certificate = os.path.join(folder, "tls.key"), os.path.join(folder, "tls.pem")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=" + HOST, "-days", "2",
                    "-keyout", key, "-out", certificate], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return certificate, key


def certificate():
    """(certificate, key), readable by the server that root starts."""
    return _certificate()


class Front(Process):
    """What all web servers here have in common: a plain port, perhaps one for TLS, and requests to them."""

    tls_port = None

    def wait_until_it_listens(self):
        def answers():
            assert self.is_running(), self.errors()
            try:
                http.client.HTTPConnection("127.0.0.1", self.port, timeout=1).connect()
                return True
            except OSError:
                return False
        wait_until(answers, self.name + " to listen")

    def errors(self):
        return super().errors() + (self.own_errors() if self.error_log != self.err_path else "")

    def own_errors(self):
        try:
            with open(self.error_log, encoding="utf-8", errors="replace") as f:
                return f.read()
        except FileNotFoundError:
            return ""

    def connect(self, tls=False):
        if not tls:
            return http.client.HTTPConnection("127.0.0.1", self.port, timeout=DEADLINE)
        context = ssl.create_default_context(cafile=certificate()[0])
        context.check_hostname = False
        return http.client.HTTPSConnection("127.0.0.1", self.tls_port, timeout=DEADLINE, context=context)

    def request(self, method, path, headers=None, body=None, tls=False):
        connection = self.connect(tls)
        try:
            return http_on(connection, method, path, headers, body)
        finally:
            connection.close()


class NginxSite(Front):
    """nginx with the shipped site: HTTPS and plain HTTP, side by side."""

    def __init__(self, play, socket_path, name="nginx-site"):
        self.port, self.tls_port = free_port(), free_port()
        folder = own_folder(play, name)
        self.error_log = folder + "/error.log"
        for include in ("postern-params.conf", "postern-errors.conf", "postern-error-headers.conf"):
            write(play.path(include), shipped("nginx/" + include, {}))
        chain, key = certificate()
        site = shipped("nginx/documents.conf", {
            "listen 443 ssl": "listen 127.0.0.1:%d ssl" % self.tls_port, "    listen [::]:443 ssl http2;\n": "",
            "listen 80": "listen 127.0.0.1:%d" % self.port, "    listen [::]:80;\n": "",
            "/etc/ssl/certs/documents.pem": chain, "/etc/ssl/private/documents.key": key,
            "/run/documents/documents.sock": socket_path,
        })
        paths = "".join("    %s_temp_path %s/%s;\n" % (kind, folder, kind)
                        for kind in ("client_body", "fastcgi", "proxy", "scgi", "uwsgi"))
        user = "user %s %s;" % (serving_user(), group_of(serving_user())) if IS_ROOT else ""
        conf = write(play.path(name + ".conf"), "daemon off; pid %s/pid; error_log %s warn; %s\nevents { }\nhttp {\n%s%s}\n"
                     % (folder, self.error_log, user, paths, site))
        super().__init__(play, name, [find_program("nginx"), "-e", self.error_log, "-c", conf])
        self.wait_until_it_listens()


class Fcgiwrap(Process):
    """fcgiwrap runs the service as a CGI program, for nginx, which cannot."""

    def __init__(self, play, name="fcgiwrap"):
        self.socket_path = play.path(name + ".sock")
        user, argv = serving_user(), [find_program("fcgiwrap"), "-f", "-s", "unix:" + self.socket_path]
        if IS_ROOT and user != "root":
            argv = ["setpriv", "--reuid", user, "--regid", group_of(user), "--clear-groups"] + argv
        super().__init__(play, name, argv)
        wait_until(lambda: os.path.exists(self.socket_path), "fcgiwrap to listen")
        self.error_log = self.err_path


class NginxCgi(Front):
    """nginx with the shipped parameters, and the service behind fcgiwrap."""

    def __init__(self, play, settings, name="nginx-cgi"):
        self.wrapper = Fcgiwrap(play)
        lines = "".join('fastcgi_param %s "%s";\n' % pair for pair in settings.items())
        lines += "fastcgi_param SCRIPT_FILENAME %s;\n" % DOCUMENTS
        write(play.path("cgi-settings.conf"), lines)
        write(play.path("cgi-params.conf"), shipped("nginx/postern-params.conf", {"keep_conn          on": "keep_conn off"}))
        inner = harness.Nginx(play, "unix:" + self.wrapper.socket_path, name=name, keepalive=0, server_lines="""
        location /documents {
            include cgi-params.conf;
            include cgi-settings.conf;
            fastcgi_param SCRIPT_NAME /documents;
            fastcgi_split_path_info ^(/documents)(.*)$;
            fastcgi_param PATH_INFO $fastcgi_path_info;
            fastcgi_pass service;
        }""")
        self.__dict__.update(inner.__dict__)
        self.error_log = inner.error_log

    def own_errors(self):
        return super().own_errors() + self.wrapper.errors()


class Lighttpd(Front):
    """lighttpd with a shipped file and lines around it."""

    def __init__(self, play, site, name="lighttpd", tls=False):
        self.port = free_port()
        folder = own_folder(play, name)
        self.error_log = folder + "/documents.log"
        user = serving_user()
        site = site.replace("/var/log/lighttpd/documents.log", self.error_log)
        lines = ['server.bind = "127.0.0.1"', "server.port = %d" % self.port,
                 'server.document-root = "%s"' % folder, 'server.upload-dirs = ( "%s" )' % folder,
                 'server.modules = ( )']
        if IS_ROOT and user != "root":  # which it would not take
            lines += ['server.username = "%s"' % user, 'server.groupname = "%s"' % group_of(user)]
        if tls:
            self.tls_port = free_port()
            lines += ['server.modules += ( "mod_openssl" )', '$SERVER["socket"] == "127.0.0.1:%d" {' % self.tls_port,
                      '    ssl.engine = "enable"', '    ssl.pemfile = "%s"' % certificate()[0],
                      '    ssl.privkey = "%s"' % certificate()[1], "}"]
        conf = write(play.path(name + ".conf"), "\n".join(lines) + "\n" + site)
        super().__init__(play, name, [find_program("lighttpd"), "-D", "-f", conf])
        self.wait_until_it_listens()

    @staticmethod
    def fastcgi(socket_path):
        return shipped("lighttpd/documents.conf", {"/run/documents/documents.sock": socket_path})

    @staticmethod
    def spawner(socket_path, settings):
        """The shipped file with which lighttpd starts the service itself."""
        settings = {name: value for name, value in settings.items() if name != "TRUSTED_PROXY_HOPS"}
        replacements, more = cgi_settings(settings, '            "%s" => "%s",\n')
        first = '            "TRUSTED_PROXY_HOPS"'
        return shipped("lighttpd/documents-spawn.conf", {
            first: more + first, "/run/lighttpd/documents.sock": socket_path, **replacements})

    @staticmethod
    def cgi(settings):
        replacements, more = cgi_settings(settings, '        "%s" => "%s",\n')
        first = '        "TRUSTED_PROXY_HOPS"'
        return shipped("lighttpd/documents-cgi.conf", {first: more + first, **replacements})


class Spawned(Process):
    """The service, started by spawn-fcgi with the shipped script."""

    def __init__(self, play, settings, name="spawned"):
        self.socket_path = play.path(name + ".sock")
        user = serving_user()
        replacements = {
            "/etc/documents/documents.env": write(play.path(name + ".env"), "# settings\n\n" + "".join(
                "%s=%s\n" % pair for pair in settings.items())),
            "/run/documents/documents.sock": self.socket_path, "/usr/bin/documents": DOCUMENTS,
            # Who is not root cannot give anything away.
            "-u documents -g documents -U documents -G www-data": "-u %s -g %s -U %s -G %s" % (
                user, group_of(user), user, group_of(user)) if IS_ROOT and user != "root" else "",
        }
        script = write(play.path(name + "-script"), shipped("spawn-fcgi/documents", replacements))
        super().__init__(play, name, ["/bin/sh", script])
        wait_until(lambda: '"service.startup"' in self.output() or not self.is_running(), "the service to start")
        assert self.is_running(), self.errors() + self.output()


class Apache(Front):
    """Apache httpd with a shipped file and lines around it."""

    MODULES = ("mpm_event", "authz_core", "setenvif", "env", "alias", "headers", "proxy", "proxy_fcgi", "cgid", "ssl")

    def __init__(self, play, site, name="apache", modules=MODULES, tls=False):
        self.port = free_port()
        folder = own_folder(play, name)
        self.error_log = folder + "/error.log"
        user = serving_user()
        if user == "root":
            user = "nobody"  # httpd does not run as root
        lines = ["LoadModule %s_module %s/mod_%s.so" % (m, APACHE_MODULES, m) for m in modules]
        lines += ["ServerRoot " + folder, "PidFile %s/pid" % folder, "ErrorLog " + self.error_log, "ServerName localhost",
                  "Listen 127.0.0.1:%d" % self.port, "StartServers 1", "DefaultRuntimeDir " + folder,
                  "LogLevel warn", "DocumentRoot " + folder, "<Directory />", "    Require all denied", "</Directory>",
                  "<Directory %s>" % folder, "    Require all granted", "</Directory>"]
        if "cgid" in modules:
            lines += ["ScriptSock %s/cgid.sock" % folder]
        if IS_ROOT:
            lines += ["User " + user, "Group " + group_of(user)]
        lines += [site]
        if tls:
            self.tls_port = free_port()
            lines += ["Listen 127.0.0.1:%d" % self.tls_port, "<VirtualHost 127.0.0.1:%d>" % self.tls_port,
                      "    SSLEngine on", "    SSLCertificateFile " + certificate()[0],
                      "    SSLCertificateKeyFile " + certificate()[1], "</VirtualHost>"]
        conf = write(play.path(name + ".conf"), "\n".join(lines) + "\n")
        super().__init__(play, name, [find_program("apache2"), "-DFOREGROUND", "-f", conf])
        self.wait_until_it_listens()

    @staticmethod
    def fastcgi(socket_path):
        return shipped("apache/documents.conf", {"/run/documents/documents.sock": socket_path})

    @staticmethod
    def cgi(settings):
        replacements, more = cgi_settings(settings, '    SetEnv %s "%s"\n')
        return shipped("apache/documents-cgi.conf", {"</Location>": more + "</Location>", **replacements})


def cgi_settings(settings, form):
    """What is replaced in a shipped CGI configuration, and lines for the settings that it leaves at their defaults."""
    places = {
        "JWT_PUBLIC_KEY_FILE": "/etc/documents/issuer.pub.pem", "AUTHORIZATION_POLICIES_DIR": "/usr/share/documents/policies",
        "APP_DATABASE_URL": "sqlite:///var/lib/documents/documents.db",
        "RATE_LIMIT_STORAGE_URI": "sqlite:///var/lib/documents/limits.db",
    }
    replacements = {old: settings[name] for name, old in places.items()}
    replacements["/usr/bin/documents"] = DOCUMENTS
    return replacements, "".join(form % pair for pair in settings.items() if pair[0] not in places)
