#!/usr/bin/env python3
"""docs/reliability.md names tests that exist, for every promise."""
import os
import re
import unittest

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../..")
PROMISES = ["P%d" % number for number in range(1, 13)]


def read(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as file:
        return file.read()


class ReliabilityTests(unittest.TestCase):
    def setUp(self):
        self.page = read("docs/reliability.md")
        self.sections = dict(re.findall(r"^### (P\d+): .*\n((?:(?!###? ).*\n?)*)", self.page, re.M))

    def test_every_promise_has_tests(self):
        self.assertEqual(list(self.sections), PROMISES)
        for promise, text in self.sections.items():
            self.assertGreaterEqual(len(re.findall(r"^- `", text, re.M)), 2, promise)

    def test_the_manual_has_the_same_promises(self):
        self.assertEqual(re.findall(r"^\.It (P\d+)$", read("docs/man/polarai-daemon.8"), re.M), PROMISES)

    def test_the_named_tests_exist(self):
        lines = re.findall(r"^- `(Tests/[^`]+)`: (.*)$", self.page, re.M)
        self.assertGreater(len(lines), 30)
        for path, name in lines:
            text = read(path)
            # A test in Swift; a function of a program in Python, or what one of its runs is called.
            wanted = ["func `%s`" % name] if path.endswith(".swift") else ["def %s(" % name, '"%s"' % name]
            self.assertTrue(any(word in text for word in wanted), "%s has no test named %s" % (path, name))

    def test_the_table_of_injections_names_files_that_exist(self):
        rows = re.findall(r"^\| (\d+) \| .* \| (.*) \| .*\|$", self.page, re.M)
        self.assertEqual([int(number) for number, _ in rows], list(range(1, 27)))
        files = {
            name: os.path.join(folder, name) for folder, _, names in os.walk(os.path.join(ROOT, "Tests"))
            for name in names}
        for number, where in rows:
            names = [os.path.basename(name) for name in re.findall(r"`([^`]+)`", where)]
            self.assertTrue(names or "simulation" in where, number)
            for name in names:
                self.assertIn(name if name.endswith(".py") else name + ".swift", files, "injection " + number)
            # "`torture.py`: do_fill" names a function, "`GoneTests`: proves nothing" a test.
            for name, function in re.findall(r"`([^`]+)`: ([^;,]+)", where):
                path = os.path.basename(name) if name.endswith(".py") else name + ".swift"
                wanted = "def %s(" % function if name.endswith(".py") else "func `%s`" % function
                self.assertIn(wanted, read(files[path]), "injection " + number)

    def test_the_table_of_planted_mistakes_has_all_of_them(self):
        # Those that only several hosts can make are tried where they are named, and have no count in the table.
        alone, of_hosts = (
            re.findall(r"^    case (\w+)$", part, re.M)
            for part in read("Sources/Model/Planted.swift").split("// Several hosts."))
        for case in of_hosts:
            self.assertIn(f"`{case}`", self.page)
        cases = alone
        rows = re.findall(r"^\| `(\w+)` \| .+ \| \d+ \|$", self.page, re.M)
        self.assertGreater(len(cases), 30)
        self.assertEqual(sorted(rows), sorted(cases))

    def test_every_entry_of_the_fuzzers_has_a_corpus(self):
        cases = re.findall(r"^    case (\w+)$", read("Tests/FuzzTests/Entries/FuzzEntry.swift"), re.M)
        self.assertGreater(len(cases), 8)
        self.assertEqual(sorted(os.listdir(os.path.join(ROOT, "Tests/FuzzTests/Corpus"))), sorted(cases))
        entries = re.search(r"^ENTRIES = (.*)$", read("Makefile"), re.M).group(1).split()
        self.assertEqual(entries, cases)

    def test_the_linked_files_exist(self):
        for path in re.findall(r"\]\(([^)#]+)\)", self.page):
            self.assertTrue(os.path.exists(os.path.join(ROOT, "docs", path)), path)


if __name__ == "__main__":
    unittest.main()
