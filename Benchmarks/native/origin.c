/* The origin behind nginx and Varnish: cacheable answers of any size, after a delay, counted.
 *
 *   origin DELAY_MS             listens on a free port of 127.0.0.1 and prints its number
 *
 * GET /size/N...              N bytes (up to 1 MiB), cacheable for a day, after the delay
 * GET /count                  how many of those were asked for so far, at once
 *
 * All answers wait equally long, so waiting requests form a plain queue.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { EVENTS = 256, DESCRIPTORS = 8192, HEAD_BYTES = 8192, MAX_BODY = 1 << 20, QUEUE = 8192 };

struct connection { unsigned generation; size_t length; char head[HEAD_BYTES]; };
struct waiting { int client; unsigned generation; size_t size; int64_t due; };

static struct connection *connections[DESCRIPTORS];
static struct waiting queue[QUEUE];
static size_t queue_first, queue_count;
static long requests;
static int64_t delay_ms;
static char body[MAX_BODY];

static void die(const char *what) {
    fprintf(stderr, "origin: %s: %s\n", what, strerror(errno));
    exit(1);
}

static int64_t now_ms(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

static void hang_up(int client) {
    connections[client]->generation++;
    connections[client]->length = 0;
    close(client);
}

static int write_all(int client, const char *bytes, size_t count) {
    while (count > 0) {
        ssize_t sent = write(client, bytes, count);
        if (sent > 0) { bytes += sent; count -= (size_t)sent; }
        else if (errno != EAGAIN && errno != EINTR) return -1;
    }
    return 0;
}

static void answer(int client, size_t size, const char *content, const char *cache_control) {
    char head[512];
    int length = snprintf(head, sizeof head,
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %zu\r\nCache-Control: %s\r\n"
        "ETag: \"5f1d3b0c7e8a4d26\"\r\nLast-Modified: Thu, 01 Jan 2026 00:00:00 GMT\r\n\r\n", size, cache_control);
    if (write_all(client, head, (size_t)length) || write_all(client, content, size)) hang_up(client);
}

static void take_request(int client, const char *head) {
    if (strncmp(head, "GET /count", 10) == 0) {
        char text[32];
        int length = snprintf(text, sizeof text, "%ld", requests);
        answer(client, (size_t)length, text, "no-store");
        return;
    }
    size_t size = strncmp(head, "GET /size/", 10) == 0 ? strtoul(head + 10, NULL, 10) : 0;
    if (size > MAX_BODY || queue_count == QUEUE) { hang_up(client); return; }
    requests++;
    queue[(queue_first + queue_count++) % QUEUE] =
        (struct waiting){client, connections[client]->generation, size, now_ms() + delay_ms};
}

static void serve(int client) {
    struct connection *connection = connections[client];
    ssize_t count = read(client, connection->head + connection->length, HEAD_BYTES - 1 - connection->length);
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (count <= 0) { hang_up(client); return; }
    connection->length += (size_t)count;
    connection->head[connection->length] = 0;
    /* The peers ask for one thing at a time on a connection. */
    if (!strstr(connection->head, "\r\n\r\n")) return;
    connection->length = 0;
    take_request(client, connection->head);
}

static void answer_due(void) {
    int64_t now = now_ms();
    while (queue_count > 0 && queue[queue_first].due <= now) {
        struct waiting next = queue[queue_first];
        queue_first = (queue_first + 1) % QUEUE;
        queue_count--;
        if (connections[next.client]->generation == next.generation)
            answer(next.client, next.size, body, "public, max-age=86400");
    }
}

static void watch(int poller, int descriptor) {
    struct epoll_event event = {.events = EPOLLIN, .data.fd = descriptor};
    if (epoll_ctl(poller, EPOLL_CTL_ADD, descriptor, &event)) die("epoll_ctl");
}

static void accept_all(int poller, int listener) {
    for (;;) {
        int client = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (client < 0) return;
        if (client >= DESCRIPTORS) { close(client); continue; }
        if (!connections[client] && !(connections[client] = calloc(1, sizeof *connections[client]))) die("calloc");
        int on = 1;
        setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        watch(poller, client);
    }
}

static int listen_on_loopback(void) {
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    if (listener < 0) die("socket");
    if (bind(listener, (struct sockaddr *)&address, sizeof address)) die("bind");
    if (listen(listener, 4096)) die("listen");
    if (getsockname(listener, (struct sockaddr *)&address, &length)) die("getsockname");
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);
    return listener;
}

int main(int argc, char **argv) {
    delay_ms = argc == 2 ? atol(argv[1]) : -1;
    if (delay_ms < 0 || delay_ms > 60000) {
        fprintf(stderr, "usage: origin DELAY_MS\n");
        return 2;
    }
    memset(body, 'x', sizeof body);
    int listener = listen_on_loopback();
    int poller = epoll_create1(EPOLL_CLOEXEC);
    if (poller < 0) die("epoll_create1");
    watch(poller, listener);
    for (;;) {
        struct epoll_event events[EVENTS];
        int64_t wait = queue_count > 0 ? queue[queue_first].due - now_ms() : -1;
        int count = epoll_wait(poller, events, EVENTS, queue_count > 0 && wait < 0 ? 0 : (int)wait);
        for (int i = 0; i < count; i++) {
            if (events[i].data.fd == listener) accept_all(poller, listener);
            else serve(events[i].data.fd);
        }
        answer_due();
    }
}
