"""The record of what programs wrote and of what others had seen by then, in the order in which it happened.

A record is a header (struct header of disk_shim.h), a name and data. Calls: C made, O opened, W written, T cut or made
longer, B a sync begins, E it has ended, N renamed, U removed; M is a mark of the test itself: JSON.
"""
import collections
import json
import os
import struct
import threading

HEADER = struct.Struct("=IcBHIIQqQ")
MAGIC = 0x4B534944
# Calls whose length counts bytes that follow.
WITH_DATA = b"WNM"

Entry = collections.namedtuple("Entry", "call is_folder thread inode offset name data")


class Marks:
    """Appends marks to a record that programs append to at the same time."""

    def __init__(self, path):
        self.path = path
        self.file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        self.lock = threading.Lock()

    def append(self, **values):
        data = json.dumps(values).encode()
        with self.lock:
            if self.file is not None:
                os.write(self.file, HEADER.pack(MAGIC, b"M", 0, 0, 0, 0, 0, 0, len(data)) + data)

    def close(self):
        """What comes later is not noted."""
        with self.lock:
            os.close(self.file)
            self.file = None


def read(path):
    """All entries, oldest first."""
    with open(path, "rb") as file:
        text = file.read()
    entries = []
    place = 0
    while place + HEADER.size <= len(text):
        magic, call, is_folder, name_length, thread, _, inode, offset, length = HEADER.unpack_from(text, place)
        if magic != MAGIC:
            raise ValueError("the record is broken at byte %d" % place)
        place += HEADER.size
        name = text[place:place + name_length].decode()
        place += name_length
        data = b""
        if call in WITH_DATA:
            data = text[place:place + length]
            place += length
        entries.append(Entry(call.decode(), bool(is_folder), thread, inode, offset, name, data))
    return entries
