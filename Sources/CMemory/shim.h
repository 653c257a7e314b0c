#ifndef POLARAI_CMEMORY_SHIM_H
#define POLARAI_CMEMORY_SHIM_H
#include <malloc.h>
#endif
