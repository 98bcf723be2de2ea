/* Runs stories: scenario FILE... One line for each, and a summary. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenario/story.h"

static bool run(struct story *story, FILE *file)
{
    char line[STORY_LINE_MAX];
    while (fgets(line, sizeof(line), file)) {
        story->line++;
        line[strcspn(line, "\n")] = '\0';
        if (!story_step(story, line))
            return false;
    }
    story->line++;
    line[0] = '\0';
    return story_step(story, line) && story_end(story);
}

static bool run_file(const char *path)
{
    static struct story story;
    FILE *file = fopen(path, "r");
    if (!file) {
        printf("FAIL  %s cannot be opened\n", path);
        return false;
    }
    story_open(&story, path);
    bool is_good = run(&story, file);
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    if (is_good)
        printf("ok    %.*s\n", (int)strcspn(name, "."), name);
    else
        printf("FAIL  %s:%d: %s\n", name, story.line, story.what);
    story_close(&story);
    fclose(file);
    return is_good;
}

int main(int argc, char *argv[])
{
    int failed = 0;
    for (int i = 1; i < argc; i++)
        if (!run_file(argv[i]))
            failed++;
    printf("%d passed, %d failed\n", argc - 1 - failed, failed);
    return failed > 0 || argc == 1 ? EXIT_FAILURE : EXIT_SUCCESS;
}
