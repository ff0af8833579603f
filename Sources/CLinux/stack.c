#define _GNU_SOURCE
#include "CLinux.h"

#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

// Ignored by default, and used by nothing here, so that one that comes late does no harm.
enum { stack_signal = SIGURG, stack_capacity = 64, stack_patience_ms = 200 };

int clinux_thread(void) {
    static _Thread_local int thread;
    if (thread == 0) {
        thread = gettid();
        // Dispatch blocks all signals on its threads.
        sigset_t signals;
        sigemptyset(&signals);
        sigaddset(&signals, stack_signal);
        pthread_sigmask(SIG_UNBLOCK, &signals, NULL);
    }
    return thread;
}

static pthread_mutex_t stack_lock = PTHREAD_MUTEX_INITIALIZER;
static void *stack_frames[stack_capacity];
static atomic_int stack_thread;
static atomic_int stack_count;

// Runs on the thread that is asked. backtrace(3) allocates in its first call only, which was made before.
static void record_stack(int number) {
    (void)number;
    int error = errno, thread = gettid();
    if (atomic_load(&stack_thread) == thread) {
        int count = backtrace(stack_frames, stack_capacity);
        if (atomic_compare_exchange_strong(&stack_thread, &thread, 0)) atomic_store(&stack_count, count);
    }
    errno = error;
}

static void prepare_stacks(void) {
    void *frame;
    backtrace(&frame, 1);
    struct sigaction action = {.sa_handler = record_stack, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    sigaction(stack_signal, &action, NULL);
}

int clinux_stack(int thread, void **frames, int capacity) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, prepare_stacks);
    pthread_mutex_lock(&stack_lock);
    atomic_store(&stack_count, 0);
    atomic_store(&stack_thread, thread);
    int count = 0;
    if (tgkill(getpid(), thread, stack_signal) == 0) {
        struct timespec pause = {.tv_nsec = 1000000};
        for (int waited = 0; count == 0 && waited < stack_patience_ms; waited++) {
            nanosleep(&pause, NULL);
            count = atomic_load(&stack_count);
        }
    }
    atomic_store(&stack_thread, 0);
    if (count > capacity) count = capacity;
    memcpy(frames, stack_frames, (size_t)count * sizeof *frames);
    pthread_mutex_unlock(&stack_lock);
    return count;
}

int clinux_locate(void *address, const char **file, uintptr_t *place, const char **name) {
    Dl_info information;
    if (!dladdr(address, &information) || !information.dli_fname) return 0;
    *file = information.dli_fname;
    *place = (uintptr_t)address - (uintptr_t)information.dli_fbase;
    *name = information.dli_sname;
    return 1;
}

void clinux_name_thread(const char *name) { pthread_setname_np(pthread_self(), name); }
