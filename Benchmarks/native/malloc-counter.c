/* Counts heap allocations of a process, for use with LD_PRELOAD.
 *
 * MALLOC_COUNTER_FILE names a file that is mapped and holds two 64-bit numbers in the machine's order: allocations and
 * bytes asked for. Every allocating function of the C library counts once; growing in place counts as well.
 *
 * glibc's own names for its allocator are called instead of dlsym's answers, because dlsym itself allocates. A program
 * that brings another allocator gets glibc's whole family here, free included, so that the two never mix.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);
extern void __libc_free(void *);

struct counts { uint64_t allocations, bytes; };

static struct counts before_file;
static struct counts *counts = &before_file;

/* Shared by the processes a server forks. */
__attribute__((constructor)) static void map_counts(void) {
    const char *path = getenv("MALLOC_COUNTER_FILE");
    if (!path) return;
    int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (file < 0) return;
    if (ftruncate(file, sizeof *counts) == 0) {
        void *page = mmap(NULL, sizeof *counts, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
        if (page != MAP_FAILED) counts = page;
    }
    close(file);
}

static void note(size_t bytes) {
    __atomic_fetch_add(&counts->allocations, 1, __ATOMIC_RELAXED);
    __atomic_fetch_add(&counts->bytes, bytes, __ATOMIC_RELAXED);
}

void *malloc(size_t size) {
    note(size);
    return __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
    note(count * size);
    return __libc_calloc(count, size);
}

void *realloc(void *old, size_t size) {
    note(size);
    return __libc_realloc(old, size);
}

void *memalign(size_t alignment, size_t size) {
    note(size);
    return __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
    note(size);
    return __libc_memalign(alignment, size);
}

int posix_memalign(void **result, size_t alignment, size_t size) {
    note(size);
    void *block = __libc_memalign(alignment, size);
    if (!block) return ENOMEM;
    *result = block;
    return 0;
}

void free(void *block) {
    __libc_free(block);
}
