/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Mistakes in -drive and -blockdev: the same words from ours and from the
 * stock emulator.  What ours refuses because it lacks it is not here.
 */
#include "qtest.h"

/* %s is an image of 1 MiB. */
static const char *const mistakes[] = {
    "-drive file=/nonexistent/x,format=raw",
    "-drive file=%s,format=foo",
    "-drive file=%s,format=raw,foo=1",
    "-drive file=%s,format=raw,cache=bad",
    "-drive file=%s,format=raw,aio=bad",
    "-drive file=%s,format=raw,if=bad",
    "-drive file=%s,format=raw,index=1,unit=1",
    "-drive file=%s,format=raw,index=1,bus=1",
    "-drive file=%s,format=raw,index=x",
    "-drive file=foo:bar",
    "-drive file=%s,format=raw,media=x",
    "-drive file=%s,format=raw,serial=x",
    "-drive file=%s,format=raw,werror=foo",
    "-drive file=%s,format=raw,rerror=enospc",
    "-drive file=%s,format=raw,werror=stop,if=floppy",
    "-drive file=%s,format=raw,discard=x",
    "-drive file=%s,format=raw,detect-zeroes=x",
    "-drive file=%s,format=raw,size=2M",
    "-drive file=%s,format=raw,offset=2M",
    "-drive file=%s,format=raw,offset=512,size=1M",
    "-drive file=%s,format=raw,size=100",
    "-drive file=%s,format=raw,id=1x",
    "-drive file=/tmp",
    "-drive format=raw",
    "-drive file=%s,format=raw,readonly=x",
    "-drive file=%s,format=raw,read-only=x",
    "-drive file=%s,format=raw,file.locking=x",
    "-drive file=%s,format=raw,file.foo=x",
    "-drive file=%s,format=raw,file.aio=bad",
    "-drive file=%s,format=raw,bus=5,unit=9,if=scsi",
    "-drive file=%s,format=raw,snapshot=maybe",
    "-drive file=%s,format=raw,driver=raw",
    "-drive if=none,file=%s,format=raw,id=a -drive if=none,id=a",
    "-drive if=ide,index=0,format=raw,file=null-co:// "
    "-drive if=ide,index=0,format=raw,file=null-co://",
    "-drive file=null-aio:,format=raw",
    "-drive file=null-co://,format=raw,file.read-zeroes=maybe",
    "-drive file=blkdebug:x,format=raw",
    "-drive if=none,file=null-co://,format=raw,node-name=1x",
    "-drive if=none,file=null-co://,format=raw,node-name=a "
    "-drive if=none,file=null-co://,format=raw,node-name=a",
    "-drive file=json:{},if=none,format=raw",
    "-drive if=none,driver=raw,file.driver=file",
    "-drive if=none,driver=raw,file=%s,cache.foo=on",
    "-blockdev foo,node-name=a",
    "-blockdev file,node-name=a",
    "-blockdev null-co",
    "-blockdev null-co,node-name=1x",
    "-blockdev null-co,node-name=a -blockdev null-co,node-name=a",
    "-blockdev raw,node-name=a,file=nobody",
    "-blockdev raw,node-name=a",
    "-blockdev raw,node-name=a,file.driver=file",
    "-blockdev file,node-name=a,filename=%s,read-only=maybe",
    "-blockdev file,node-name=a,filename=%s,force-share=on",
    "-blockdev null-co,node-name=a,detect-zeroes=unmap",
    "-blockdev '{\"driver\":\"null-co\",\"node-name\":\"a\",\"size\":\"1\"}'",
    "-blockdev '{\"driver\":\"null-co\"'",
};

/* What it says after its name and the option, for g_free(). */
static char *message_of(const char *program, const char *accel,
                        const char *options)
{
    g_autofree char *line = g_strdup_printf(
        "timeout 5 %s -accel %s -machine none -nodefaults -display none %s",
        program, accel, options);
    g_autofree char *err = NULL;
    g_auto(GStrv) argv = NULL;
    const char *at, *end;
    int status;

    g_assert_true(g_shell_parse_argv(line, NULL, &argv, NULL));
    g_assert_true(g_spawn_sync(NULL, argv, NULL, G_SPAWN_SEARCH_PATH, NULL,
                               NULL, NULL, &err, &status, NULL));
    if (WIFEXITED(status) && WEXITSTATUS(status) == 124) {
        return g_strdup("(it goes on)");
    }
    at = strstr(err, "qemu-system-x86_64: -");
    at = at ? at : err;
    end = strstr(at, ": ");
    at = end ? end + 2 : at;
    /* The option itself, and the first line of what is said of it. */
    if (g_str_has_prefix(at, "-")) {
        end = strstr(at, ": ");
        at = end ? end + 2 : at;
    }
    return g_strndup(at, strcspn(at, "\n"));
}

static void test_same_words(void)
{
    g_autofree char *image = NULL;
    int fd;

    if (!qtest_stock_binary()) {
        g_test_skip("no stock emulator here");
        return;
    }
    fd = g_file_open_tmp("drive-options-XXXXXX", &image, NULL);
    g_assert_cmpint(ftruncate(fd, 1024 * 1024), ==, 0);
    close(fd);
    for (unsigned i = 0; i < G_N_ELEMENTS(mistakes); i++) {
        g_auto(GStrv) parts = g_strsplit(mistakes[i], "%s", -1);
        g_autofree char *options = g_strjoinv(image, parts);
        g_autofree char *ours = message_of(qtest_binary(), "qtest", options);
        g_autofree char *stock = message_of(qtest_stock_binary(), "tcg",
                                            options);

        if (strcmp(ours, stock)) {
            g_test_message("%s\n  ours:  %s\n  stock: %s", mistakes[i], ours,
                           stock);
            g_test_fail();
        }
    }
    unlink(image);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/drive-options/same-words", test_same_words);
    return g_test_run();
}
