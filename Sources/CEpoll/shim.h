#ifndef POLARAI_CEPOLL_SHIM_H
#define POLARAI_CEPOLL_SHIM_H
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

/* Calls that the C library declares for GNU programs only, or that are variadic. */

extern int pthread_timedjoin_np(pthread_t thread, void **result, const struct timespec *end);
extern int pthread_tryjoin_np(pthread_t thread, void **result);
extern int pipe2(int ends[2], int flags);
extern int pthread_setname_np(pthread_t thread, const char *name);

/* A file without a name, closed on exec and never executable; -1 with errno set. */
static inline int polarai_memory_file(const char *name) {
    enum { close_on_exec = 1, not_executable = 8 };
    int descriptor = (int)syscall(SYS_memfd_create, name, close_on_exec | not_executable);
    /* Kernels before 6.3 do not know the second flag. */
    return descriptor >= 0 ? descriptor : (int)syscall(SYS_memfd_create, name, close_on_exec);
}

/* A descriptor that becomes readable when the process ends; -1 on kernels before 5.3. */
static inline int polarai_process_descriptor(pid_t process) {
#ifdef SYS_pidfd_open
    return (int)syscall(SYS_pidfd_open, process, 0);
#else
    return -1;
#endif
}

/* Keeps other processes of the same user from reading this one's memory; those that it starts are as usual. */
static inline int polarai_guard_memory(void) {
    return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

/* What a program that is started inherits. */
static inline char **polarai_environment(void) {
    extern char **environ;
    return environ;
}

#endif
