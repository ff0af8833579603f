/* The floor: the least a keep-alive HTTP server can do.
 *
 * One thread, one level-triggered epoll set. Each readable connection is read once, the bytes are searched for the end
 * of a request head, and for every head found one fixed answer is written. Nothing is parsed, looked up or counted.
 *
 *   responder BODY_BYTES        listens on a free port of 127.0.0.1 and prints its number
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { EVENTS = 512, READ_BYTES = 16384, DESCRIPTORS = 65536, MAX_BODY = 1 << 20 };

/* How many bytes of "\r\n\r\n" the connection's input has ended with so far. */
static unsigned char progress[DESCRIPTORS];

static char *answer;
static size_t answer_length;

static void die(const char *what) {
    fprintf(stderr, "responder: %s: %s\n", what, strerror(errno));
    exit(1);
}

/* A head of the size and kind a caching proxy sends, so that only the work behind it differs. */
static void build_answer(size_t body) {
    char head[1024];
    int length = snprintf(head, sizeof head,
        "HTTP/1.1 200 OK\r\n"
        "Date: Thu, 01 Jan 2026 00:00:00 GMT\r\n"
        "Content-Type: application/json\r\n"
        "Content-Length: %zu\r\n"
        "ETag: \"5f1d3b0c7e8a4d2699c0b1a2d3e4f5060718293a4b5c6d7e\"\r\n"
        "Last-Modified: Thu, 01 Jan 2026 00:00:00 GMT\r\n"
        "Cache-Control: public, max-age=60, s-maxage=300, stale-while-revalidate=600, stale-if-error=86400\r\n"
        "Cache-Status: floor; hit; ttl=300\r\n"
        "Age: 0\r\n"
        "Vary: Accept-Encoding, Origin\r\n"
        "Access-Control-Allow-Origin: *\r\n"
        "X-Content-Type-Options: nosniff\r\n"
        "X-Request-Id: 00000000000000000000000000000000\r\n"
        "\r\n", body);
    answer_length = (size_t)length + body;
    answer = malloc(answer_length);
    if (!answer) die("malloc");
    memcpy(answer, head, (size_t)length);
    memset(answer + length, 'x', body);
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

static void watch(int poller, int descriptor) {
    struct epoll_event event = {.events = EPOLLIN, .data.fd = descriptor};
    if (epoll_ctl(poller, EPOLL_CTL_ADD, descriptor, &event)) die("epoll_ctl");
}

static void accept_all(int poller, int listener) {
    for (;;) {
        int client = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (client < 0) return;
        if (client >= DESCRIPTORS) { close(client); continue; }
        int on = 1;
        setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        progress[client] = 0;
        watch(poller, client);
    }
}

/* Number of request heads that end within these bytes. */
static int count_heads(int client, const char *bytes, ssize_t count) {
    static const char end[] = "\r\n\r\n";
    unsigned char matched = progress[client];
    int heads = 0;
    for (ssize_t i = 0; i < count; i++) {
        if (bytes[i] == end[matched]) {
            if (++matched == 4) { matched = 0; heads++; }
        } else {
            matched = bytes[i] == '\r';
        }
    }
    progress[client] = matched;
    return heads;
}

/* Blocks on a full socket buffer only when a client stops reading, which ours never do. */
static int write_answer(int client) {
    size_t sent = 0;
    while (sent < answer_length) {
        ssize_t count = write(client, answer + sent, answer_length - sent);
        if (count > 0) sent += (size_t)count;
        else if (errno != EAGAIN && errno != EINTR) return -1;
    }
    return 0;
}

static void serve(int client) {
    static char bytes[READ_BYTES];
    ssize_t count = read(client, bytes, sizeof bytes);
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (count <= 0) { close(client); return; }
    for (int heads = count_heads(client, bytes, count); heads > 0; heads--)
        if (write_answer(client)) { close(client); return; }
}

int main(int argc, char **argv) {
    long body = argc == 2 ? atol(argv[1]) : -1;
    if (body < 0 || body > MAX_BODY) {
        fprintf(stderr, "usage: responder BODY_BYTES\n");
        return 2;
    }
    build_answer((size_t)body);
    int listener = listen_on_loopback();
    int poller = epoll_create1(EPOLL_CLOEXEC);
    if (poller < 0) die("epoll_create1");
    watch(poller, listener);
    for (;;) {
        struct epoll_event events[EVENTS];
        int count = epoll_wait(poller, events, EVENTS, -1);
        for (int i = 0; i < count; i++) {
            if (events[i].data.fd == listener) accept_all(poller, listener);
            else serve(events[i].data.fd);
        }
    }
}
