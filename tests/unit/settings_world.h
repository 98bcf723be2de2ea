/* A usherd.yaml in a folder of its own, read. */
#ifndef UNIT_SETTINGS_WORLD_H
#define UNIT_SETTINGS_WORLD_H

#include <errno.h>
#include <unistd.h>

#include "settings.h"
#include "unit/told.h"

#define TOP "site: demo\nrules: rules.yaml\n"
#define END TOP "listen: [{unix: a.sock}]\n"

struct scene {
    char folder[64];
    char path[96];
    struct settings settings;
    struct usher_problems problems;
    int result;
};

/* Writes `text` into a file of a folder of its own and reads it. */
static inline struct scene *scene_read(const char *text, size_t length)
{
    struct scene *scene = calloc(1, sizeof(*scene));
    FILE *file;

    ck_assert_ptr_nonnull(scene);
    (void)snprintf(scene->folder, sizeof(scene->folder), "/tmp/usher-settings-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(scene->folder));
    (void)snprintf(scene->path, sizeof(scene->path), "%s/usherd.yaml", scene->folder);
    file = fopen(scene->path, "w");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(text, 1, length, file), length);
    ck_assert_int_eq(fclose(file), 0);
    usher_problems_init(&scene->problems);
    scene->result = settings_read(&scene->settings, scene->path, &scene->problems);
    return scene;
}

static inline void scene_free(struct scene *scene)
{
    ck_assert_int_eq(unlink(scene->path), 0);
    ck_assert_int_eq(rmdir(scene->folder), 0);
    free(scene);
}

static inline struct scene *good(const char *text)
{
    struct scene *scene = scene_read(text, strlen(text));

    told_assert(told_lines(&scene->problems), "");
    ck_assert_int_eq(scene->result, 0);
    return scene;
}

static inline const char *told_of(const char *text)
{
    struct scene *scene = scene_read(text, strlen(text));
    const char *told = told_lines(&scene->problems);

    ck_assert_int_eq(scene->result, -EINVAL);
    scene_free(scene);
    return told;
}

#endif
