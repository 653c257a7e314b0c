#ifndef POLARAI_CCURL_SHIM_H
#define POLARAI_CCURL_SHIM_H
#include <curl/curl.h>
#include <dlfcn.h>
#include <stdint.h>

/* Keeps OpenSSL from cleaning itself up in exit(), where another thread may still be in the middle of its start:
   OPENSSL_INIT_NO_ATEXIT of OPENSSL_init_crypto(3). Before curl_global_init. Does nothing with another TLS library. */
static inline void polarai_keep_tls_at_exit(void) {
    int (*initialise)(uint64_t, const void *) = (int (*)(uint64_t, const void *))dlsym(NULL, "OPENSSL_init_crypto");
    if (initialise) initialise(UINT64_C(0x00080000), 0);
}

/* libcurl's setters and getters are variadic, which Swift cannot call: one wrapper per class of argument. */

typedef size_t (*polarai_data_callback)(char *data, size_t size, size_t count, void *context);
typedef int (*polarai_prereq_callback)(void *context, char *remote, char *local, int remote_port, int local_port);

static inline CURLcode polarai_easy_set_long(CURL *easy, CURLoption option, long value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode polarai_easy_set_offset(CURL *easy, CURLoption option, curl_off_t value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode polarai_easy_set_text(CURL *easy, CURLoption option, const char *value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode polarai_easy_set_pointer(CURL *easy, CURLoption option, void *value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode polarai_easy_set_bytes(CURL *easy, CURLoption option, const void *value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode polarai_easy_set_list(CURL *easy, CURLoption option, struct curl_slist *value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode polarai_easy_set_data_callback(CURL *easy, CURLoption option, polarai_data_callback value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode polarai_easy_set_prereq_callback(CURL *easy, polarai_prereq_callback value) {
    return curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, value);
}

static inline CURLcode polarai_easy_set_opened_callback(CURL *easy, curl_sockopt_callback value) {
    return curl_easy_setopt(easy, CURLOPT_SOCKOPTFUNCTION, value);
}

static inline CURLcode polarai_easy_set_close_callback(CURL *easy, curl_closesocket_callback value) {
    return curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, value);
}

static inline CURLcode polarai_easy_get_long(CURL *easy, CURLINFO info, long *value) {
    return curl_easy_getinfo(easy, info, value);
}

static inline CURLcode polarai_easy_get_offset(CURL *easy, CURLINFO info, curl_off_t *value) {
    return curl_easy_getinfo(easy, info, value);
}

static inline CURLcode polarai_easy_get_pointer(CURL *easy, CURLINFO info, void **value) {
    return curl_easy_getinfo(easy, info, value);
}

static inline CURLMcode polarai_multi_set_pointer(CURLM *multi, CURLMoption option, void *value) {
    return curl_multi_setopt(multi, option, value);
}

static inline CURLMcode polarai_multi_set_socket_callback(CURLM *multi, curl_socket_callback value) {
    return curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, value);
}

static inline CURLMcode polarai_multi_set_timer_callback(CURLM *multi, curl_multi_timer_callback value) {
    return curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, value);
}

static inline CURLMcode polarai_multi_set_long(CURLM *multi, CURLMoption option, long value) {
    return curl_multi_setopt(multi, option, value);
}

static inline CURLcode polarai_easy_set_debug_callback(CURL *easy, curl_debug_callback value) {
    return curl_easy_setopt(easy, CURLOPT_DEBUGFUNCTION, value);
}

static inline CURLcode polarai_easy_set_progress_callback(CURL *easy, curl_xferinfo_callback value) {
    return curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, value);
}

/* Macros with casts. */
static const curl_socket_t polarai_socket_timeout = CURL_SOCKET_TIMEOUT;

/* Unions of a CURLMsg. */
static inline CURLcode polarai_message_result(const CURLMsg *message) {
    return message->data.result;
}

/* CURLVERSION_NOW is a macro that names an enumerator. */
static inline const curl_version_info_data *polarai_version_info(void) {
    return curl_version_info(CURLVERSION_NOW);
}

#endif
