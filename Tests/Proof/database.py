"""The database as SQLite itself sees it, without a line of ours."""
import glob
import os
import sqlite3

APPLICATION = 0x706C6169
MIGRATIONS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../migrations")


def faults(path):
    """What SQLite has against the file; opens it for writing, so that what is in its log is taken in."""
    connection = sqlite3.connect(path, isolation_level=None, timeout=30)
    try:
        found = [row[0] for row in connection.execute("PRAGMA integrity_check")]
        faults = [] if found == ["ok"] else ["integrity_check: " + "; ".join(found[:3])]
        broken = connection.execute("PRAGMA foreign_key_check").fetchall()
        if broken:
            faults.append("foreign_key_check: %s" % broken[:3])
        return faults
    except sqlite3.DatabaseError as error:
        return ["SQLite: %s" % error]
    finally:
        connection.close()


def version(path):
    connection = sqlite3.connect("file:%s?mode=ro" % path, uri=True)
    try:
        return connection.execute("PRAGMA user_version").fetchone()[0]
    finally:
        connection.close()


def latest_version():
    return len(glob.glob(os.path.join(MIGRATIONS, "*.sql")))


def make_old(path, migrations, events, target, at):
    """A database as an older program left it: so many migrations, so many events that ended a training, and an alert for
    each of them, the last five of which still wait. `at`: milliseconds since 1970."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA application_id = %d" % APPLICATION)
    files = sorted(glob.glob(os.path.join(MIGRATIONS, "*.sql")))[:migrations]
    with open(files[0]) as file:
        connection.executescript(file.read())
    connection.execute("INSERT INTO installation (id, code, created_at) VALUES (1, 'oldfile0', ?)", (at,))
    for name in files[1:]:
        with open(name) as file:
            connection.executescript(file.read())
    connection.execute("PRAGMA user_version = %d" % migrations)
    connection.execute("BEGIN")
    for number in range(1, events + 1):
        cluster = "pm-old%05d" % (number % 50)
        moment = at - (events - number) * 1000
        connection.execute(
            "INSERT INTO events (event, cluster, account, region, from_status, to_status, kind, observed_at) "
            "VALUES ('failed', ?, 'default', 'cn-beijing', 'ACTIVATION', 'FAILED', 'observed', ?)", (cluster, moment))
        waits = number > events - 5
        connection.execute(
            "INSERT INTO outbox (seq, target, line, state, attempts, created_at, waiting_since, next_attempt_at, "
            "updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (number, target, cluster, "pending" if waits else "delivered", 0 if waits else 1, moment, moment,
             moment if waits else None, moment))
    connection.execute("COMMIT")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.close()
    os.chmod(path, 0o640)


def events(path):
    """(number, event, cluster, status) of each, also of a database of an older program."""
    connection = sqlite3.connect("file:%s?mode=ro" % path, uri=True)
    try:
        return connection.execute("SELECT seq, event, cluster, to_status FROM events ORDER BY seq").fetchall()
    finally:
        connection.close()
