/*
 * Any octets as a mail, with and without an envelope sender: the reader ends,
 * and what it prints is facts, one a line, in clean UTF-8.
 */
#include <stdint.h>

#define READER_WITHOUT_MAIN
#include "ctl/reader.c"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_facts(const char *facts, size_t size)
{
    invariant(text_is_clean(facts, size, "\n"));
    invariant(text_begins(facts, "kind "));
    for (const char *line = facts; *line; line = strchr(line, '\n') + 1) {
        size_t key = strspn(line, "abcdefghijklmnopqrstuvwxyz-");

        invariant(key > 0 && line[key] == ' ' && strchr(line, '\n'));
    }
}

static void read_once(const char *sender, const uint8_t *data, size_t size)
{
    char *octets = malloc(size + 1), *facts = NULL;
    size_t n = 0;
    FILE *out = open_memstream(&facts, &n);

    invariant(octets && out);
    memcpy(octets, data, size);
    read_mail(sender, octets, size, out);
    invariant(fclose(out) == 0);
    check_facts(facts, n);
    free(facts);
    free(octets);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static bool ready;

    if (!ready) {
        icalerror_set_errors_are_fatal(0);
        g_mime_init();
        ready = true;
    }
    read_once(NULL, data, size);
    read_once("", data, size);
    return 0;
}
