"""Both engines as processes that answer each line with a line."""

import json
import os
import subprocess

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


class Server:
    """One that ends is started anew with the next question."""

    def __init__(self, argv):
        self.argv, self.process, self.ended_badly = argv, None, 0

    def ask(self, line):
        """The answer to a line of text, as Python's JSON; None: the process ended without one."""
        if self.process is None:
            self.process = subprocess.Popen(self.argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        try:
            self.process.stdin.write(line.encode() + b"\n")
            self.process.stdin.flush()
            answer = self.process.stdout.readline()
        except BrokenPipeError:
            answer = b""
        if not answer.endswith(b"\n"):
            self.stop()
            return None
        return json.loads(answer)

    def stop(self):
        if self.process is None:
            return
        try:
            self.process.stdin.close()
        except BrokenPipeError:
            pass
        self.process.stdout.close()
        self.ended_badly += self.process.wait() != 0  # a leak is told at the end
        self.process = None


class Oracle(Server):
    """The official engine. A crash of it is no answer, and its process is of no use any more."""

    def __init__(self, folder):
        super().__init__(["node", os.path.join(HERE, "oracle.js"), folder])

    def ask(self, line):
        answer = super().ask(line)
        if answer is not None and "crash" in answer:
            self.stop()
            return None
        return answer

    def call(self, operation, **parts):
        return self.ask(json.dumps(dict(parts, op=operation)))


class Postern:
    """The batch forms of one program."""

    def __init__(self, program):
        self.servers = {name: Server([program, "cedar", name, "--batch"]) for name in ("authorize", "validate", "check-parse", "translate")}

    def ask(self, name, **parts):
        """Members are raw JSON texts. Line feeds in them can only be white space: who sends others sends them in a string."""
        members = ",".join("%s:%s" % (json.dumps(member), raw) for member, raw in parts.items() if raw is not None)
        return self.servers[name].ask("{" + members.replace("\n", " ") + "}")

    def stop(self):
        for server in self.servers.values():
            server.stop()

    def ended_badly(self):
        return sum(server.ended_badly for server in self.servers.values())
