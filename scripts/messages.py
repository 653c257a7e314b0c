#!/usr/bin/env python3
"""Writes docs/messages: every text in the sources that an operator can meet, module by module, to be read by people.

    scripts/messages.py            writes the files anew
    scripts/messages.py --check    exits 1 if a file says otherwise

A text is a string literal of several words; of what is said in a few (titles of messages, lines of digests, the status page)
also shorter ones. Values that are filled in are shown by their names: {name}.
"""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "messages"

# What runs at an operator's: not the simulator, not the tools of the build.
MODULES = {
    "commands": ["polarai-daemon", "polarai-web", "Reports"],
    "config": ["Config", "Files"],
    "alerts": ["Alerts"],
    "api": ["PolarDB", "HTTPTransport", "Programs"],
    "daemon": ["Daemon", "Sharing", "Monitor", "Notifying", "Systemd", "Figures", "Model", "Wire"],
    "database": ["Store", "Postgres"],
    "web": ["Web", "WebPage"],
}

# Folders whose short literals are texts as well, and what stands before such a literal.
SHORT = {
    "Alerts/Messages": re.compile(r""),
    "WebPage": re.compile(r"\b(words|self)\(\s*$"),
}

# Statements and markup are no texts for people.
NOT_A_TEXT = re.compile(
    r"\b(SELECT|INSERT INTO|UPDATE|DELETE FROM|CREATE|ALTER TABLE|PRAGMA|WITH RECURSIVE|FROM|WHERE|ORDER BY|VALUES|SET"
    r"|LEFT JOIN|GROUP BY|LIMIT|COALESCE|DO NOTHING|CASE|INDEXED BY|IS NOT NULL)\b|^\s*<|</|/>|=\"|\{\{|coalesce\(|CAST\(|json_typeof|set_config|clock_timestamp|^[\w.]+, [\w.]+, [\w.]+,|\w = \?|charset="
)

# Names of columns.
SKIPPED = {"Store/Copying/StoredTable.swift"}

# What begins a comment or a literal.
OPENING = re.compile(r'//|/\*|(#*)("""|")')


class Source:
    """The string literals of a Swift file, in their order."""

    def __init__(self, text):
        self.text = text
        self.place = 0
        self.nested = []

    def literals(self):
        found = []
        while match := OPENING.search(self.text, self.place):
            self.place = match.start()
            if match[0] == "//":
                self.place = self.end_of_line()
            elif match[0] == "/*":
                end = self.text.find("*/", self.place)
                self.place = len(self.text) if end < 0 else end + 2
            else:
                start = self.place
                value = self.literal(match[1], match[2])
                found.append((start, self.place, value))
        return found

    def end_of_line(self):
        end = self.text.find("\n", self.place)
        return len(self.text) if end < 0 else end

    def literal(self, hashes, quote):
        self.place += len(hashes) + len(quote)
        closing = quote + hashes
        escape = "\\" + hashes
        value = ""
        while self.place < len(self.text) and not self.text.startswith(closing, self.place):
            if self.text.startswith(escape + "(", self.place):
                self.place += len(escape) + 1
                value += "{" + self.interpolation() + "}"
            elif self.text.startswith(escape, self.place):
                character = self.text[self.place + len(escape)]
                value += {"n": "\n", "t": " ", "r": "", "\n": ""}.get(character, character)
                self.place += len(escape) + 1
                if character == "u":
                    self.place = self.text.index("}", self.place) + 1
            else:
                value += self.text[self.place]
                self.place += 1
        self.place += len(closing)
        if quote == '"""':
            value = " ".join(line.strip() for line in value.strip("\n").split("\n"))
        return value

    def interpolation(self):
        """The last name in what is filled in: `error.message` is `message`."""
        start, depth = self.place, 1
        while depth > 0 and self.place < len(self.text):
            match = re.match(r'(#*)("""|")', self.text[self.place :])
            if match:
                begin = self.place
                self.nested.append((begin, self.literal(match[1], match[2]), self.place))
                continue
            depth += {"(": 1, ")": -1}.get(self.text[self.place], 0)
            self.place += 1
        inside = self.text[start : self.place - 1]
        names = re.findall(r"[A-Za-z_]\w*", re.sub(r'"[^"]*"|\([^()]*\)|\{[^{}]*\}|\?\?.*|\bmap\b|\bjoined\b|\brawValue\b', "", inside))
        return names[-1] if names else "…"


def texts(path):
    text = path.read_text(encoding="utf-8")
    source = Source(text)
    joined = []
    for start, end, value in source.literals():
        # "a" + "b" is one text.
        if joined and re.fullmatch(r"\s*\+\s*", text[joined[-1][2] : start]):
            joined[-1] = (joined[-1][0], joined[-1][1] + value, end)
        else:
            joined.append((start, value, end))
    folder = str(path.relative_to(ROOT / "Sources"))
    before = next((before for name, before in SHORT.items() if folder.startswith(name + "/")), None)
    end_of_short = None
    for start, value, end in sorted(joined + source.nested):
        value = re.sub(r"\s+", " ", value).strip()
        words = re.findall(r"[A-Za-z][a-z']+|[\u4e00-\u9fff]", re.sub(r"\{[^{}]*\}", "", value))
        is_translation = end_of_short is not None and re.fullmatch(r",\s*", text[end_of_short:start])
        is_short = before is not None and (is_translation or before.search(text[:start]) is not None)
        # What a name is compared with is not a text.
        is_short = is_short and not text[:start].endswith(("== ", "!= "))
        end_of_short = end if is_short and before.pattern and not is_translation else None
        is_long = len(words) >= 3 and (" " in value or re.search(r"[\u4e00-\u9fff]", value))
        if (is_long or is_short and words and "_" not in value) and not NOT_A_TEXT.search(value):
            yield value


def page(modules):
    lines = []
    for module in modules:
        for path in sorted((ROOT / "Sources" / module).rglob("*.swift")):
            if str(path.relative_to(ROOT / "Sources")) in SKIPPED:
                continue
            found = list(texts(path))
            if found:
                lines.append(f"# {path.relative_to(ROOT / 'Sources')}")
                lines += found + [""]
    return "\n".join(lines)


def main():
    wrong = []
    for name, modules in MODULES.items():
        file, wanted = FOLDER / f"{name}.txt", page(modules)
        if "--check" in sys.argv[1:]:
            if not file.exists() or file.read_text(encoding="utf-8") != wanted:
                wrong.append(str(file.relative_to(ROOT)))
        else:
            FOLDER.mkdir(parents=True, exist_ok=True)
            file.write_text(wanted, encoding="utf-8")
    if wrong:
        print(f"{', '.join(wrong)}: other texts than the sources; run scripts/messages.py and read the difference")
        sys.exit(1)


main()
