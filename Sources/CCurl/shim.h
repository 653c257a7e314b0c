#ifndef POLARAI_CCURL_SHIM_H
#define POLARAI_CCURL_SHIM_H
#include <curl/curl.h>
#endif
