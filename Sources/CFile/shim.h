#ifndef POLARAI_CFILE_SHIM_H
#define POLARAI_CFILE_SHIM_H
#include <linux/stat.h>
#include <sys/syscall.h>

long syscall(long number, ...);

/// When an open file was made, in nanoseconds since 1970; 0 if the file system does not say.
/// statx(2) by its number: the C library declares it only for programs that ask for all GNU extensions.
static inline long long polarai_birth_time(int file) {
    struct statx information;
    const int emptyPath = 0x1000; // AT_EMPTY_PATH of <linux/fcntl.h>, which declares flock in its own way
    if (syscall(SYS_statx, file, "", emptyPath, STATX_BTIME, &information) != 0) return 0;
    if (!(information.stx_mask & STATX_BTIME)) return 0;
    return information.stx_btime.tv_sec * 1000000000LL + information.stx_btime.tv_nsec;
}

struct sqlite3;
/// Takes any number of arguments, which Swift cannot pass.
int sqlite3_db_config(struct sqlite3 *, int operation, ...);

/// Whether the end of the last connection to a database copies its log back into the file; SQLITE_OK if that is settled.
static inline int polarai_checkpoint_on_close(void *connection, int isWanted) {
    const int noCheckpointOnClose = 1006; // SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE
    return sqlite3_db_config((struct sqlite3 *)connection, noCheckpointOnClose, !isWanted, (int *)0);
}
#endif
