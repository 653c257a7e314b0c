#ifndef POLARAI_CMALLOC_SHIM_H
#define POLARAI_CMALLOC_SHIM_H
#include <malloc.h>
#endif
