"""The promise, as somebody who wants to refute it checks it: over what the API showed, what the database says, and what
the receivers got.

For each change that the API showed for at least two poll intervals, each target of its route has a proof of receipt with
the same id and body, or a dead or suppressed alert with its reason, or a held one with its time. For each receipt there
is a stored event, and the API really showed it.

Each function returns breaches, one sentence each; an empty list means that the promise is kept.

Rows are those of `history --format json`. A receipt is {"target", "id", "body", "event", "cluster", "from", "to",
"accepted"}, in the order of arrival; `body` may be a digest of it. Alerts are those of `alerts list --all --format json`.
"""
STATUS_EVENTS = {"started", "restarted", "completed", "failed", "changed", "gone"}
IDENTITY = ("seq", "event", "cluster", "account", "region", "from", "to", "kind", "observed_at")
OVER = {"delivered", "accepted", "dead", "suppressed", "digested"}


def truth(timelines, rows, shortest=0):
    """The history of each cluster is what the API showed, in that order; only what it showed for less than `shortest`
    seconds may be missing. `timelines`: {cluster: [(status, seconds that it was shown)]}."""
    breaches = []
    for cluster, timeline in timelines.items():
        said = [row["to"] for row in rows if row["cluster"] == cluster and row["event"] in STATUS_EVENTS]
        place = 0
        missed = []
        for status in said:
            skipped = []
            while place < len(timeline) and timeline[place][0] != status:
                skipped.append(timeline[place])
                place += 1
            if place == len(timeline):
                breaches.append("%s: the history says %s, which the API did not show: %s" % (
                    cluster, " ".join(map(str, said)), " ".join(item[0] for item in timeline)))
                break
            missed += skipped
            place += 1
        else:
            missed += timeline[place:]
            long = [item for item in missed if item[1] >= shortest]
            if long:
                breaches.append("%s: the API showed %s for %.1f s, and the history says %s" % (
                    cluster, long[0][0], long[0][1], " ".join(map(str, said))))
    return breaches


def unchanged(shown, rows):
    """What was shown once is there, word for word. `shown`: {id: row}."""
    found = {row["id"]: row for row in rows}
    breaches = []
    for name, row in shown.items():
        other = found.get(name)
        if other is None:
            breaches.append("%s (%s of %s) was shown and is not stored" % (name, row["event"], row["cluster"]))
            continue
        breaches += [
            "%s was shown with %s %s, and stored is %s" % (name, key, row[key], other.get(key))
            for key in IDENTITY if key in row and row[key] != other.get(key)]
    return breaches


def numbered(rows):
    """Events are numbered without gaps; each has an id of its own."""
    breaches = []
    numbers = [row["seq"] for row in rows]
    if numbers and numbers != list(range(numbers[0], numbers[0] + len(numbers))):
        breaches.append("the numbers of the events have a gap: %s" % numbers)
    if len({row["id"] for row in rows}) != len(rows):
        breaches.append("two events have one id")
    return breaches


def settled_stays(states, rows):
    """An alert that was shown as over does not wait again. `states`: {(id, target): state}."""
    found = {(row["id"], alert["target"]): alert["state"] for row in rows for alert in row["alerts"]}
    return [
        "the alert of %s for %s was shown as %s and is %s" % (key[0], key[1], state, found.get(key))
        for key, state in states.items() if state in OVER and found.get(key) not in OVER]


def whole(rows, routed):
    """An event and its alerts are one commit: it has an alert for each of its targets, and no other."""
    return [
        "%s (%s) has alerts for %s, and its targets are %s" % (
            row["id"], row["event"], sorted(alert["target"] for alert in row["alerts"]), sorted(routed(row)))
        for row in rows if {alert["target"] for alert in row["alerts"]} != set(routed(row))]


def receipts_are_events(receipts, rows):
    """What a receiver got is stored, says the same, and always said it in the same words."""
    found = {row["id"]: row for row in rows}
    bodies = {}
    breaches = []
    for receipt in receipts:
        name = receipt["id"]
        row = found.get(name)
        if row is None:
            breaches.append("%s was sent to %s and is not stored" % (name, receipt["target"]))
            continue
        breaches += [
            "%s was sent with %s %s, and stored is %s" % (name, key, receipt[key], row[key])
            for key in ("event", "cluster", "from", "to") if receipt[key] != row[key]]
        if bodies.setdefault((name, receipt["target"]), receipt["body"]) != receipt["body"]:
            breaches.append("%s was sent to %s with two different bodies" % (name, receipt["target"]))
    return breaches


def proven(rows, receipts, alerts=()):
    """Each alert has its proof of receipt, or the reason why there is none."""
    arrived = {(receipt["id"], receipt["target"]) for receipt in receipts if receipt["accepted"]}
    listed = {(alert["id"], alert["target"]): alert for alert in alerts}
    breaches = []
    for row in rows:
        for alert in row["alerts"]:
            key = (row["id"], alert["target"])
            words = "the alert of %s (%s of %s) for %s" % (key[0], row["event"], row["cluster"], key[1])
            state, details = alert["state"], listed.get(key, {})
            if state in ("delivered", "accepted", "digested"):
                if key not in arrived:
                    breaches.append("%s is %s and did not arrive" % (words, state))
            elif state == "dead":
                if not details.get("last_error"):
                    breaches.append(words + " is dead without a reason")
            elif state == "suppressed":
                if not details.get("held_by") and not details.get("last_error"):
                    breaches.append(words + " is suppressed without a reason")
            elif state == "held":
                if not details.get("held_until"):
                    breaches.append(words + " is held without a time")
            elif state == "pending":
                breaches.append(words + " still waits")
    return breaches


def ordered(rows, receipts):
    """Each target got the alerts of a task, and those of an account as a whole, in the order of the events."""
    numbers = {row["id"]: row["seq"] for row in rows}
    # Of an account where the event is of no task.
    subjects = {row["id"]: row["cluster"] or row.get("account") for row in rows}
    first = {}
    for place, receipt in enumerate(receipts):
        if receipt["accepted"] and receipt["id"] in numbers:
            first.setdefault((receipt["target"], subjects[receipt["id"]]), {}).setdefault(receipt["id"], place)
    breaches = []
    for (target, cluster), places in first.items():
        order = sorted(places, key=places.get)
        if order != sorted(order, key=numbers.get):
            breaches.append("%s got the alerts of %s out of order: %s" % (target, cluster, " ".join(order)))
    return breaches


def not_again(over, receipts):
    """What was shown as over is not sent again: only what was under way when a daemon died may come twice. `over`:
    {(id, target): how many receipts there were when it was shown as over}."""
    return [
        "%s was sent to %s again, and had been shown as over" % (receipt["id"], receipt["target"])
        for place, receipt in enumerate(receipts)
        if place >= over.get((receipt["id"], receipt["target"]), len(receipts))]


def everything(timelines, rows, receipts, routed, alerts=(), shortest=0):
    """All of it, once everything has settled."""
    return (
        truth(timelines, rows, shortest) + numbered(rows) + whole(rows, routed) + receipts_are_events(receipts, rows)
        + proven(rows, receipts, alerts) + ordered(rows, receipts))
