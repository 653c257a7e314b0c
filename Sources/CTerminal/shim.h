#ifndef POLARAI_CTERMINAL_SHIM_H
#define POLARAI_CTERMINAL_SHIM_H
#include <stddef.h>

/* POSIX (XSI), <wchar.h>; declared here because Swift's module of the C library is made without _XOPEN_SOURCE. */
extern int wcwidth(wchar_t character);
#endif
