"""The library that stands between the daemon and its disk (disk_shim.c): how it is built, preloaded and controlled."""
import mmap
import os
import struct
import subprocess

SOURCE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "disk_shim.c")
# In the place of an error; see disk_shim.h.
KILLED, HANGS = -1, -2
# struct fault of disk_shim.h.
LAYOUT = struct.Struct("8q4096s")


def build(folder):
    """Compiles the library into `folder`; its path."""
    library = os.path.join(folder, "disk_shim.so")
    subprocess.run(["cc", "-O1", "-shared", "-fPIC", "-o", library, SOURCE, "-ldl"], check=True)
    return library


def environment(library, root, record=None, page=None):
    """What a program needs in its environment so that the library looks at its files below `root`."""
    variables = {"LD_PRELOAD": library, "DISK_ROOT": os.path.realpath(root)}
    if record:
        variables["DISK_RECORD"] = record
    if page:
        variables["DISK_FAULT"] = page
    return variables


class FaultPage:
    """Says which call of the preloaded programs fails; shared memory, so it can be changed while they run."""

    def __init__(self, path):
        self.path = path
        with open(path, "wb") as file:
            file.write(bytes(LAYOUT.size))
        with open(path, "r+b") as file:
            self.memory = mmap.mmap(file.fileno(), LAYOUT.size)

    def arm(self, calls, number, error, for_good):
        """From now on the `number`-th call of the kinds in `calls` (letters of disk_shim.h) fails; error 0 makes a
        write a short one; KILLED and HANGS are no errors."""
        self.disarm()
        kinds = sum(1 << (ord(letter) - ord("A")) for letter in calls)
        self.memory[:LAYOUT.size] = LAYOUT.pack(0, number, int(for_good), error, kinds, 0, 0, 0, b"")
        self.memory[0:8] = struct.pack("q", 1)

    def disarm(self):
        self.memory[0:8] = struct.pack("q", 0)

    @property
    def is_armed(self):
        return self._fields()[0] != 0

    @property
    def is_for_good(self):
        return self._fields()[2] != 0

    @property
    def kills(self):
        return self._fields()[3] == KILLED

    def _fields(self):
        return LAYOUT.unpack(self.memory[:LAYOUT.size])

    @property
    def count(self):
        """Calls since it was armed."""
        return self._fields()[5]

    @property
    def fired(self):
        return self._fields()[6]

    @property
    def what(self):
        """The first call that failed: its letter and the file."""
        fields = self._fields()
        return "%s %s" % (chr(fields[7]) if fields[7] else "-", fields[8].split(b"\0")[0].decode(errors="replace"))
