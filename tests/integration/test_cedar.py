"""`postern cedar ... --batch` as a process: a program may ask and wait, and ask for ever."""

import json
import select
import subprocess
import sys
import unittest

import harness

QUESTION = {"policies": "permit (principal, action, resource) when { context.n > 1 };", "entities": [],
            "principal": {"type": "User", "id": "alice"}, "action": 'Action::"view"', "resource": 'Photo::"sea"'}
MAX_RSS = 64 * 1024  # KiB: what one small question needs, and no more for a hundred thousand


def line(**members):
    return (json.dumps({**QUESTION, **members}) + "\n").encode()


class Batch(unittest.TestCase):
    def setUp(self):
        self.process = subprocess.Popen([harness.POSTERN, "cedar", "authorize", "--batch"], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, bufsize=0)

    def tearDown(self):
        self.process.stdin.close()
        self.process.stdout.close()
        self.assertEqual(self.process.wait(20), 0)

    def ask(self, text):
        self.process.stdin.write(text)
        self.process.stdin.flush()

    def answer(self):
        self.assertTrue(select.select([self.process.stdout], [], [], 20)[0], "no answer came")
        return json.loads(self.process.stdout.readline())

    def test_an_answer_comes_while_more_may_be_asked(self):
        for number, decision in ((1, "deny"), (2, "allow"), (0, "deny")):
            self.ask(line(context={"n": number}))
            self.assertEqual(self.answer()["decision"], decision)

    def test_half_a_line_waits_for_the_rest_and_earlier_answers_do_not(self):
        text = line(context={"n": 2})
        self.ask(line(context={"n": 1}) + text[:40])
        self.assertEqual(self.answer()["decision"], "deny")
        self.assertFalse(select.select([self.process.stdout], [], [], 0)[0])
        self.ask(text[40:])
        self.assertEqual(self.answer()["decision"], "allow")

    def test_a_line_that_makes_no_sense_is_answered_and_the_next_too(self):
        self.ask(b"\xff\x00\n" + line(context={"n": 2}))
        self.assertEqual(self.answer()["rejected"], "request")
        self.assertEqual(self.answer()["decision"], "allow")


class Growth(unittest.TestCase):
    @unittest.skipIf(harness.IS_SANITIZED, "sanitizers keep memory of their own")
    def test_memory_does_not_grow_with_the_lines(self):
        """A child of ours asks, so that its children's memory is this program's alone."""
        script = ("import resource, subprocess, sys\n"
                  "subprocess.run(sys.argv[1:], input=sys.stdin.buffer.read(), stdout=subprocess.DEVNULL, check=True)\n"
                  "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)")
        done = subprocess.run([sys.executable, "-c", script, harness.POSTERN, "cedar", "authorize", "--batch"],
                              input=line(context={"n": 2}) * 100000, stdout=subprocess.PIPE, check=True)
        self.assertLess(int(done.stdout), MAX_RSS)


if __name__ == "__main__":
    unittest.main()
