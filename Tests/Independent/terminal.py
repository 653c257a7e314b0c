"""Runs a program on a terminal of its own: terminal.py ROWS COLUMNS KEYS SECONDS PROGRAM ARGUMENTS...

Sends KEYS once the title is on the screen, which the line "shown" on standard error says, and SECONDS have passed; KEYS
is a text, or `signal:NAME`. Prints JSON: `exit`
(the exit status, or minus the signal), `output` (what the program wrote), `restored` (whether the terminal is set as
before), `frames` (how often it drew).
"""

import fcntl
import json
import os
import pty
import select
import signal
import struct
import sys
import termios
import time

rows, columns, keys, seconds = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], float(sys.argv[4])
master, slave = pty.openpty()
fcntl.ioctl(master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
before = termios.tcgetattr(slave)
child = os.fork()
if child == 0:
    os.setsid()
    fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
    for descriptor in range(3):
        os.dup2(slave, descriptor)
    os.closerange(3, 256)
    os.execv(sys.argv[5], sys.argv[5:])

output = b""
deadline = time.monotonic() + 60
shown_at = None
is_sent = False
status = None
while status is None and time.monotonic() < deadline:
    if select.select([master], [], [], 0.05)[0]:
        output += os.read(master, 65536)
    if shown_at is None and b"polarai-daemon status" in output:
        shown_at = time.monotonic()
        print("shown", file=sys.stderr, flush=True)
    if shown_at is not None and not is_sent and time.monotonic() - shown_at >= seconds:
        is_sent = True
        if keys.startswith("signal:"):
            os.kill(child, getattr(signal, keys.removeprefix("signal:")))
        else:
            os.write(master, keys.encode())
    ended, code = os.waitpid(child, os.WNOHANG)
    if ended:
        status = os.waitstatus_to_exitcode(code)
if status is None:
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
while select.select([master], [], [], 0.05)[0]:
    output += os.read(master, 65536)
print(
    json.dumps(
        {
            "exit": status,
            "output": output.decode("utf-8", "replace"),
            "restored": termios.tcgetattr(slave) == before,
            "frames": output.count(b"\x1b[H"),
        }
    )
)
