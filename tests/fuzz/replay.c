/* Runs a fuzz target over every file of a folder, and over mutations of them
 * that are the same in each run: regression without libFuzzer.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { FILES_MOST = 200, SIZE_MOST = 1 << 20 };

struct file {
    uint8_t *data;
    size_t size;
};

static uint64_t state = 1;

/* xorshift64: the same numbers everywhere. */
static size_t dice(size_t below)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return below ? (size_t)(state % below) : 0;
}

static int file_read(const char *path, struct file *ret)
{
    FILE *f = fopen(path, "rbe");
    long size;

    if (!f)
        return 1;
    (void)fseek(f, 0, SEEK_END);
    size = ftell(f);
    rewind(f);
    ret->size = (size_t)size;
    ret->data = malloc(ret->size + 1);
    if (!ret->data || fread(ret->data, 1, ret->size, f) != ret->size)
        return 1;
    return fclose(f);
}

/* In memory of its own size, so that overruns are seen. */
static void run(const uint8_t *data, size_t size)
{
    uint8_t *exact = malloc(size ? size : 1);

    if (!exact)
        abort();
    memcpy(exact, data, size);
    (void)LLVMFuzzerTestOneInput(exact, size);
    free(exact);
}

/* A stretch of one file overwritten, left out, doubled, or taken from another.
 */
static void mutate(const struct file *files, size_t n, uint8_t *room)
{
    static const char odd[] = "\0\r\n:;=\"<>@-\xff\xc3\x80{}%";
    const struct file *a = &files[dice(n)], *b = &files[dice(n)];
    size_t size = a->size, at = dice(size), length = dice(size - at) % 200;
    size_t from = dice(b->size), take = dice(b->size - from) % 200;

    memcpy(room, a->data, size);
    switch (dice(4)) {
    case 0:
        for (size_t i = 0; i < length; i += 1 + dice(20))
            room[at + i] =
                dice(2) ? (uint8_t)odd[dice(sizeof odd)] : (uint8_t)dice(256);
        break;
    case 1:
        memmove(room + at, room + at + length, size - at - length);
        size -= length;
        break;
    case 2:
        memmove(room + at + length, room + at, size - at);
        size += length;
        break;
    default:
        memmove(room + at + take, room + at, size - at);
        memcpy(room + at, b->data + from, take);
        size += take;
        break;
    }
    run(room, size);
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static size_t read_all(const char *folder, struct file *files, int *faults)
{
    struct dirent **entries;
    int count = scandir(folder, &entries, NULL, by_name);
    size_t n = 0;

    for (int i = 0; i < count; i++) {
        char path[4096];

        (void)snprintf(path, sizeof path, "%s/%s", folder, entries[i]->d_name);
        if (entries[i]->d_name[0] != '.' && n < FILES_MOST)
            *faults += file_read(path, &files[n++]);
        free(entries[i]);
    }
    if (count >= 0)
        free(entries);
    return n;
}

int main(int argc, char **argv)
{
    static struct file files[FILES_MOST];
    static uint8_t room[SIZE_MOST];
    int faults = 0;
    size_t n = argc > 1 ? read_all(argv[1], files, &faults) : 0;
    long mutations = argc > 2 ? atol(argv[2]) : 0;

    if (argc < 2) {
        (void)fprintf(stderr, "usage: %s FOLDER [MUTATIONS]\n", argv[0]);
        return 64;
    }
    for (size_t i = 0; i < n && faults == 0; i++)
        run(files[i].data, files[i].size);
    for (long i = 0; i < mutations && n > 0 && faults == 0; i++)
        mutate(files, n, room);
    for (size_t i = 0; i < n; i++)
        free(files[i].data);
    (void)printf("%zu files, %ld mutations, %d not readable\n", n, mutations,
                 faults);
    return faults || n == 0;
}
