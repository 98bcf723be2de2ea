/* Files: bounds and fingerprints. */
#include "file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "unit/suite.h"

START_TEST(file_is_read_whole_up_to_its_bound)
{
    char path[] = "/tmp/usher-file-XXXXXX";
    int fd = mkstemp(path);
    struct usher_bytes text;
    char block[20000];

    ck_assert_int_ge(fd, 0);
    memset(block, 'x', sizeof(block));
    ck_assert_int_eq((int)write(fd, block, sizeof(block)), (int)sizeof(block));
    ck_assert_int_eq(close(fd), 0);
    usher_bytes_init(&text, sizeof(block));
    ck_assert_int_eq(file_read_text(path, sizeof(block), &text), 0);
    ck_assert_uint_eq(text.length, sizeof(block));
    ck_assert_int_eq(file_read_text(path, sizeof(block), &text), 0);
    ck_assert_uint_eq(text.length, sizeof(block));
    ck_assert_int_eq(file_read_text(path, sizeof(block) - 1, &text), -EFBIG);
    usher_bytes_fini(&text);
    ck_assert_int_eq(unlink(path), 0);
}
END_TEST

START_TEST(what_is_no_regular_file_is_refused_without_waiting)
{
    char folder[] = "/tmp/usher-file-XXXXXX";
    struct usher_bytes text;
    char pipe_path[64];

    ck_assert_ptr_nonnull(mkdtemp(folder));
    (void)snprintf(pipe_path, sizeof(pipe_path), "%s/pipe", folder);
    ck_assert_int_eq(mkfifo(pipe_path, 0600), 0);
    usher_bytes_init(&text, 100);
    ck_assert_int_eq(file_read_text(pipe_path, 100, &text), -EINVAL);
    ck_assert_int_eq(file_read_text(folder, 100, &text), -EISDIR);
    ck_assert_int_eq(unlink(pipe_path), 0);
    ck_assert_int_eq(file_read_text(pipe_path, 100, &text), -ENOENT);
    usher_bytes_fini(&text);
    ck_assert_int_eq(rmdir(folder), 0);
}
END_TEST

START_TEST(secret_that_others_may_read_or_change_is_refused)
{
    char path[] = "/tmp/usher-file-XXXXXX";
    int fd = mkstemp(path);
    struct usher_bytes text;

    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq((int)write(fd, "x", 1), 1);
    usher_bytes_init(&text, 100);
    ck_assert_int_eq(file_read_secret(path, 100, &text), 0);
    ck_assert_int_eq(fchmod(fd, 0640), 0);
    ck_assert_int_eq(file_read_secret(path, 100, &text), 0);
    ck_assert_uint_eq(text.length, 1);
    ck_assert_int_eq(fchmod(fd, 0660), 0);
    ck_assert_int_eq(file_read_secret(path, 100, &text), -EPERM);
    ck_assert_int_eq(fchmod(fd, 0604), 0);
    ck_assert_int_eq(file_read_secret(path, 100, &text), -EPERM);
    ck_assert_uint_eq(text.length, 0);
    usher_bytes_fini(&text);
    ck_assert_int_eq(close(fd), 0);
    ck_assert_int_eq(unlink(path), 0);
}
END_TEST

/* The values of FIPS 180-2 and of the empty text. */
START_TEST(fingerprint_is_sha256)
{
    char hex[FILE_SHA256_SIZE];

    ck_assert_int_eq(file_sha256(USHER_TEXT("abc"), hex), 0);
    ck_assert_str_eq(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    ck_assert_int_eq(file_sha256(USHER_NO_TEXT, hex), 0);
    ck_assert_str_eq(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}
END_TEST

SUITE_MAIN("file", file_is_read_whole_up_to_its_bound,
           what_is_no_regular_file_is_refused_without_waiting,
           secret_that_others_may_read_or_change_is_refused, fingerprint_is_sha256)
