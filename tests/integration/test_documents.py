"""The documents against the program: what they say of settings, events, bounds, options and tests is so.

OPERATIONS.md holds the tables that are compared; each begins with a heading row that the test names. A block of
commands with `<!-- run -->` on the line before it is run as it stands, from the source tree, with BUILD set.
"""

import glob
import os
import re
import shutil
import subprocess
import tempfile
import unittest

import harness

SKIPPED_FOLDERS = {".git", "build-aux", "autom4te.cache", "m4", "__pycache__"}


def read(*path):
    with open(os.path.join(harness.SOURCE, *path), encoding="utf-8") as f:
        return f.read()


def pages():
    """All Markdown files of the tree, build folders left out."""
    for folder, folders, files in os.walk(harness.SOURCE):
        folders[:] = [f for f in folders if f not in SKIPPED_FOLDERS and not f.startswith("build")]
        for name in files:
            if name.endswith(".md"):
                yield os.path.relpath(os.path.join(folder, name), harness.SOURCE)


def without_code(text):
    return re.sub(r"^```.*?^```$|^    .*?$|`[^`\n]*`", "", text, flags=re.M | re.S)


def tables(page, first_cell):
    """The rows of all tables of a page whose heading begins with that cell, each as a list of cells."""
    rows, inside = [], False
    for line in read(page).splitlines():
        cells = [c.strip() for c in line.strip().strip("|").split(" | ")] if line.startswith("|") else None
        if cells is None:
            inside = False
        elif cells[0].strip() == first_cell:
            inside = True
        elif inside and not set(line) <= set("|- :"):
            rows.append(cells)
    return rows


def run_program(program, *arguments):
    return subprocess.run([program, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
                          check=True).stdout


def squeezed(text):
    """Without blanks and code marks: --help-settings wraps cells in the middle of words."""
    return re.sub(r"[\s`]", "", text).replace("\\|", "|")


class Settings(unittest.TestCase):
    def of_the_program(self):
        """name: (what is expected, default, other name), from --help-settings."""
        found, name = {}, None
        for line in run_program(harness.DOCUMENTS, "--help-settings").split("\n\n")[0].splitlines()[1:]:
            if line.startswith("    ") and not line.startswith(" " * 32):
                other = re.match(r"    \(or (\w+)\)", line)
                if other:
                    found[name][2] = other.group(1)
                continue
            if not line.startswith(" "):
                name = line[:32].strip()
                found[name] = ["", "", None]
            found[name][0] += line[32:66]
            found[name][1] += line[66:]
        return {k: (squeezed(v[0]), squeezed(v[1]), v[2]) for k, v in found.items()}

    def of_the_page(self):
        found = {}
        for cells in tables("OPERATIONS.md", "setting"):
            names = re.findall(r"`([A-Z_]+)`", cells[0])
            self.assertNotIn(names[0], found, "twice in OPERATIONS.md")
            found[names[0]] = (squeezed(cells[1]), squeezed(cells[2]), names[1] if len(names) > 1 else None)
        return found

    def test_every_setting_is_explained_and_no_other(self):
        self.assertEqual(sorted(self.of_the_page()), sorted(self.of_the_program()))

    def test_ranges_defaults_and_second_names_are_those_of_the_program(self):
        page = self.of_the_page()
        for name, row in self.of_the_program().items():
            with self.subTest(setting=name):
                self.assertEqual(page.get(name), row)

    def test_pages_speak_of_no_setting_that_is_none(self):
        known = set(self.of_the_program()) | {row[2] for row in self.of_the_program().values()}
        looks_like_one = re.compile(r"`((?:JWT|LOG|WORKER|TRUSTED|ALLOWED|AUTHORIZATION|RATE_LIMIT|RATELIMIT|GUNICORN|"
                                    r"MAX_CONTENT|APP|MIGRATION|HEALTH|DOCUMENT|SERVICE|WEB|GRACEFUL|REQUEST|FRONTEND)"
                                    r"_[A-Z_]+)[`=]")
        misspelt = {"JWT_PUBLIC_KEY_PEM"}  # which is explained as a mistake
        macros = set(re.findall(r"\b[A-Z][A-Z0-9]*_[A-Z0-9_]+\b", "".join(
            read(os.path.relpath(f, harness.SOURCE)) for f in glob.glob(harness.SOURCE + "/framework/*/*.[ch]")
            if not f.endswith("config/table.c"))))
        for page in ("README.md", "OPERATIONS.md", "SECURITY.md"):
            for name in sorted(set(looks_like_one.findall(read(page)))):
                with self.subTest(page=page, name=name):
                    self.assertIn(name if name in known else name.removesuffix("_FILE"), known | misspelt | macros)


class Events(unittest.TestCase):
    def test_every_event_of_the_framework_is_explained_with_its_level(self):
        table = dict(re.findall(r'^EVENT\(\w+, "([^"]+)", (\w+),', read("framework/log/events.def"), re.M))
        page = {re.sub("`", "", cells[0]): cells[1].upper() for cells in tables("OPERATIONS.md", "event")}
        own = {name: level for name, level in page.items() if name.startswith("documents.")}
        self.assertEqual({n: v for n, v in page.items() if n not in own}, table)

    def test_every_event_of_the_service_is_explained(self):
        own = set()
        for path in glob.glob(os.path.join(harness.SOURCE, "app", "*.c")):
            own |= set(re.findall(r'"(documents\.[a-z_]+)"', read(os.path.relpath(path, harness.SOURCE))))
        page = {cells[0].strip("`") for cells in tables("OPERATIONS.md", "event")}
        self.assertEqual({name for name in page if name.startswith("documents.")}, own)

    def test_every_field_is_explained(self):
        fields = set(re.findall(r'^FIELD\(\w+, "(\w+)"', read("framework/log/fields.def"), re.M))
        page = set()
        for cells in tables("OPERATIONS.md", "field"):
            page |= set(re.findall(r"`(\w+)`", cells[0]))
        envelope = {"timestamp", "level", "message", "event_type", "service", "trace_id", "span_id"}
        self.assertEqual(page, fields | envelope)


class Bounds(unittest.TestCase):
    def value(self, path, name):
        """The number that an enum or macro of the file gives a name."""
        found = re.search(r"(?:\b{0}\s*=\s*|#define {0}\s+)([^,/}}\n]+)".format(name), read(path))
        self.assertIsNotNone(found, "%s is not in %s" % (name, path))
        text = re.sub(r"\(size_t\)|U?INT64_C", "", found.group(1)).strip()
        self.assertRegex(text, r"^[0-9a-fx*+<() -]+$", "%s in %s is no plain number" % (name, path))
        return eval(text)  # digits and operators alone

    def test_numbers_are_those_of_the_source(self):
        rows = tables("OPERATIONS.md", "bound")
        self.assertGreater(len(rows), 30)
        for cells in rows + tables(os.path.join("docs", "cedar.md"), "bound"):
            where = re.fullmatch(r"`([^`]+)`: `(\w+)`", cells[2])
            if where is None:
                continue  # a setting's
            with self.subTest(bound=cells[0]):
                number = re.match(r"(-?[0-9][0-9,]*)", cells[1])
                self.assertIsNotNone(number, cells[1])
                self.assertEqual(int(number.group(1).replace(",", "")), self.value(*where.groups()))


class Links(unittest.TestCase):
    def test_every_relative_link_leads_somewhere(self):
        for page in pages():
            for target in re.findall(r"\]\(([^)\s]+)\)", without_code(read(page))):
                if re.match(r"[a-z]+:", target):
                    continue
                path, _, anchor = target.partition("#")
                with self.subTest(page=page, target=target):
                    there = os.path.normpath(os.path.join(os.path.dirname(page), path)) if path else page
                    self.assertTrue(os.path.exists(os.path.join(harness.SOURCE, there)), "leads nowhere")
                    if anchor and there.endswith(".md"):
                        self.assertIn(anchor, self.anchors(there))

    def anchors(self, page):
        heads = re.findall(r"^#+ (.+)$", re.sub(r"^```.*?^```$", "", read(page), flags=re.M | re.S), re.M)
        return [re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads]

    def test_every_test_that_is_named_is_there(self):
        """`tests/unit/authn/test_jws.c: a_name` in SECURITY.md: the file is there, and the name in it."""
        named = re.findall(r"`(tests/[\w/.]+?)(?:: ([^`]+))?`", read("SECURITY.md"))
        self.assertGreater(len(named), 60)
        for path, names in named:
            with self.subTest(path=path, names=names):
                self.assertTrue(os.path.exists(os.path.join(harness.SOURCE, path)), "is not there")
                text = read(path) if names else ""
                for name in filter(None, (n.strip() for n in names.split(","))):
                    self.assertIn(name, text)

    def test_every_source_file_that_is_named_is_there(self):
        for page in ("README.md", "OPERATIONS.md", "SECURITY.md", "CHANGELOG.md", "tests/README.md", "docs/cedar.md"):
            for path in re.findall(r"`((?:framework|app|contrib|schemas|policies|docs|tests)/[\w/.-]+)", read(page)):
                with self.subTest(page=page, path=path):
                    self.assertTrue(os.path.exists(os.path.join(harness.SOURCE, path)), "is not there")


class Commands(unittest.TestCase):
    maxDiff = None

    def blocks(self):
        for page in pages():
            for found in re.finditer(r"^<!-- run -->\n+```sh\n(.*?)^```$", read(page), re.M | re.S):
                line = read(page)[:found.start()].count("\n") + 1
                yield "%s:%d" % (page, line), found.group(1)

    def test_every_marked_block_runs(self):
        blocks = list(self.blocks())
        self.assertGreater(len(blocks), 3)
        environment = {**os.environ, "BUILD": harness.BUILD}
        if harness.IS_ROOT:
            environment["SERVICE_USER"] = "root"  # nobody could not reach what a block makes
        for place, block in blocks:
            with self.subTest(place=place):
                done = subprocess.run(["sh", "-eu", "-c", block], cwd=harness.SOURCE, env=environment,
                                      stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                      text=True, timeout=120)
                self.assertEqual(done.returncode, 0, block + "\nprinted\n" + done.stdout)

    def test_every_block_of_shell_is_shell(self):
        for page in pages():
            for block in re.findall(r"^```sh\n(.*?)^```$", read(page), re.M | re.S):
                with self.subTest(page=page, block=block[:60]):
                    done = subprocess.run(["sh", "-n"], input=block, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                          text=True)
                    self.assertEqual(done.returncode, 0, done.stdout)


class ManPages(unittest.TestCase):
    PAGES = sorted(glob.glob(os.path.join(harness.SOURCE, "docs", "man", "*.[0-9]")))

    def check(self, *argv):
        for page in self.PAGES:
            with self.subTest(page=os.path.basename(page)):
                done = subprocess.run([*argv, page], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                      stderr=subprocess.PIPE, env={**os.environ, "LC_ALL": "C.UTF-8", "MANPAGER": "cat"},
                                      text=True)
                self.assertEqual((done.returncode, done.stderr), (0, ""))
                if argv[0].endswith("mandoc"):
                    self.assertEqual(done.stdout, "")

    def test_there_are_seven(self):
        self.assertEqual([os.path.basename(p) for p in self.PAGES],
                         ["documents.8", "postern-cedar.1", "postern-control.1", "postern-status.1", "postern-token.1", "postern-top.1", "postern.1"])

    @unittest.skipUnless(shutil.which("man") and shutil.which("groff"), "man-db and groff are not installed")
    def test_groff_has_no_complaint(self):
        self.check(shutil.which("man"), "--warnings", "-E", "UTF-8", "-l")

    @unittest.skipUnless(shutil.which("mandoc"), "mandoc is not installed")
    def test_mandoc_has_no_complaint(self):
        self.check(shutil.which("mandoc"), "-T", "lint", "-W", "warning")

    def listed(self, page, mark):
        return re.findall(r"^\.It %s ([\w-]+)" % mark, read("docs", "man", page), re.M)

    def test_options_are_those_of_the_programs(self):
        token = run_program(harness.POSTERN, "token", "--help").split("\n\n")
        keygen = run_program(harness.POSTERN, "token", "keygen", "--help")
        control = "".join(run_program(harness.POSTERN, name, "--help") for name in ("reload", "reopen", "scale", "stop", "upgrade"))
        offered = {
            "postern-control.1": set(re.findall(r"^  --([\w-]+)", control, re.M)),
            "documents.8": re.findall(r"^ +documents --([\w-]+)", run_program(harness.DOCUMENTS, "--help"), re.M),
            "postern-token.1": re.findall(r"^  --([\w-]+)", "\n".join(token), re.M)
                               + re.findall(r"^  --([\w-]+)", keygen, re.M),
        }
        for page, options in offered.items():
            with self.subTest(page=page):
                self.assertTrue(options)
                self.assertEqual(sorted(self.listed(page, "Fl Fl")), sorted(options))

    def cedar_commands(self):
        return re.findall(r"^  ([a-z-]+) +", run_program(harness.POSTERN, "cedar", "help"), re.M)

    def test_options_of_cedar_are_those_of_its_commands(self):
        """`.It Fl p , Fl Fl policies` and `  -p, --policies`: name and letter. -l, -a and -c mean two things each."""
        page = set(re.findall(r"^\.It (?:Fl (\w) , )?Fl Fl ([\w-]+)", read("docs", "man", "postern-cedar.1"), re.M))
        offered = set()
        for command in self.cedar_commands():
            text = run_program(harness.POSTERN, "cedar", command, "--help")
            offered |= set(re.findall(r"^ +(?:-(\w), )?--([\w-]+)", text, re.M))
        self.assertEqual(page, offered)

    def test_examples_of_cedar_print_what_the_page_says(self):
        """`$ cat FILE` shows what the file holds; any other `$ command`, with its `> ` lines, prints what stands below it."""
        with tempfile.TemporaryDirectory() as folder:
            examples = read("docs", "man", "postern-cedar.1").split(".Sh EXAMPLES")[1]
            blocks = re.findall(r"^\.Bd -literal -offset indent\n(.*?)^\.Ed", examples, re.M | re.S)
            steps = re.findall(r"^\$ (.*?\n(?:> .*\n)*)((?:(?!\$ ).*\n)*)", "".join(blocks).replace("\\e", "\\"), re.M)
            self.assertGreater(len(steps), 5)
            for command, output in steps:
                with self.subTest(command=command):
                    if command.startswith("cat "):
                        with open(os.path.join(folder, command.split()[1]), "w", encoding="utf-8") as file:
                            file.write(output)
                        continue
                    done = subprocess.run(["sh", "-c", re.sub(r"^> ", "", command, flags=re.M)], cwd=folder,
                                          env={**os.environ, "PATH": harness.BUILD + ":" + os.environ["PATH"]},
                                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=60)
                    self.assertEqual(done.stdout, output)

    def test_commands_are_those_of_the_programs(self):
        offered = {
            "documents.8": re.findall(r"^ +documents ([a-z]\w*)", run_program(harness.DOCUMENTS, "--help"), re.M),
            "postern.1": re.findall(r"^  ([a-z]\w*) +", run_program(harness.POSTERN, "help"), re.M),
            "postern-cedar.1": self.cedar_commands(),
        }
        for page, commands in offered.items():
            with self.subTest(page=page):
                self.assertTrue(commands)
                self.assertEqual(sorted(self.listed(page, "Cm")), sorted(commands))


if __name__ == "__main__":
    unittest.main()
