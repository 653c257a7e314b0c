/* Stands between a program and its disk (LD_PRELOAD): records what it writes and when it waits for the disk, and lets
 * one call fail.
 *
 * DISK_ROOT    only files below this folder are looked at; an absolute path without symbolic links
 * DISK_RECORD  a file to which each change is appended before it is made, and each sync before and after it; see
 *              record.py. Several programs may append to it: the order in the file is the order in time.
 * DISK_FAULT   a page of struct fault, shared with the test that says which call fails
 */
#include "disk_shim.h"

#define REAL(name) ((__typeof__(&name))real(#name))

static void *real(const char *name) {
    return dlsym(RTLD_NEXT, name);
}

static int (*real_open)(const char *, int, ...);
static int (*real_openat)(int, const char *, int, ...);
static int (*real_close)(int);
static ssize_t (*real_read)(int, void *, size_t);
static ssize_t (*real_pread)(int, void *, size_t, off_t);
static ssize_t (*real_write)(int, const void *, size_t);
static ssize_t (*real_pwrite)(int, const void *, size_t, off_t);
static int (*real_ftruncate)(int, off_t);
static int (*real_fsync)(int);
static int (*real_fdatasync)(int);
static int (*real_rename)(const char *, const char *);
static int (*real_unlink)(const char *);
static void *(*real_mmap)(void *, size_t, int, int, int, off_t);
static int (*real_fcntl)(int, int, ...);

__attribute__((constructor)) static void begin(void) {
    real_open = REAL(open);
    real_openat = REAL(openat);
    real_close = REAL(close);
    real_read = REAL(read);
    real_pread = real("pread64");
    real_write = REAL(write);
    real_pwrite = real("pwrite64");
    real_ftruncate = real("ftruncate64");
    real_fsync = REAL(fsync);
    real_fdatasync = REAL(fdatasync);
    real_rename = REAL(rename);
    real_unlink = REAL(unlink);
    real_mmap = real("mmap64");
    real_fcntl = real("fcntl64");
    const char *folder = getenv("DISK_ROOT");
    const char *record_path = getenv("DISK_RECORD");
    const char *fault_path = getenv("DISK_FAULT");
    if (!folder) return;
    root_length = strlen(folder);
    if (record_path) record = real_open(record_path, O_WRONLY | O_APPEND | O_CLOEXEC);
    if (fault_path) {
        int page = real_open(fault_path, O_RDWR | O_CLOEXEC);
        if (page >= 0) {
            void *found = real_mmap(NULL, sizeof *fault, PROT_READ | PROT_WRITE, MAP_SHARED, page, 0);
            if (found != MAP_FAILED) fault = found;
            real_close(page);
        }
    }
    root = folder;
}

/* Before the constructor has run, in another library's: nothing is looked at. */
#define READY(function, name) if (!(function)) (function) = real(name)

static int opened(int file, const char *path, int flags, int was_there) {
    if (file < 0 || file >= most_files) return file;
    struct stat information;
    int saved = errno;
    if (fstat(file, &information) == 0) {
        inodes[file] = information.st_ino;
        folders[file] = S_ISDIR(information.st_mode) != 0;
        if (!was_there) append('C', file, path, information.st_ino, 0, NULL, 0);
        if (was_there && (flags & O_TRUNC)) append('T', file, NULL, information.st_ino, 0, NULL, 0);
        append('O', file, path, information.st_ino, flags, NULL, 0);
    }
    errno = saved;
    return file;
}

static int open_any(int folder, const char *path, int flags, mode_t mode) {
    READY(real_openat, "openat");
    if (!is_below(path)) {
        int file = real_openat(folder, path, flags, mode);
        if (file >= 0 && file < most_files) inodes[file] = 0;
        return file;
    }
    if (fails('O', path, -1)) return -1;
    struct stat information;
    int was_there = stat(path, &information) == 0;
    return opened(real_openat(folder, path, flags, mode), path, flags, was_there);
}

#define MODE(flags, mode) \
    mode_t mode = 0; \
    if ((flags) & (O_CREAT | __O_TMPFILE)) { \
        va_list list; \
        va_start(list, flags); \
        mode = va_arg(list, mode_t); \
        va_end(list); \
    }

int open(const char *path, int flags, ...) { MODE(flags, mode) return open_any(AT_FDCWD, path, flags, mode); }
int open64(const char *path, int flags, ...) { MODE(flags, mode) return open_any(AT_FDCWD, path, flags | O_LARGEFILE, mode); }
int openat(int folder, const char *path, int flags, ...) { MODE(flags, mode) return open_any(folder, path, flags, mode); }
int openat64(int folder, const char *path, int flags, ...) { MODE(flags, mode) return open_any(folder, path, flags | O_LARGEFILE, mode); }
int __open_2(const char *path, int flags) { return open_any(AT_FDCWD, path, flags, 0); }
int __open64_2(const char *path, int flags) { return open_any(AT_FDCWD, path, flags | O_LARGEFILE, 0); }
int creat(const char *path, mode_t mode) { return open_any(AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode); }
int creat64(const char *path, mode_t mode) { return creat(path, mode); }

int close(int file) {
    READY(real_close, "close");
    if (file >= 0 && file < most_files) inodes[file] = 0;
    return real_close(file);
}

ssize_t read(int file, void *data, size_t length) {
    READY(real_read, "read");
    if (is_known(file) && fails('R', NULL, file)) return -1;
    return real_read(file, data, length);
}

ssize_t pread64(int file, void *data, size_t length, off_t offset) {
    READY(real_pread, "pread64");
    if (is_known(file) && fails('R', NULL, file)) return -1;
    return real_pread(file, data, length, offset);
}
ssize_t pread(int file, void *data, size_t length, off_t offset) { return pread64(file, data, length, offset); }

ssize_t write(int file, const void *data, size_t length) {
    READY(real_write, "write");
    if (!is_known(file)) return real_write(file, data, length);
    if (fails('W', NULL, file)) return -1;
    off_t offset = lseek(file, 0, real_fcntl(file, F_GETFL) & O_APPEND ? SEEK_END : SEEK_CUR);
    append('W', file, NULL, inodes[file], offset, data, length);
    return real_write(file, data, length);
}

ssize_t pwrite64(int file, const void *data, size_t length, off_t offset) {
    READY(real_pwrite, "pwrite64");
    if (!is_known(file)) return real_pwrite(file, data, length, offset);
    if (fails('W', NULL, file)) {
        /* Without an error: a part is taken, and the rest is for another call. */
        if (errno != 0 || length < 2) return -1;
        length /= 2;
    }
    append('W', file, NULL, inodes[file], offset, data, length);
    return real_pwrite(file, data, length, offset);
}
ssize_t pwrite(int file, const void *data, size_t length, off_t offset) { return pwrite64(file, data, length, offset); }

int ftruncate64(int file, off_t length) {
    READY(real_ftruncate, "ftruncate64");
    if (is_known(file)) {
        if (fails('T', NULL, file)) return -1;
        append('T', file, NULL, inodes[file], length, NULL, 0);
    }
    return real_ftruncate(file, length);
}
int ftruncate(int file, off_t length) { return ftruncate64(file, length); }

static int synchronize(int file, int (*call)(int)) {
    if (!is_known(file)) return call(file);
    if (fails('S', NULL, file)) return -1;
    append('B', file, NULL, inodes[file], 0, NULL, 0);
    int result = call(file);
    if (result == 0) append('E', file, NULL, inodes[file], 0, NULL, 0);
    return result;
}

int fsync(int file) { READY(real_fsync, "fsync"); return synchronize(file, real_fsync); }
int fdatasync(int file) { READY(real_fdatasync, "fdatasync"); return synchronize(file, real_fdatasync); }

int rename(const char *from, const char *to) {
    READY(real_rename, "rename");
    if (!is_below(from) && !is_below(to)) return real_rename(from, to);
    if (fails('N', from, -1)) return -1;
    append('N', -1, from, 0, 0, to, strlen(to));
    return real_rename(from, to);
}

int unlink(const char *path) {
    READY(real_unlink, "unlink");
    if (!is_below(path)) return real_unlink(path);
    if (fails('U', path, -1)) return -1;
    struct stat information;
    if (stat(path, &information) == 0) append('U', -1, path, information.st_ino, 0, NULL, 0);
    return real_unlink(path);
}

/* Shared memory of the log, and nothing else: what maps files below the root is SQLite. */
static void *map(void *address, size_t length, int protection, int flags, int file, off_t offset) {
    READY(real_mmap, "mmap64");
    if (is_known(file) && fails('M', NULL, file)) return MAP_FAILED;
    return real_mmap(address, length, protection, flags, file, offset);
}
void *mmap(void *address, size_t length, int protection, int flags, int file, off_t offset) {
    return map(address, length, protection, flags, file, offset);
}
void *mmap64(void *address, size_t length, int protection, int flags, int file, off_t offset) {
    return map(address, length, protection, flags, file, offset);
}

static int control(int file, int command, void *argument) {
    if (!real_fcntl) real_fcntl = real("fcntl64");
    int takes_lock = command == F_SETLK || command == F_SETLKW || command == F_OFD_SETLK || command == F_OFD_SETLKW;
    if (takes_lock && is_known(file) && ((struct flock *)argument)->l_type != F_UNLCK && fails('L', NULL, file)) {
        return -1;
    }
    return real_fcntl(file, command, argument);
}
int fcntl(int file, int command, ...) {
    va_list list;
    va_start(list, command);
    void *argument = va_arg(list, void *);
    va_end(list);
    return control(file, command, argument);
}
int fcntl64(int file, int command, ...) {
    va_list list;
    va_start(list, command);
    void *argument = va_arg(list, void *);
    va_end(list);
    return control(file, command, argument);
}
