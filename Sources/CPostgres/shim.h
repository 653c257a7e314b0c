#ifndef POLARAI_CPOSTGRES_SHIM_H
#define POLARAI_CPOSTGRES_SHIM_H
#include <dlfcn.h>
#include <libpq-fe.h>
#include <netdb.h>
#include <stdint.h>
#include <string.h>

/* Keeps OpenSSL from cleaning itself up in exit(), where another thread may be in the middle of a connection:
   OPENSSL_INIT_NO_ATEXIT of OPENSSL_init_crypto(3). Before the first connection. Does nothing with another library. */
static inline void polarai_postgres_keep_tls_at_exit(void) {
    int (*initialise)(uint64_t, const void *) = (int (*)(uint64_t, const void *))dlsym(NULL, "OPENSSL_init_crypto");
    if (initialise) initialise(UINT64_C(0x00080000), 0);
}

/* libpq writes notices of the server to stderr unless somebody takes them. */
static inline void polarai_postgres_ignore_notice(void *context, const PGresult *notice) {
    (void)context;
    (void)notice;
}

static inline void polarai_postgres_ignore_notices(PGconn *connection) {
    PQsetNoticeReceiver(connection, polarai_postgres_ignore_notice, NULL);
}

/* Macros that are characters. */
static const int polarai_postgres_field_severity = PG_DIAG_SEVERITY_NONLOCALIZED;
static const int polarai_postgres_field_state = PG_DIAG_SQLSTATE;
static const int polarai_postgres_field_message = PG_DIAG_MESSAGE_PRIMARY;

/* explicit_bzero(3), which the C library declares for GNU programs only: not left out by an optimiser. */
extern void explicit_bzero(void *memory, size_t size);

/* What this process was started with, as unsetenv(3) leaves it. */
static inline char **polarai_postgres_environment(void) {
    extern char **environ;
    return environ;
}
#endif
