#ifndef POLARAI_CCRYPT_SHIM_H
#define POLARAI_CCRYPT_SHIM_H
#include <crypt.h>
#endif
