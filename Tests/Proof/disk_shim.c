/* Stands between a program and its disk (LD_PRELOAD): records what it writes and when it waits for the disk, and lets
 * one call fail.
 *
 * DISK_ROOT    only files below this folder are looked at; an absolute path without symbolic links
 * DISK_RECORD  a file to which each change is appended before it is made, and each sync before and after it; see
 *              record.py. Several programs may append to it: the order in the file is the order in time.
 * DISK_FAULT   a page of struct fault, shared with the test that says which call fails
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum { most_files = 65536 };

/* In the place of an error: the process is killed before the call, or the call waits until the test lets it go on. */
enum { killed = -1, hangs = -2 };

struct header {
    uint32_t magic;
    char call;
    char is_folder;
    uint16_t name_length;
    uint32_t thread;
    uint32_t padding;
    uint64_t inode;
    int64_t offset;
    uint64_t length;
};

/* The same layout in faults.py. `calls` has a bit for each letter that may fail: 1 << (letter - 'A'). */
struct fault {
    int64_t is_armed;
    int64_t number;
    int64_t for_good;
    int64_t error;
    int64_t calls;
    int64_t count;
    int64_t fired;
    int64_t fired_call;
    char fired_path[4096];
};

static const char *root;
static size_t root_length;
static int record = -1;
static struct fault *fault;
/* The inode of each open file below the root, 0 for all others; and whether it is a folder. */
static uint64_t inodes[most_files];
static char folders[most_files];

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

static int is_below(const char *path) {
    return root && path && strncmp(path, root, root_length) == 0 && (path[root_length] == '/' || !path[root_length]);
}

static int is_known(int file) {
    return file >= 0 && file < most_files && inodes[file] != 0;
}

static void append(
    char call, int file, const char *name, uint64_t inode, int64_t offset, const void *data, uint64_t length) {
    if (record < 0) return;
    int saved = errno;
    struct header header = {
        .magic = 0x4b534944, .call = call, .is_folder = file >= 0 ? folders[file] : 0,
        .name_length = name ? (uint16_t)strlen(name) : 0, .thread = (uint32_t)syscall(SYS_gettid), .inode = inode,
        .offset = offset, .length = length};
    struct iovec parts[3] = {
        {&header, sizeof header}, {(void *)name, header.name_length}, {(void *)data, data ? length : 0}};
    /* One call: records of several programs do not mix. */
    if (syscall(SYS_writev, record, parts, 3) < 0) abort();
    errno = saved;
}

/* Whether this call is the one that fails; errno is set then. */
static int fails(char call, const char *path, int file) {
    if (!fault || !__atomic_load_n(&fault->is_armed, __ATOMIC_SEQ_CST)) return 0;
    if (!(fault->calls & (INT64_C(1) << (call - 'A')))) return 0;
    int64_t number = __atomic_add_fetch(&fault->count, 1, __ATOMIC_SEQ_CST);
    if (number != fault->number && !(fault->for_good && number > fault->number)) return 0;
    if (__atomic_add_fetch(&fault->fired, 1, __ATOMIC_SEQ_CST) == 1) {
        fault->fired_call = call;
        char link[64] = "/proc/self/fd/";
        if (path) {
            strncpy(fault->fired_path, path, sizeof fault->fired_path - 1);
        } else {
            int digits = file, length = 14;
            char text[12];
            int count = 0;
            do { text[count++] = (char)('0' + digits % 10); digits /= 10; } while (digits);
            while (count) link[length++] = text[--count];
            link[length] = 0;
            ssize_t size = readlink(link, fault->fired_path, sizeof fault->fired_path - 1);
            fault->fired_path[size > 0 ? size : 0] = 0;
        }
    }
    if (fault->error == killed) raise(SIGKILL);
    if (fault->error == hangs) {
        while (__atomic_load_n(&fault->is_armed, __ATOMIC_SEQ_CST)) usleep(10000);
        return 0;
    }
    errno = (int)fault->error;
    return 1;
}

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
