/* Runs a fuzz target over every file of a folder: regression without libFuzzer.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int replay(const char *path)
{
    FILE *f = fopen(path, "rbe");
    uint8_t *data;
    long size;

    if (!f)
        return 1;
    (void)fseek(f, 0, SEEK_END);
    size = ftell(f);
    rewind(f);
    data = malloc((size_t)size + 1); /* exact, so that overruns are seen */
    if (!data || fread(data, 1, (size_t)size, f) != (size_t)size)
        return 1;
    (void)fclose(f);
    (void)LLVMFuzzerTestOneInput(data, (size_t)size);
    free(data);
    return 0;
}

int main(int argc, char **argv)
{
    DIR *d = argc > 1 ? opendir(argv[1]) : NULL;
    struct dirent *entry;
    int files = 0, faults = 0;

    if (!d) {
        (void)fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
        return 64;
    }
    while ((entry = readdir(d))) {
        char path[4096];

        if (entry->d_name[0] == '.')
            continue;
        (void)snprintf(path, sizeof path, "%s/%s", argv[1], entry->d_name);
        faults += replay(path);
        files++;
    }
    (void)closedir(d);
    (void)printf("%d files, %d not readable\n", files, faults);
    return faults || files == 0;
}
