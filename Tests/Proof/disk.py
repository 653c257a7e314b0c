"""A disk as a power cut leaves it.

What was written before a sync began is there once the sync has ended. Of what was written later, any part may be there:
all or nothing, a beginning, or sectors at random, in any order. Names (files made, renamed, removed) are kept by a sync
of their folder; of those that came later a beginning may be there, as file systems with a journal have it.
"""
import os

SECTOR = 512
WAYS = ("nothing", "all", "beginning", "sectors", "pages", "rubbish")


class File:
    def __init__(self, content=b""):
        self.kept = bytearray(content)
        # (call, offset, data), since the last sync.
        self.unsure = []
        self.syncs = {}

    def begin_sync(self, thread):
        self.syncs[thread] = len(self.unsure)

    def end_sync(self, thread):
        count = self.syncs.pop(thread, 0)
        for change in self.unsure[:count]:
            self.apply(self.kept, change)
        del self.unsure[:count]
        for other in self.syncs:
            self.syncs[other] = max(0, self.syncs[other] - count)

    @staticmethod
    def apply(content, change):
        call, offset, data = change
        if call == "T":
            if offset < len(content):
                del content[offset:]
            else:
                content.extend(bytes(offset - len(content)))
            return
        if offset > len(content):
            content.extend(bytes(offset - len(content)))
        content[offset:offset + len(data)] = data

    def after_cut(self, random, way):
        """Its content after a cut now."""
        content = bytearray(self.kept)
        changes = self.unsure
        if way == "nothing":
            changes = []
        elif way == "beginning" and changes:
            end = random.randrange(len(changes) + 1)
            torn = changes[end:end + 1]
            changes = changes[:end] + [self.torn(random, change) for change in torn]
        elif way in ("sectors", "pages", "rubbish"):
            size = 4096 if way == "pages" else SECTOR
            changes = [part for change in changes for part in self.parts(change, size) if random.random() < 0.5]
            random.shuffle(changes)
        for change in changes:
            self.apply(content, change)
        if way == "rubbish":
            # Where the file grew and nothing was synced, a file system may show what was there before.
            for place in range(len(self.kept) // SECTOR * SECTOR + SECTOR, len(content), SECTOR):
                if random.random() < 0.3:
                    content[place:place + SECTOR] = random.randbytes(min(SECTOR, len(content) - place))
        return bytes(content)

    @staticmethod
    def torn(random, change):
        call, offset, data = change
        if call == "T" or not data:
            return change
        return (call, offset, data[:random.randrange(len(data)) // SECTOR * SECTOR])

    @staticmethod
    def parts(change, size):
        call, offset, data = change
        if call == "T":
            return [change]
        parts = []
        place = 0
        while place < len(data):
            end = min(len(data), (offset + place) // size * size + size - offset)
            parts.append((call, offset + place, data[place:end]))
            place = end
        return parts


class Disk:
    """Plays a record; `after_cut` says what a power cut at this moment would leave."""

    def __init__(self):
        # By a key: the inode, and how often it was used for another file before.
        self.files = {}
        self.uses = {}
        self.names = {}
        # (call, name, key or new name), since the last sync of the folder.
        self.unsure = []
        self.syncs = {}
        # The names that each file has had.
        self.called = {}
        # A disk that does nothing when it is asked to keep a file whose name ends so: for the check of the check.
        self.lies_about = None

    def add(self, path, inode, content):
        """A file that was there, safely, before the record began."""
        key = self.key(inode)
        self.files[key] = File(content)
        self.names[path] = key
        self.called[key] = {path}

    def key(self, inode):
        return inode, self.uses.get(inode, 0)

    def play(self, entry):
        call = entry.call
        if call == "C":
            self.uses[entry.inode] = self.uses.get(entry.inode, 0) + 1
            self.files[self.key(entry.inode)] = File()
            self.unsure.append(("C", entry.name, self.key(entry.inode)))
        if call in "CO" and not entry.is_folder:
            self.called.setdefault(self.key(entry.inode), set()).add(entry.name)
        elif call in "WT":
            self.files.setdefault(self.key(entry.inode), File()).unsure.append((call, entry.offset, entry.data))
        elif call == "N":
            self.unsure.append(("N", entry.name, entry.data.decode()))
        elif call == "U":
            self.unsure.append(("U", entry.name, None))
        elif call in "BE" and not self.lies(self.key(entry.inode)):
            self.synchronize(entry)

    def lies(self, key):
        return self.lies_about and any(name.endswith(self.lies_about) for name in self.called.get(key, ()))

    def synchronize(self, entry):
        if not entry.is_folder:
            file = self.files.setdefault(self.key(entry.inode), File())
            if entry.call == "B":
                file.begin_sync(entry.thread)
            else:
                file.end_sync(entry.thread)
        elif entry.call == "B":
            self.syncs[entry.thread] = len(self.unsure)
        else:
            count = self.syncs.pop(entry.thread, 0)
            for change in self.unsure[:count]:
                self.rename(self.names, change)
            del self.unsure[:count]
            for other in self.syncs:
                self.syncs[other] = max(0, self.syncs[other] - count)

    @staticmethod
    def rename(names, change):
        call, name, other = change
        if call == "C":
            names[name] = other
        elif call == "U":
            names.pop(name, None)
        elif name in names:
            names[other] = names.pop(name)

    def after_cut(self, random):
        """[(path, inode, content)] and how it was chosen."""
        names = dict(self.names)
        kept = random.choice([0, len(self.unsure), random.randint(0, len(self.unsure))])
        for change in self.unsure[:kept]:
            self.rename(names, change)
        ways = {key: random.choice(WAYS) for key in sorted(set(names.values()))}
        files = [
            (path, key[0], self.files[key].after_cut(random, ways[key]))
            # Shared memory is never read after a start of the host: the first who opens the log makes it anew.
            for path, key in sorted(names.items()) if key in self.files and not path.endswith("-shm")]
        words = [
            "%s: %s of %d writes" % (os.path.basename(path), ways[key], len(self.files[key].unsure))
            for path, key in sorted(names.items()) if key in self.files]
        return files, "names %d of %d, %s" % (kept, len(self.unsure), ", ".join(words))
