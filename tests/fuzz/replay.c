/* Gives files to a target as libFuzzer would, so that what was found once is a plain test:
 *
 *   fuzz_<target> FILE-OR-FOLDER...
 *
 * A find ends the process; the last file named is the one. */
#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "fuzz/fuzz.h"

#define BYTES_MAX ((size_t)1 << 20)

static unsigned given_count;

static void replay_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    uint8_t *room = malloc(BYTES_MAX);
    if (!file || !room) {
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
        exit(2);
    }
    size_t size = fread(room, 1, BYTES_MAX, file);
    fclose(file);
    /* A copy of its own size, so that a byte read too far is seen. */
    uint8_t *data = malloc(size + (size == 0));
    if (!data)
        exit(2);
    memcpy(data, room, size);
    free(room);
    fprintf(stderr, "%s\n", path);
    (void)LLVMFuzzerTestOneInput(data, size);
    free(data);
    given_count++;
}

static void replay_folder(const char *path)
{
    struct dirent **names;
    int count = scandir(path, &names, NULL, alphasort);
    if (count < 0) {
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
        exit(2);
    }
    for (int i = 0; i < count; i++) {
        char full[4096];
        if (names[i]->d_name[0] != '.') {
            snprintf(full, sizeof(full), "%s/%s", path, names[i]->d_name);
            replay_file(full);
        }
        free(names[i]);
    }
    free(names);
}

int main(int argc, char *argv[])
{
    for (int i = 1; i < argc; i++) {
        struct stat status;
        if (stat(argv[i], &status) == 0 && S_ISDIR(status.st_mode))
            replay_folder(argv[i]);
        else
            replay_file(argv[i]);
    }
    printf("%u passed, 0 failed\n", given_count);
    return given_count > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
