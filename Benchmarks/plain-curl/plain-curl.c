/* A plain libcurl-multi loop: the floor that a poll is measured against.
 *
 *   plain-curl URL CA_FILE REQUESTS IN_FLIGHT [HEADERS]
 *
 * Keeps IN_FLIGHT POST requests with an empty body under way over kept HTTP/1.1 connections until REQUESTS are
 * answered, verifies TLS, keeps each body in memory, and prints the CPU time (user + system) per request in
 * microseconds. It does not sign, decode or remember anything. HEADERS names a file of header lines, an empty line
 * behind those of each request: they are read before the clock starts, and sent in turn. */
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

struct slot {
  CURL *easy;
  char *body;
  size_t length, capacity;
};

static size_t keep(char *data, size_t size, size_t count, void *context) {
  struct slot *slot = context;
  size_t bytes = size * count;
  if (slot->length + bytes > slot->capacity) {
    slot->capacity = (slot->length + bytes) * 2;
    slot->body = realloc(slot->body, slot->capacity);
    if (!slot->body) return 0;
  }
  memcpy(slot->body + slot->length, data, bytes);
  slot->length += bytes;
  return bytes;
}

/* The header lists of the file, and how many there are. */
static struct curl_slist **read_headers(const char *path, long *count) {
  FILE *file = fopen(path, "r");
  if (!file) return NULL;
  long capacity = 1024;
  struct curl_slist **lists = calloc((size_t)capacity, sizeof *lists);
  char line[4096];
  *count = 0;
  while (lists && fgets(line, sizeof line, file)) {
    line[strcspn(line, "\r\n")] = 0;
    if (line[0]) {
      lists[*count] = curl_slist_append(lists[*count], line);
      continue;
    }
    if (!lists[*count]) continue;
    if (++*count == capacity) {
      capacity *= 2;
      lists = realloc(lists, (size_t)capacity * sizeof *lists);
      if (!lists) break;
      memset(lists + *count, 0, (size_t)(capacity - *count) * sizeof *lists);
    }
    lists[*count] = NULL;
  }
  fclose(file);
  return lists;
}

static double cpu_seconds(void) {
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_utime.tv_sec + usage.ru_stime.tv_sec + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

int main(int argc, char **argv) {
  if (argc != 5 && argc != 6) {
    fprintf(stderr, "usage: plain-curl URL CA_FILE REQUESTS IN_FLIGHT [HEADERS]\n");
    return 64;
  }
  long list_count = 0;
  struct curl_slist **lists = argc == 6 ? read_headers(argv[5], &list_count) : NULL;
  if (argc == 6 && (!lists || list_count == 0)) {
    fprintf(stderr, "plain-curl: no headers in %s\n", argv[5]);
    return 74;
  }
  long requests = atol(argv[3]), in_flight = atol(argv[4]), started = 0, done = 0, failed = 0;
  curl_global_init(CURL_GLOBAL_DEFAULT);
  CURLM *multi = curl_multi_init();
  curl_multi_setopt(multi, CURLMOPT_PIPELINING, CURLPIPE_NOTHING);
  struct slot *slots = calloc((size_t)in_flight, sizeof *slots);
  for (long i = 0; i < in_flight; i++) {
    CURL *easy = slots[i].easy = curl_easy_init();
    curl_easy_setopt(easy, CURLOPT_URL, argv[1]);
    curl_easy_setopt(easy, CURLOPT_CAINFO, argv[2]);
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(easy, CURLOPT_POST, 1L);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, "");
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, 0L);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, 10000L);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, keep);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, &slots[i]);
    curl_easy_setopt(easy, CURLOPT_PRIVATE, &slots[i]);
    if (started < requests) {
      if (lists) curl_easy_setopt(easy, CURLOPT_HTTPHEADER, lists[started % list_count]);
      started++;
      curl_multi_add_handle(multi, easy);
    }
  }
  double before = cpu_seconds();
  while (done < requests) {
    int running, left;
    curl_multi_perform(multi, &running);
    CURLMsg *message;
    while ((message = curl_multi_info_read(multi, &left))) {
      if (message->msg != CURLMSG_DONE) continue;
      CURL *easy = message->easy_handle;
      struct slot *slot;
      long status = 0;
      curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
      curl_easy_getinfo(easy, CURLINFO_PRIVATE, (char **)&slot);
      if (message->data.result != CURLE_OK || status != 200 || slot->length == 0) failed++;
      done++;
      slot->length = 0;
      curl_multi_remove_handle(multi, easy);
      if (started < requests) {
        if (lists) curl_easy_setopt(easy, CURLOPT_HTTPHEADER, lists[started % list_count]);
        started++;
        curl_multi_add_handle(multi, easy);
      }
    }
    if (done < requests) curl_multi_poll(multi, NULL, 0, 1000, NULL);
  }
  double used = cpu_seconds() - before;
  if (failed) {
    fprintf(stderr, "plain-curl: %ld of %ld requests failed\n", failed, requests);
    return 1;
  }
  printf("%.3f\n", used * 1e6 / (double)requests);
  return 0;
}
