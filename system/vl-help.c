/* SPDX-License-Identifier: GPL-2.0-or-later */
/* -help and -version, from the table of options. */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "vl.h"

/* Where the words that explain an option stand. */
#define HELP_COLUMN 16

static void print_version(void)
{
    printf("QEMU emulator version " QEMU_VERSION
           " (compatible, PCI and MSI-X edition)\n"
           "Free software under the GNU General Public License, version 2 "
           "or later.\n");
}

void vl_opt_version(const char *arg, Error **errp)
{
    print_version();
    exit(0);
}

static void print_option(const VLOption *o)
{
    g_auto(GStrv) lines = g_strsplit(o->help, "\n", 0);
    int width = printf("-%s%s%s", o->name, o->params ? " " : "",
                       o->params ? o->params : "");

    if (width >= HELP_COLUMN) {
        printf("\n");
        width = 0;
    }
    for (char **line = lines; *line; line++) {
        printf("%*s%s\n", HELP_COLUMN - width, "", *line);
        width = 0;
    }
}

void vl_opt_help(const char *arg, Error **errp)
{
    print_version();
    printf("usage: %s [options]\n", error_get_progname());
    for (int i = 0; i < vl_options_count; i++) {
        const VLOption *o = &vl_options[i];

        if (!o->name) {
            printf("\n%s:\n", o->help);
        } else if (o->help) {
            print_option(o);
        }
    }
    exit(0);
}
