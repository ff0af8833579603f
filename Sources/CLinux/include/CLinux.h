#pragma once

// Linux calls that Swift's Glibc module does not export, or exports only under _GNU_SOURCE.
// _GNU_SOURCE itself is defined in linux.c alone: in a public header it changes fd_set inside this module and clashes
// with OpenSSL's module.

#include <stdint.h>
#include <sys/epoll.h>
#include <sys/socket.h>

/// Accepts a connection as non-blocking and close-on-exec; -1 with errno on failure.
int clinux_accept4(int listener, struct sockaddr_storage *address, socklen_t *length);

/// A new epoll set, close-on-exec; -1 with errno on failure.
int clinux_epoll_create(void);

/// A non-blocking counter that wakes an epoll set; -1 with errno on failure.
int clinux_eventfd(void);

/// A non-blocking timer on CLOCK_MONOTONIC; -1 with errno on failure.
int clinux_timerfd(void);

/// Arms the timer for an absolute CLOCK_MONOTONIC time in nanoseconds; 0 disarms it.
int clinux_timerfd_set(int timer, uint64_t nanoseconds);

/// The pointer that clinux_set_current stored on this thread, or NULL.
void *clinux_current(void);
void clinux_set_current(void *value);

/// The calling thread's number, as the kernel has it. From then on clinux_stack can ask that thread.
int clinux_thread(void);

/// Writes the return addresses of the calls that a thread of this process is in, innermost first, beginning with those of
/// the handler that finds them out; answers how many. 0 when the thread is gone or does not answer within 200 ms. Takes
/// SIGURG for itself. One caller at a time; others wait.
int clinux_stack(int thread, void **frames, int capacity);

/// Where an address of code lies: the file, the place in it, and the function's name where the file exports it, else NULL.
/// 0 when it lies in no file; both texts live as long as the file is loaded.
int clinux_locate(void *address, const char **file, uintptr_t *place, const char **name);

/// Names the calling thread for ps and debuggers; at most 15 octets.
void clinux_name_thread(const char *name);

/// How many processors this process may use at once: the smaller of its affinity mask and its cgroup's CPU quota.
int clinux_available_processors(void);

/// Keeps glibc from giving each thread an allocation arena of its own, which never shrinks.
void clinux_limit_arenas(int count);

/// The kernel's words for an errno value, a constant; NULL for a number it does not know.
const char *clinux_describe_error(int code);
