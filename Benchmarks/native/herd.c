/* A herd: many clients that ask for the same thing at the same moment.
 *
 *   herd PORT CONNECTIONS WARM_PATH PATH TIMEOUT_MS
 *
 * Opens the connections to 127.0.0.1, sends one request for WARM_PATH on each and reads its answer, then sends all
 * requests for PATH as fast as it can and notes when each answer is complete. Prints one JSON object; times are
 * milliseconds since the first request was written.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { EVENTS = 512, ANSWER_BYTES = 1 << 18 };

struct client {
    int descriptor, done, status;
    double finished;
    size_t length, head, body;
    char *bytes;
};

static struct client *clients;
static int client_count, poller, statuses[600], failures;
static uint64_t first_hash;
static int have_hash, bodies_differ;

static double now_ms(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

static void die(const char *what) {
    fprintf(stderr, "herd: %s: %s\n", what, strerror(errno));
    exit(1);
}

static void allow_descriptors(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit)) die("getrlimit");
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

static void open_connection(struct client *client, int port) {
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int on = 1;
    client->descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (client->descriptor < 0) die("socket");
    if (connect(client->descriptor, (struct sockaddr *)&address, sizeof address)) die("connect");
    setsockopt(client->descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = client};
    if (epoll_ctl(poller, EPOLL_CTL_ADD, client->descriptor, &event)) die("epoll_ctl");
    client->bytes = malloc(ANSWER_BYTES);
    if (!client->bytes) die("malloc");
}

/* The value of a header field within the head, or NULL. */
static const char *field(const struct client *client, const char *name) {
    size_t length = strlen(name);
    const char *line = client->bytes, *end = client->bytes + client->head;
    while (line < end) {
        const char *next = memmem(line, (size_t)(end - line), "\r\n", 2);
        if (!next) return NULL;
        if (strncasecmp(line, name, length) == 0 && line[length] == ':') {
            for (line += length + 1; *line == ' '; line++) {}
            return line;
        }
        line = next + 2;
    }
    return NULL;
}

static int is_complete(struct client *client) {
    if (client->head == 0) {
        const char *end = memmem(client->bytes, client->length, "\r\n\r\n", 4);
        if (!end) return 0;
        client->head = (size_t)(end - client->bytes) + 4;
        const char *length = field(client, "Content-Length");
        client->body = length ? strtoul(length, NULL, 10) : SIZE_MAX;
        client->status = client->length > 12 ? atoi(client->bytes + 9) : 0;
    }
    if (client->body != SIZE_MAX) return client->length >= client->head + client->body;
    return client->length >= client->head + 5
        && memcmp(client->bytes + client->length - 5, "0\r\n\r\n", 5) == 0;
}

/* FNV-1a: enough to see whether all bodies are the same. */
static void compare_body(const struct client *client) {
    uint64_t hash = 14695981039346656037u;
    for (size_t i = client->head; i < client->length; i++)
        hash = (hash ^ (unsigned char)client->bytes[i]) * 1099511628211u;
    if (!have_hash) { have_hash = 1; first_hash = hash; }
    else if (hash != first_hash) bodies_differ = 1;
}

static void finish(struct client *client, double start) {
    client->done = 1;
    client->finished = now_ms() - start;
    if (client->status <= 0 || client->status >= 600) failures++;
    else statuses[client->status]++;
}

/* Reads what is there. Returns 1 when the client has its whole answer, or will never have it. */
static int receive(struct client *client, double start) {
    ssize_t count = recv(client->descriptor, client->bytes + client->length, ANSWER_BYTES - client->length, MSG_DONTWAIT);
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) return 0;
    if (count <= 0) {
        client->status = 0;
        epoll_ctl(poller, EPOLL_CTL_DEL, client->descriptor, NULL);
    } else {
        client->length += (size_t)count;
        if (!is_complete(client)) return 0;
    }
    finish(client, start);
    return 1;
}

static void send_to_all(const char *path, const char *host) {
    char request[2048];
    int length = snprintf(request, sizeof request,
        "GET %s HTTP/1.1\r\nHost: %s\r\nAccept: application/json\r\nUser-Agent: herd\r\n\r\n", path, host);
    for (int i = 0; i < client_count; i++) {
        struct client *client = &clients[i];
        client->done = client->status = 0;
        client->length = client->head = client->body = 0;
        if (send(client->descriptor, request, (size_t)length, MSG_NOSIGNAL) != length) die("send");
    }
}

/* One request on every connection; returns how many were answered in time. */
static int round_trip(const char *path, const char *host, double timeout, double *send_time) {
    memset(statuses, 0, sizeof statuses);
    failures = 0;
    double start = now_ms();
    send_to_all(path, host);
    *send_time = now_ms() - start;
    int answered = 0;
    while (answered < client_count) {
        struct epoll_event events[EVENTS];
        double left = start + timeout - now_ms();
        if (left <= 0) break;
        int count = epoll_wait(poller, events, EVENTS, (int)left + 1);
        for (int i = 0; i < count; i++) {
            struct client *client = events[i].data.ptr;
            if (!client->done) answered += receive(client, start);
        }
    }
    return answered;
}

static int by_value(const void *a, const void *b) {
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

static void report(int answered, double send_time) {
    double *times = calloc((size_t)client_count, sizeof *times);
    if (!times) die("calloc");
    int count = 0;
    for (int i = 0; i < client_count; i++) {
        if (!clients[i].done) continue;
        times[count++] = clients[i].finished;
        if (clients[i].status == 200) compare_body(&clients[i]);
    }
    qsort(times, (size_t)count, sizeof *times, by_value);
    printf("{\"connections\": %d, \"answered\": %d, \"failures\": %d, \"same_body\": %s, \"statuses\": {",
        client_count, answered, failures, have_hash && !bodies_differ ? "true" : "false");
    const char *separator = "";
    for (int status = 0; status < 600; status++) {
        if (!statuses[status]) continue;
        printf("%s\"%d\": %d", separator, status, statuses[status]);
        separator = ", ";
    }
    printf("}, \"send_ms\": %.3f", send_time);
    if (count > 0)
        printf(", \"first_ms\": %.3f, \"median_ms\": %.3f, \"p99_ms\": %.3f, \"last_ms\": %.3f",
            times[0], times[count / 2], times[(size_t)count * 99 / 100], times[count - 1]);
    printf("}\n");
    free(times);
}

int main(int argc, char **argv) {
    int port = argc == 6 ? atoi(argv[1]) : 0;
    client_count = argc == 6 ? atoi(argv[2]) : 0;
    double timeout = argc == 6 ? atof(argv[5]) : 0, send_time;
    if (port < 1 || port > 65535 || client_count < 1 || client_count > 20000 || timeout < 1) {
        fprintf(stderr, "usage: herd PORT CONNECTIONS WARM_PATH PATH TIMEOUT_MS\n");
        return 2;
    }
    allow_descriptors();
    poller = epoll_create1(EPOLL_CLOEXEC);
    clients = calloc((size_t)client_count, sizeof *clients);
    if (poller < 0 || !clients) die("start");
    char host[32];
    snprintf(host, sizeof host, "127.0.0.1:%d", port);
    for (int i = 0; i < client_count; i++) open_connection(&clients[i], port);
    if (round_trip(argv[3], host, timeout, &send_time) < client_count || failures) {
        fprintf(stderr, "herd: the warm-up request was not answered on every connection\n");
        return 1;
    }
    int answered = round_trip(argv[4], host, timeout, &send_time);
    report(answered, send_time);
    return 0;
}
