#!/usr/bin/env python3
"""The tools of the proof find what they are there to find: a check that cannot fail is worth nothing."""
import ctypes
import os
import random
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

# pylint: disable=wrong-import-position
import checker  # noqa: E402
from disk import Disk, File  # noqa: E402
import record as records  # noqa: E402
from receiver import receipts_of  # noqa: E402
import shim  # noqa: E402


def row(seq, to, cluster="pm-a", states=("delivered",), event=None):
    return {
        "seq": seq, "id": "k3v9x2ab-%d" % seq, "event": event or to.lower(), "cluster": cluster, "from": "ACTIVATION",
        "to": to, "kind": "observed", "observed_at": "2026-11-24T08:00:0%dZ" % seq, "account": "a", "region": "r",
        "alerts": [{"target": "t%d" % number, "state": state} for number, state in enumerate(states)]}


def receipt(stored, target="t0", body="words", **changes):
    values = {key: stored[key] for key in ("id", "event", "cluster", "from", "to")}
    return dict(values, target=target, body=body, accepted=True, **changes)


class CheckerTests(unittest.TestCase):
    rows = [row(1, "FAILED"), row(2, "ACTIVATION", event="restarted"), row(3, "COMPLETED")]
    timeline = {"pm-a": [("FAILED", 9), ("ACTIVATION", 9), ("COMPLETED", 9)]}

    def everything(self, rows=None, receipts=None, timelines=None, alerts=()):
        rows = self.rows if rows is None else rows
        receipts = [receipt(item) for item in rows] if receipts is None else receipts
        return checker.everything(
            timelines or self.timeline, rows, receipts, lambda _: {"t0"}, alerts, shortest=2)

    def found(self, words, **arguments):
        breaches = self.everything(**arguments)
        self.assertTrue(any(words in breach for breach in breaches), breaches)

    def test_a_kept_promise_is_kept(self):
        self.assertEqual(self.everything(), [])

    def test_a_change_that_was_shown_for_long_and_is_not_stored(self):
        self.found("showed ACTIVATION for 9.0 s", rows=[row(1, "FAILED"), row(2, "COMPLETED")])
        self.found("showed COMPLETED for 9.0 s", rows=self.rows[:2])

    def test_a_change_that_was_shown_for_a_moment_may_be_missing(self):
        timelines = {"pm-a": [("FAILED", 9), ("ACTIVATION", 1), ("COMPLETED", 9)]}
        self.assertEqual(self.everything(rows=[row(1, "FAILED"), row(2, "COMPLETED")], timelines=timelines), [])

    def test_a_change_that_never_was(self):
        self.found("did not show", rows=self.rows + [row(4, "FAILED")])

    def test_a_gap_in_the_numbers_and_an_id_given_twice(self):
        self.found("have a gap", rows=[row(1, "FAILED"), row(2, "ACTIVATION"), row(4, "COMPLETED")])
        self.found("two events have one id", rows=self.rows + [dict(self.rows[0], seq=4)])

    def test_an_event_without_its_alert_and_an_alert_too_many(self):
        self.found("has alerts for []", rows=[row(1, "FAILED", states=())] + self.rows[1:])
        self.found("has alerts for ['t0', 't1']", rows=[row(1, "FAILED", states=("dead", "dead"))] + self.rows[1:])

    def test_a_delivery_without_a_receipt(self):
        self.found("did not arrive", receipts=[receipt(item) for item in self.rows[1:]])
        refused = [receipt(item) for item in self.rows]
        refused[0]["accepted"] = False
        self.found("did not arrive", receipts=refused)

    def test_a_receipt_of_nothing_of_something_else_and_in_other_words(self):
        good = [receipt(item) for item in self.rows]
        self.found("is not stored", receipts=good + [receipt(row(9, "FAILED"))])
        self.found("stored is FAILED", receipts=[dict(good[0], to="COMPLETED")] + good[1:])
        self.found("two different bodies", receipts=good + [receipt(self.rows[0], body="other words")])
        self.assertEqual(self.everything(receipts=good + [receipt(self.rows[0])]), [])

    def test_what_has_neither_proof_nor_reason(self):
        key = {"id": "k3v9x2ab-1", "target": "t0"}
        for state, words, reason in [
                ("dead", "dead without a reason", {"last_error": "410 Gone"}),
                ("suppressed", "suppressed without a reason", {"held_by": [{"silence": 3, "comment": "night"}]}),
                ("held", "held without a time", {"held_until": "2026-11-24T09:00:00Z"}), ("pending", "waits", None)]:
            rows = [row(1, "FAILED", states=(state,))] + self.rows[1:]
            receipts = [receipt(item) for item in rows[1:]]
            self.found(words, rows=rows, receipts=receipts)
            if reason:
                self.assertEqual(self.everything(rows=rows, receipts=receipts, alerts=[dict(key, **reason)]), [])

    def test_the_wrong_order(self):
        self.found("out of order", receipts=[receipt(self.rows[place]) for place in (1, 0, 2)])

    def test_the_order_is_that_of_an_account_where_no_task_is_meant(self):
        outages = [
            dict(row(4, None, None, event="poll_failing"), account="a"),
            dict(row(5, None, None, event="poll_failing"), account="b"),
            dict(row(6, None, None, event="poll_recovered"), account="a")]
        rows = self.rows + outages
        in_turn = [receipt(item) for item in self.rows]
        # Another account's may be first.
        other = in_turn + [receipt(outages[place]) for place in (1, 0, 2)]
        self.assertEqual(self.everything(rows=rows, receipts=other), [])
        self.found("of a out of order", rows=rows, receipts=in_turn + [receipt(outages[place]) for place in (2, 1, 0)])

    def test_what_was_shown_is_gone_or_another(self):
        shown = {item["id"]: item for item in self.rows}
        self.assertEqual(checker.unchanged(shown, self.rows), [])
        self.assertEqual(len(checker.unchanged(shown, self.rows[:2])), 1)
        self.assertEqual(len(checker.unchanged(shown, [dict(self.rows[0], to="GONE")] + self.rows[1:])), 1)

    def test_what_was_over_waits_again(self):
        states = {("k3v9x2ab-1", "t0"): "delivered", ("k3v9x2ab-2", "t0"): "pending"}
        self.assertEqual(checker.settled_stays(states, self.rows), [])
        again = [row(1, "FAILED", states=("pending",))] + self.rows[1:]
        self.assertEqual(len(checker.settled_stays(states, again)), 1)

    def test_what_was_over_is_sent_again(self):
        receipts = [receipt(item) for item in self.rows] + [receipt(self.rows[0])]
        key = (self.rows[0]["id"], "t0")
        self.assertEqual(checker.not_again({key: 4}, receipts), [])
        self.assertEqual(checker.not_again({key: 3, (self.rows[1]["id"], "t0"): 3}, receipts), [
            "k3v9x2ab-1 was sent to t0 again, and had been shown as over"])

    def test_a_digest_is_a_receipt_of_each_of_its_events(self):
        body = b'{"data": {"event": "digest", "events": [{"id": "a-1", "event": "failed"}, {"id": "a-2"}]}}'
        self.assertEqual([item["id"] for item in receipts_of("t0", body, True)], ["a-1", "a-2"])


class FileTests(unittest.TestCase):
    def test_only_what_was_synced_is_sure(self):
        for way in ("nothing", "all", "beginning", "sectors", "pages", "rubbish"):
            file = File(b"old")
            file.unsure.append(("W", 0, b"new"))
            file.begin_sync(1)
            file.unsure.append(("W", 3, b"late"))
            file.end_sync(1)
            contents = {file.after_cut(random.Random(seed), way) for seed in range(50)}
            self.assertTrue(all(content[:3] == b"new" for content in contents), way)
            self.assertIn(b"new" if way != "all" else b"newlate", contents)

    def test_sectors_are_torn_and_come_in_any_order(self):
        file = File(bytes(4096))
        file.unsure.append(("W", 0, b"x" * 4096))
        contents = {file.after_cut(random.Random(seed), "sectors") for seed in range(50)}
        self.assertGreater(len(contents), 20)
        self.assertTrue(all(
            content[place:place + 512] in (bytes(512), b"x" * 512)
            for content in contents for place in range(0, 4096, 512)))

    def test_a_file_is_cut_and_made_longer(self):
        file = File(b"0123456789")
        file.unsure += [("T", 4, b""), ("T", 6, b""), ("W", 8, b"z")]
        self.assertEqual(file.after_cut(random.Random(1), "all"), b"0123\0\0\0\0z")


class RecordedTests(unittest.TestCase):
    """A program under the library: Python, whose calls are those of the C library."""

    script = """
import os, sys
folder = sys.argv[1]
file = os.open(folder + "/data.new", os.O_RDWR | os.O_CREAT, 0o600)
os.pwrite(file, b"one", 0)
os.fsync(file)
os.rename(folder + "/data.new", folder + "/data")
place = os.open(folder, os.O_RDONLY)
os.fsync(place)
os.pwrite(file, b"two", 3)
os.ftruncate(file, 5)
os.open(folder + "/other", os.O_RDWR | os.O_CREAT, 0o600)
os.unlink(folder + "/other")
"""

    def setUp(self):
        self.folder = os.path.realpath(tempfile.mkdtemp(prefix="proof-"))
        self.root = os.path.join(self.folder, "root")
        os.mkdir(self.root)
        self.library = shim.build(self.folder)

    def tearDown(self):
        shutil.rmtree(self.folder)

    def run_script(self, **environment):
        return subprocess.run(
            [sys.executable, "-c", self.script, self.root], env=dict(os.environ, **environment), check=False,
            stderr=subprocess.PIPE, timeout=60)

    def test_the_record_says_what_a_power_cut_leaves(self):
        path = os.path.join(self.folder, "record")
        marks = records.Marks(path)
        marks.append(before=True)
        result = self.run_script(**shim.environment(self.library, self.root, record=path))
        self.assertEqual(result.returncode, 0, result.stderr)
        marks.append(after=True)
        entries = records.read(path)
        self.assertEqual([entry.call for entry in entries if entry.call != "O"], list("MCWBENBEWTCUM"))
        disk = Disk()
        left = []
        for entry in entries:
            if entry.call != "M":
                disk.play(entry)
            left.append({
                tuple((os.path.basename(name), content) for name, _, content in
                      disk.after_cut(random.Random(seed))[0]) for seed in range(40)})
        synced = next(place for place, entry in enumerate(entries) if entry.call == "E" and entry.is_folder)
        self.assertEqual(left[synced], {(("data", b"one"),)})
        self.assertIn((), left[synced - 2])
        self.assertIn((("data", b"onetw"),), left[-1])
        self.assertIn((("data", b"one"),), left[-1])

    def test_each_call_fails_in_turn(self):
        page = shim.FaultPage(os.path.join(self.folder, "page"))
        environment = shim.environment(self.library, self.root, page=page.path)
        for calls, error, number in [("W", 28, 2), ("S", 5, 1), ("N", 5, 1), ("O", 24, 2), ("T", 28, 1), ("U", 5, 1)]:
            page.arm(calls, number, error, False)
            result = self.run_script(**environment)
            self.assertEqual(page.fired, 1, calls)
            self.assertIn("[Errno %d]" % error, result.stderr.decode(), calls)
        page.arm("W", 3, 28, False)
        self.assertEqual(self.run_script(**environment).returncode, 0)
        self.assertEqual((page.fired, page.count), (0, 2))

    def test_the_page_has_the_layout_of_the_library(self):
        self.assertEqual(shim.LAYOUT.size, 8 * ctypes.sizeof(ctypes.c_int64) + 4096)


if __name__ == "__main__":
    unittest.main()
