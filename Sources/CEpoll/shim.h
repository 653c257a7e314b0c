#ifndef POLARAI_CEPOLL_SHIM_H
#define POLARAI_CEPOLL_SHIM_H
#include <sys/epoll.h>
#include <sys/eventfd.h>
#endif
