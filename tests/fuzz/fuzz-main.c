/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A fuzzer without libFuzzer:
 *
 *     fuzz-NAME [-n RUNS] [-s SEED] [FILE | FOLDER]...
 *
 * runs the files, then RUNS inputs (2000) that a generator makes up from the
 * seed: half of them of random bytes, half of them files with a few bytes
 * changed.  The same arguments give the same inputs.
 */
#include "fuzz.h"

#define INPUT_MAX 1024
#define FILE_MAX 65536

static GPtrArray *files;        /* GBytes */

static void add_file(const char *path)
{
    char *contents;
    gsize len;

    if (!g_file_get_contents(path, &contents, &len, NULL)) {
        g_printerr("cannot read %s\n", path);
        exit(1);
    }
    g_ptr_array_add(files, g_bytes_new_take(contents, MIN(len, FILE_MAX)));
}

static gint by_name(gconstpointer a, gconstpointer b)
{
    return strcmp(*(char **)a, *(char **)b);
}

static void add_path(const char *path)
{
    GDir *dir = g_dir_open(path, 0, NULL);
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    const char *name;

    if (!dir) {
        add_file(path);
        return;
    }
    while ((name = g_dir_read_name(dir)) != NULL) {
        g_ptr_array_add(names, g_build_filename(path, name, NULL));
    }
    g_dir_close(dir);
    g_ptr_array_sort(names, by_name);
    for (unsigned i = 0; i < names->len; i++) {
        add_file(names->pdata[i]);
    }
}

static void run_random(GRand *rand)
{
    uint8_t input[INPUT_MAX];
    size_t len = g_rand_int_range(rand, 1, sizeof(input) + 1);

    for (size_t i = 0; i < len; i++) {
        input[i] = g_rand_int(rand);
    }
    LLVMFuzzerTestOneInput(input, len);
}

static void run_changed(GRand *rand)
{
    gsize len;
    const uint8_t *data = g_bytes_get_data(
        files->pdata[g_rand_int_range(rand, 0, files->len)], &len);
    g_autofree uint8_t *copy = g_malloc(len + 1);

    memcpy(copy, data, len);
    for (int n = g_rand_int_range(rand, 1, 8); n > 0 && len; n--) {
        copy[g_rand_int_range(rand, 0, len)] = g_rand_int(rand);
    }
    LLVMFuzzerTestOneInput(copy, len);
}

int main(int argc, char **argv)
{
    g_autoptr(GRand) rand = NULL;
    int runs = 2000, seed = 1, opt;

    while ((opt = getopt(argc, argv, "n:s:")) != -1) {
        switch (opt) {
        case 'n':
            runs = atoi(optarg);
            break;
        case 's':
            seed = atoi(optarg);
            break;
        default:
            g_printerr("usage: %s [-n RUNS] [-s SEED] [FILE | FOLDER]...\n",
                       argv[0]);
            return 2;
        }
    }
    files = g_ptr_array_new();
    for (int i = optind; i < argc; i++) {
        add_path(argv[i]);
    }
    for (unsigned i = 0; i < files->len; i++) {
        gsize len;
        const uint8_t *data = g_bytes_get_data(files->pdata[i], &len);

        LLVMFuzzerTestOneInput(data, len);
    }
    rand = g_rand_new_with_seed(seed);
    for (int i = 0; i < runs; i++) {
        if (files->len && i % 2) {
            run_changed(rand);
        } else {
            run_random(rand);
        }
    }
    return 0;
}
