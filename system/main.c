/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The program: start up, run, clean up. */
#include "qemu/osdep.h"
#include "sysemu/runstate.h"
#include "vl.h"

int main(int argc, char **argv)
{
    int status;

    vl_init(argc, argv);
    status = qemu_main_loop();
    vl_cleanup();
    return status;
}
