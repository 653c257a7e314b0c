#ifndef POLARAI_CMEMORY_SHIM_H
#define POLARAI_CMEMORY_SHIM_H
#include <link.h>
#include <malloc.h>
#include <sys/auxv.h>

/* <link.h> declares these for _GNU_SOURCE only, which Swift's importer does not define: dl_iterate_phdr(3). */
#ifndef __USE_GNU
struct dl_phdr_info {
    ElfW(Addr) dlpi_addr;
    const char *dlpi_name;
    const ElfW(Phdr) *dlpi_phdr;
    ElfW(Half) dlpi_phnum;
};
extern int dl_iterate_phdr(int (*callback)(struct dl_phdr_info *info, size_t size, void *data), void *data);
#endif
#endif
