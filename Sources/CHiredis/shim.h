#pragma once
#include <stdlib.h>
#include <hiredis/hiredis.h>

/* A reader of replies that cannot be made to reserve memory by an announcement alone: hiredis 0.14 believes any array
 * length, so an 11-byte reply can ask for 16 GB. The elements of one reply, nested arrays included, are counted against
 * a budget; past it the reader fails as it does when out of memory. */
typedef struct chiredis_limits {
    redisReplyObjectFunctions functions;
    const redisReplyObjectFunctions *library;
    int elements_allowed;
    int elements_left;
} chiredis_limits;

static inline void *chiredis_create_array(const redisReadTask *task, int elements) {
    chiredis_limits *limits = task->privdata;
    if (elements < 0 || elements > limits->elements_left) return NULL;
    limits->elements_left -= elements;
    return limits->library->createArray(task, elements);
}

static inline redisReader *chiredis_reader_create(int elements_allowed, size_t kept_buffer) {
    chiredis_limits *limits = malloc(sizeof *limits);
    redisReader *reader = redisReaderCreate();
    if (limits == NULL || reader == NULL) {
        free(limits);
        if (reader != NULL) redisReaderFree(reader);
        return NULL;
    }
    limits->library = reader->fn;
    limits->functions = *reader->fn;
    limits->functions.createArray = chiredis_create_array;
    limits->elements_allowed = elements_allowed;
    limits->elements_left = elements_allowed;
    reader->fn = &limits->functions;
    reader->privdata = limits;
    reader->maxbuf = kept_buffer;
    return reader;
}

static inline void chiredis_reader_free(redisReader *reader) {
    chiredis_limits *limits = reader->privdata;
    redisReaderFree(reader);
    free(limits);
}

/* The next whole reply, to be freed with freeReplyObject(); NULL when more bytes are needed or reader->err is set. */
static inline redisReply *chiredis_reader_next(redisReader *reader) {
    void *reply = NULL;
    if (redisReaderGetReply(reader, &reply) != REDIS_OK || reply == NULL) return NULL;
    chiredis_limits *limits = reader->privdata;
    limits->elements_left = limits->elements_allowed;
    return reply;
}
