#!/usr/bin/env python3
"""Writes what a run of the benchmarks printed as a page and a picture.

    run.sh PROGRAMS | tee OUTPUT; report.py OUTPUT PAGE.md PICTURE.svg

Each figure stands beside what it was measured against in the same run, with the spread of both and the machine.
"""
import html
import os
import re
import subprocess
import sys

FIGURE = re.compile(r"^(?P<what>.*?\S)\s+(?P<ours>-?[\d.]+)\s+(?P<other>-?[\d.]+)\s+(?P<ratio>-?[\d.]+)\s+goal ?(?P<goal>.*)$")
GOAL = re.compile(r"^(?P<sign><=|>=) (?P<limit>[\d.]+)(?: (?P<unit>\w+))?$")
LATENCY = re.compile(
    r"^(?P<way>.+?)\s+(?P<ends>completed|failed unforeseen|all)\s+mean\s+(?P<mean>[\d.]+)\s+(?P<mean_ratio>[\d.]+)\s+"
    r"p99\s+(?P<p99>[\d.]+)\s+(?P<p99_ratio>[\d.]+)$")
PEER = re.compile(r"^peer: (?P<trial>.+?) +\| (?P<who>.+?) +\| (?P<messages>\d+) \| (?P<late>\S+)$")
PEER_COST = re.compile(r"^peer cost: (?P<who>.+?) +\| (?P<seconds>\S+) \| (?P<memory>\S+)$")


class Output:
    """What run.sh printed: the head line, the figures, the lines about latency, and the trials beside others."""

    def __init__(self, path):
        self.head, self.figures, self.latency, self.notes, self.peers, self.costs = "", [], [], [], [], []
        with open(path, encoding="utf-8") as file:
            for line in file.read().split("\n"):
                self.read(line)

    def read(self, line):
        figure, late = FIGURE.match(line), LATENCY.match(line)
        peer, cost = PEER.match(line), PEER_COST.match(line)
        if figure:
            self.figures.append(dict(figure.groupdict(), what=figure["what"].strip(), spread=""))
        elif peer:
            self.peers.append(peer.groupdict())
        elif cost:
            self.costs.append(cost.groupdict())
        elif line.strip().startswith("spread:") and self.figures:
            self.figures[-1]["spread"] = line.strip()[len("spread: "):]
        elif late:
            self.latency.append(late.groupdict())
        elif line.startswith("polarai-daemon "):
            self.head = line
        elif "virtual time" in line or "calls an hour" in line:
            self.notes.append(re.sub(r"\s+", " ", line.strip()))


def share(figure):
    """The value as a share of its goal, 1 being the goal itself; above 1 is missed. None without a goal."""
    goal = GOAL.match(figure["goal"].strip())
    if not goal:
        return None
    # A goal with a unit is for our own value, one without for the ratio.
    value = float(figure["ours"] if goal["unit"] else figure["ratio"])
    limit = float(goal["limit"])
    if value <= 0:
        # Less than what a run differs by.
        return None
    if goal["sign"] == "<=":
        return value / limit
    return limit / value


def first_line(*command):
    try:
        result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    except OSError:
        return ""
    return result.stdout.decode(errors="replace").strip().split("\n")[0]


def field(path, key):
    with open(path, encoding="utf-8") as file:
        for line in file:
            if line.startswith(key):
                return line[len(key):].strip(' \t:="\n')
    return ""


def machine():
    memory = int(field("/proc/meminfo", "MemTotal").split()[0]) // 1024 // 1024
    return [
        ("processor", "%s, %d cores" % (field("/proc/cpuinfo", "model name") or os.uname().machine, os.cpu_count())),
        ("memory", "%d GiB" % memory),
        ("system", "%s, Linux %s" % (field("/etc/os-release", "PRETTY_NAME"), os.uname().release)),
        ("curl", " ".join(first_line("curl", "--version").split()[:2])),
        ("SQLite", " ".join(first_line("sqlite3", "--version").split()[:1])),
        ("commit", first_line("git", "rev-parse", "--short", "HEAD")
         + (" with changes" if first_line("git", "status", "--porcelain") else "")),
    ]


def page(output, picture):
    lines = [
        "# Performance", "",
        "Written by `make bench`. Each figure stands beside what it was measured against in the same run, in turn, so that",
        "the ratio holds on another machine as well; a value by itself does not. Medians; the spread is the least and the",
        "greatest of all rounds.", "", output.head + ".", "",
        "![Each figure as a share of its goal](%s)" % picture, "",
        "| measured | ours | other | ratio | goal | | spread |", "|---|---|---|---|---|---|---|"]
    for figure in output.figures:
        value = share(figure)
        if value is None:
            verdict = "too small to measure" if figure["goal"].strip() else ""
        else:
            verdict = "met" if value <= 1 else "**missed**"
        # What is measured against nothing has a goal of its own.
        is_alone = float(figure["other"]) == 0
        lines.append("| %s | %s | %s | %s | %s | %s | %s |" % (
            figure["what"].replace("|", "\\|"), figure["ours"], "–" if is_alone else figure["other"],
            "–" if is_alone else figure["ratio"], figure["goal"].strip(), verdict, figure["spread"]))
    lines += latencies(output) + peers(output)
    lines += ["", "## The machine", "", "| | |", "|---|---|"]
    lines += ["| %s | %s |" % item for item in machine() if item[1]]
    return "\n".join(lines) + "\n"


def latencies(output):
    if not output.latency:
        return []
    lines = ["", "## How soon the end of a training is known", ""]
    lines += ["%s." % note.rstrip(".") for note in output.notes[:1]]
    lines += ["", "| way | ends | mean, s | of round robin | p99, s | of round robin |", "|---|---|---|---|---|---|"]
    lines += ["| {way} | {ends} | {mean} | {mean_ratio} | {p99} | {p99_ratio} |".format(**row) for row in output.latency]
    return lines + [""] + ["- %s." % note for note in output.notes[1:]]


def peers(output):
    """What became of a failed training, by trial and by who watched it."""
    if not output.peers:
        return []
    names = list(dict.fromkeys(row["who"] for row in output.peers))
    lines = [
        "", "## Beside what is used in its place", "",
        "A hundred trainings, watched by all of them at the same time, once a second. Prometheus and Alertmanager are Debian's,",
        "with `group_wait: 0s` and `group_interval: 1s`; they read an exporter that costs nothing, for neither can sign a call.",
        "The check loop works as Gatus does: it keeps what it knows in memory, and sends again while a check goes on failing.",
        "In each field: how many messages came, and how many seconds after the failure, or after the receiver was back, the",
        "first one did.", "",
        "| trial | %s |" % " | ".join(names), "|---" * (len(names) + 1) + "|"]
    for trial in dict.fromkeys(row["trial"] for row in output.peers):
        rows = {row["who"]: row for row in output.peers if row["trial"] == trial}
        fields = []
        for name in names:
            row = rows.get(name)
            if row is None:
                fields.append("")
            elif row["messages"] == "0":
                fields.append("**lost**")
            else:
                fields.append("%s, %s s" % (row["messages"], row["late"]))
        lines.append("| %s | %s |" % (trial, " | ".join(fields)))
    for title, key in (("processor time, s a minute", "seconds"), ("resident memory, MB", "memory")):
        costs = {row["who"]: row[key] for row in output.costs}
        lines.append("| %s | %s |" % (title, " | ".join(costs.get(name, "") for name in names)))
    return lines + [
        "", "Signing, TLS and an answer of each training by itself are in the processor time of polarai-daemon alone: Prometheus",
        "reads one page without TLS, the check loop reads without TLS and signature."]


STYLE = """
text { font: 13px sans-serif; fill: #1c2530 } .goal { stroke: #1c2530; stroke-dasharray: 4 3 }
.met { fill: #2b7a78 } .missed { fill: #b3402a } .small { font-size: 11px; fill: #5a6570 }
@media (prefers-color-scheme: dark) {
  text { fill: #e6e9ec } .small { fill: #a7b0b8 } .goal { stroke: #e6e9ec } .met { fill: #56b5b1 } .missed { fill: #e57f68 }
}
"""


def drawing(figures):
    """Bars, each as long as its share of the goal; the goal is a line."""
    rows = [(figure, share(figure)) for figure in figures]
    rows = [(figure, value) for figure, value in rows if value is not None]
    left, width, step, top = 20, 760, 44, 40
    scale = (width - 2 * left) / max(1.25, min(2.5, max((value for _, value in rows), default=1)) * 1.1)
    height = top + step * len(rows) + 30
    goal = left + scale
    words = "; ".join("%s: %.0f %% of the goal" % (figure["what"], value * 100) for figure, value in rows)
    parts = [
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img" '
        'aria-labelledby="title words">' % (width, height, width, height),
        "<title id=\"title\">Each figure as a share of its goal</title>",
        '<desc id="words">%s</desc>' % html.escape(words), "<style>%s</style>" % STYLE]
    for number, (figure, value) in enumerate(rows):
        y = top + step * number
        kind = "met" if value <= 1 else "missed"
        # Room for its figure at the end.
        length = min(value * scale, width - 2 * left - 44)
        parts += [
            '<text x="%d" y="%d">%s</text>' % (left, y, html.escape(figure["what"])),
            '<rect class="%s" x="%d" y="%d" width="%.1f" height="12" rx="2"/>' % (kind, left, y + 7, length),
            '<text class="small" x="%.1f" y="%d">%.0f %%</text>' % (left + length + 6, y + 17, value * 100)]
    parts += [
        '<line class="goal" x1="%.1f" y1="18" x2="%.1f" y2="%d"/>' % (goal, goal, height - 24),
        '<text class="small" x="%.1f" y="%d" text-anchor="middle">goal (shorter is better)</text>' % (goal, height - 8),
        "</svg>"]
    return "\n".join(parts) + "\n"


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__.strip())
    path, page_path, picture_path = sys.argv[1:]
    output = Output(path)
    if not output.figures:
        sys.exit("report.py: there are no figures in " + path)
    with open(page_path, "w", encoding="utf-8") as file:
        file.write(page(output, os.path.basename(picture_path)))
    with open(picture_path, "w", encoding="utf-8") as file:
        file.write(drawing(output.figures))
    print("written: %s, %s" % (page_path, picture_path))


if __name__ == "__main__":
    main()
