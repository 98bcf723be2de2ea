/* The results for programs. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "ctl/memory.h"
#include "ctl/simulate/simulate.h"
#include "wire/json.h"

#define OBJECT_BYTES (1 << 20)

static void write_samples(struct usher_json_writer *writer, struct usher_text key,
                          const struct usher_sample samples[])
{
    usher_json_write_key(writer, key);
    usher_json_write_open(writer, '{');
    for (size_t i = 0; i < USHER_DAY_COLUMNS_COUNT; i++) {
        usher_json_write_key(writer, usher_text_of(usher_day_columns[i].key));
        usher_json_write_open(writer, '[');
        usher_json_write_double(writer, samples[i].count > 0 ? samples[i].mean : (double)NAN);
        usher_json_write_double(writer, samples[i].count > 1 ? usher_sample_reach(&samples[i])
                                                             : (double)NAN);
        usher_json_write_close(writer, ']');
    }
    usher_json_write_close(writer, '}');
}

static void write_ratio(struct usher_json_writer *writer, const char *key, int64_t above,
                        int64_t below)
{
    usher_json_write_key(writer, usher_text_of(key));
    usher_json_write_double(writer, below > 0 ? (double)above / (double)below : (double)NAN);
}

static void write_count(struct usher_json_writer *writer, const char *key, int64_t count)
{
    usher_json_write_key(writer, usher_text_of(key));
    usher_json_write_int64(writer, count);
}

static void write_class(struct usher_json_writer *writer, const struct usher_daybook_class *class)
{
    double level = usher_daybook_class_level(class);
    usher_json_write_open(writer, '{');
    usher_json_write_key(writer, USHER_TEXT("queue"));
    usher_json_write_text(writer, usher_text_of(class->queue));
    usher_json_write_key(writer, USHER_TEXT("tier"));
    usher_json_write_text(writer, usher_text_of(class->tier));
    write_count(writer, "arrived", class->arrived_count);
    write_count(writer, "answered", class->answered_count);
    write_count(writer, "abandoned", class->abandoned_count);
    usher_json_write_key(writer, USHER_TEXT("service_level"));
    usher_json_write_double(writer, level < 0 ? (double)NAN : level);
    write_ratio(writer, "answer_s", class->waited_ms, 1000 * class->answered_count);
    write_count(writer, "foretold", class->foretold_count);
    write_ratio(writer, "foretold_wait_s", class->foretold_wait_ms, 1000 * class->foretold_count);
    write_ratio(writer, "foretold_bias_s", class->foretold_over_ms, 1000 * class->foretold_count);
    write_ratio(writer, "foretold_error", class->foretold_off_ms, class->foretold_wait_ms);
    usher_json_write_close(writer, '}');
}

static void write_classes(struct usher_json_writer *writer, const struct usher_entry_result *result)
{
    usher_json_write_key(writer, USHER_TEXT("classes"));
    usher_json_write_open(writer, '[');
    for (size_t i = 0; i < result->classes_count; i++)
        write_class(writer, &result->classes[i]);
    usher_json_write_close(writer, ']');
}

void simulate_print_json(const struct simulation *simulation)
{
    for (size_t i = 0; i < simulation->entries_count; i++) {
        const struct usher_entry_result *result = usher_study_result(simulation->study, i);
        struct usher_bytes out;
        struct usher_json_writer writer;
        usher_bytes_init(&out, OBJECT_BYTES);
        usher_json_write_start(&writer, &out);
        usher_json_write_open(&writer, '{');
        usher_json_write_key(&writer, USHER_TEXT("entry"));
        usher_json_write_text(&writer, simulation->entries[i].name);
        usher_json_write_key(&writer, USHER_TEXT("days"));
        usher_json_write_int64(&writer, (int64_t)simulation->days);
        usher_json_write_key(&writer, USHER_TEXT("seed"));
        usher_json_write_int64(&writer, (int64_t)simulation->seed);
        write_samples(&writer, USHER_TEXT("figures"), result->figures);
        if (i > 0)
            write_samples(&writer, USHER_TEXT("differences"), result->differences);
        write_classes(&writer, result);
        usher_json_write_close(&writer, '}');
        printf("%.*s\n", USHER_TEXT_ARGS(usher_bytes_text(&out)));
        usher_bytes_fini(&out);
    }
}

/* Between quotes where it would not be one cell without them (RFC 4180). */
static void print_name(struct usher_text name)
{
    bool is_quoted = false;
    for (size_t i = 0; i < name.length; i++)
        is_quoted |= strchr(",\"\r\n", name.at[i]) != NULL;
    if (!is_quoted) {
        printf("%.*s", USHER_TEXT_ARGS(name));
        return;
    }
    putchar('"');
    for (size_t i = 0; i < name.length; i++) {
        if (name.at[i] == '"')
            putchar('"');
        putchar(name.at[i]);
    }
    putchar('"');
}

void simulate_print_csv(const struct simulation *simulation)
{
    printf("entry,day");
    for (size_t i = 0; i < USHER_DAY_COLUMNS_COUNT; i++)
        printf(",%s", usher_day_columns[i].key);
    printf("\n");
    for (size_t day = 0; day < simulation->days; day++)
        for (size_t i = 0; i < simulation->entries_count; i++) {
            double figures[USHER_DAY_COLUMNS_COUNT];
            memcpy(figures, usher_study_day(simulation->study, i, day), sizeof(figures));
            print_name(simulation->entries[i].name);
            printf(",%zu", day + 1);
            for (size_t k = 0; k < USHER_DAY_COLUMNS_COUNT; k++)
                if (isnan(figures[k]))
                    printf(",");
                else
                    printf(",%.6g", figures[k]);
            printf("\n");
        }
}
