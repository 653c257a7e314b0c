/* What disk_shim.c records and how it lets calls fail. */
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
