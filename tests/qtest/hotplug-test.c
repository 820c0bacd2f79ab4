/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * PCI hot-plug as an operating system takes part in it: by the ports of ACPI
 * hot-plug on both boards, by a root port's slot registers, and what is left
 * of a device whose vectors were in use: nothing.
 */
#include "pci.h"

#define DEMO_VENDOR 0x1b36
#define DEMO_DEVICE 0x11f0
#define EDU 0x11e81234

/* Ports of ACPI hot-plug, from the board's base on. */
#define UP 0x00
#define DOWN 0x04
#define EJECT 0x08
#define REMOVABLE 0x0c
#define SELECT 0x10
#define INDEX 0x14

#define PC_BASE 0xae00
#define PC_GPE 0xafe0
#define Q35_BASE 0x0cc0
#define PMBASE 0x600
#define Q35_GPE (PMBASE + 0x20)
#define GPE_PCI 0x02

static void plug(QTest *t, const char *driver, const char *id,
                 const char *bus, const char *addr)
{
    json_decref(qtest_qmp(t, "device_add",
                          json_pack("{s:s, s:s, s:s*, s:s*}",
                                    "driver", driver, "id", id,
                                    "bus", bus, "addr", addr)));
}

static void ask_unplug(QTest *t, const char *id)
{
    json_decref(qtest_qmp(t, "device_del", json_pack("{s:s}", "id", id)));
}

/* The next DEVICE_DELETED with an id is about this one. */
static void wait_deleted(QTest *t, const char *id)
{
    for (;;) {
        json_t *data = qtest_wait_event(t, "DEVICE_DELETED");
        const char *device = json_string_value(json_object_get(data,
                                                               "device"));

        if (device) {
            g_assert_cmpstr(device, ==, id);
            json_decref(data);
            return;
        }
        json_decref(data);
    }
}

static void assert_unplug_fails(QTest *t, const char *id, const char *why)
{
    g_autofree char *error =
        qtest_qmp_error(t, "device_del", json_pack("{s:s}", "id", id),
                        "GenericError");

    g_assert_nonnull(strstr(error, why));
}

static bool is_there(QTest *t, const char *id)
{
    json_t *list = qtest_qmp(t, "qom-list", json_pack("{s:s}", "path",
                                                      "/machine/peripheral"));
    bool found = false;
    size_t i;
    json_t *p;

    json_array_foreach(list, i, p) {
        found |= !strcmp(json_string_value(json_object_get(p, "name")), id);
    }
    json_decref(list);
    return found;
}

static uint32_t config_id(QTest *t, uint8_t bus, uint8_t slot)
{
    g_autofree PciFn *f = pci_at(t, bus, slot, 0);

    return pci_cfg_read(f, PCI_VENDOR_ID, 4);
}

/* Power management's ports on q35, where the events are. */
static void place_pm(QTest *t)
{
    g_autofree PciFn *lpc = pci_at(t, 0, 0x1f, 0);

    pci_cfg_write(lpc, 0x40, PMBASE | 1, 4);
    pci_cfg_write(lpc, 0x44, 0x80, 1);
}

/* A root port's buses and windows, as firmware sets them. */
static PciFn *place_port(QTest *t, uint8_t slot)
{
    PciFn *port = pci_at(t, 0, slot, 0);

    pci_cfg_write(port, PCI_PRIMARY_BUS, 0x00010100, 4);
    pci_cfg_write(port, PCI_MEMORY_BASE, 0xeff0e000, 4);
    pci_cfg_write(port, PCI_PREF_MEMORY_BASE, 0x0000fff0, 4);
    pci_cfg_write(port, PCI_COMMAND, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER,
                  2);
    return port;
}

/*** ACPI ***/

typedef struct Board {
    QTest *t;
    uint16_t base, gpe;
    uint32_t bsel;
    const char *bus, *addr;
    uint8_t bus_number, slot;
    PciFn *port;
} Board;

/* A hot-plug slot: on the root bus of pc, in a root port of q35. */
static Board board_start(bool q35, const char *more)
{
    Board b = {
        .base = PC_BASE, .gpe = PC_GPE, .bus = "pci.0", .addr = "5",
        .slot = 5,
    };

    if (!q35) {
        b.t = qtest_start("-machine pc -nodefaults -m 64M %s", more);
        return b;
    }
    b.t = qtest_start("-machine q35 -nodefaults -m 64M "
                      "-device pcie-root-port,id=rp,chassis=1,addr=4 %s",
                      more);
    b.base = Q35_BASE;
    b.gpe = Q35_GPE;
    b.bus = "rp";
    b.addr = "0";
    b.bus_number = 1;
    b.slot = 0;
    place_pm(b.t);
    b.port = place_port(b.t, 4);
    return b;
}

static void board_end(Board *b)
{
    qtest_quit(b->t);
    g_free(b->port);
}

static uint32_t port_in(Board *b, unsigned reg)
{
    return qtest_in(b->t, b->base + reg, 4);
}

static void port_out(Board *b, unsigned reg, uint32_t val)
{
    qtest_out(b->t, b->base + reg, val, 4);
}

/* The event is there; takes it, as the event's method does first. */
static bool take_event(Board *b)
{
    bool there = qtest_in(b->t, b->gpe, 1) & GPE_PCI;

    qtest_out(b->t, b->gpe, GPE_PCI, 1);
    return there;
}

static void eject(Board *b)
{
    port_out(b, SELECT, b->bsel);
    port_out(b, EJECT, 1u << b->slot);
}

static void test_acpi_cycle(const void *opaque)
{
    Board b = board_start(GPOINTER_TO_INT(opaque), "");

    g_assert_false(take_event(&b));
    g_assert_cmphex(config_id(b.t, b.bus_number, b.slot), ==, 0xffffffff);
    plug(b.t, "edu", "e", b.bus, b.addr);
    g_assert_true(take_event(&b));
    port_out(&b, SELECT, b.bsel);
    g_assert_cmphex(port_in(&b, UP), ==, 1u << b.slot);
    g_assert_cmphex(port_in(&b, UP), ==, 0);            /* told once */
    g_assert_cmphex(port_in(&b, DOWN), ==, 0);
    g_assert_cmphex(config_id(b.t, b.bus_number, b.slot), ==, EDU);

    ask_unplug(b.t, "e");
    g_assert_true(take_event(&b));
    g_assert_cmphex(port_in(&b, DOWN), ==, 1u << b.slot);
    /* It is the system's to let it go. */
    g_assert_true(is_there(b.t, "e"));
    g_assert_cmphex(config_id(b.t, b.bus_number, b.slot), ==, EDU);
    assert_unplug_fails(b.t, "e", "already in the process of unplug");

    eject(&b);
    wait_deleted(b.t, "e");
    g_assert_cmphex(port_in(&b, DOWN), ==, 0);
    g_assert_cmphex(config_id(b.t, b.bus_number, b.slot), ==, 0xffffffff);
    /* Ejecting an empty slot does nothing. */
    eject(&b);
    g_assert_false(qtest_has_event(b.t, "DEVICE_DELETED"));

    /* Name and slot are free again; a system may eject unasked. */
    plug(b.t, "edu", "e", b.bus, b.addr);
    g_assert_cmphex(port_in(&b, UP), ==, 1u << b.slot);
    eject(&b);
    wait_deleted(b.t, "e");
    board_end(&b);
}

/* A reset takes out what waits to go, and forgets what waits to be told. */
static void test_acpi_reset(const void *opaque)
{
    Board b = board_start(GPOINTER_TO_INT(opaque), "");

    plug(b.t, "edu", "e", b.bus, b.addr);
    ask_unplug(b.t, "e");
    json_decref(qtest_qmp(b.t, "system_reset", NULL));
    wait_deleted(b.t, "e");
    g_assert_false(is_there(b.t, "e"));
    g_assert_cmphex(port_in(&b, UP), ==, 0);
    g_assert_cmphex(port_in(&b, DOWN), ==, 0);

    /* One that stays is like one that was there from the start. */
    plug(b.t, "edu", "f", b.bus, b.addr);
    json_decref(qtest_qmp(b.t, "system_reset", NULL));
    json_decref(qtest_wait_event(b.t, "RESET"));
    g_assert_cmphex(port_in(&b, UP), ==, 0);
    g_assert_true(is_there(b.t, "f"));
    g_free(b.port);
    b.port = b.bus_number ? place_port(b.t, 4) : NULL;
    g_assert_cmphex(config_id(b.t, b.bus_number, b.slot), ==, EDU);
    board_end(&b);
}

static void test_acpi_index(void)
{
    Board b = board_start(false, "-device edu,addr=7,acpi-index=42");

    port_out(&b, INDEX, 1u << 7);
    g_assert_cmpuint(port_in(&b, INDEX), ==, 42);
    g_assert_cmpuint(port_in(&b, INDEX), ==, 0);        /* told once */
    port_out(&b, INDEX, 1u << 6);
    g_assert_cmpuint(port_in(&b, INDEX), ==, 0);
    port_out(&b, INDEX, 0);
    g_assert_cmpuint(port_in(&b, INDEX), ==, 0);
    port_out(&b, INDEX, 1u << 7);
    port_out(&b, SELECT, 0);
    g_assert_cmpuint(port_in(&b, INDEX), ==, 0);
    board_end(&b);
}

static void test_acpi_refusals(void)
{
    Board b = board_start(false, "-device pci-bridge,id=br,chassis_nr=1,"
                          "addr=6 -device edu,id=e,bus=br,addr=3");
    g_autofree char *error = NULL;

    /* Host bridge, south bridge, and a bridge whose bus the tables name. */
    g_assert_cmphex(port_in(&b, REMOVABLE), ==, ~(1u | 2 | 1u << 6));
    assert_unplug_fails(b.t, "br", "cannot be taken out");
    port_out(&b, EJECT, 1u << 6);
    port_out(&b, EJECT, 1);
    g_assert_true(is_there(b.t, "br"));
    /* Behind it all is as on the root bus. */
    port_out(&b, SELECT, 1);
    ask_unplug(b.t, "e");
    g_assert_cmphex(port_in(&b, DOWN), ==, 1u << 3);
    port_out(&b, EJECT, 1u << 3);
    wait_deleted(b.t, "e");
    /* Buses that are none. */
    for (unsigned bsel = 2; bsel; bsel = bsel * 16 - 1) {
        port_out(&b, SELECT, bsel);
        for (unsigned reg = 0; reg <= INDEX; reg += 4) {
            port_out(&b, EJECT, 0xffffffff);
            port_out(&b, INDEX, 0xffffffff);
            port_in(&b, reg);
        }
        if (bsel > 0x10000) {
            break;
        }
    }
    board_end(&b);

    b.t = qtest_start("-machine pc -nodefaults "
                      "-global PIIX4_PM.acpi-root-pci-hotplug=off");
    error = qtest_qmp_error(b.t, "device_add",
                            json_pack("{s:s, s:s}", "driver", "edu", "bus",
                                      "pci.0"), "GenericError");
    g_assert_cmpstr(error, ==, "Bus 'pci.0' does not support hotplugging");
    qtest_quit(b.t);
}

/*** Vectors in use ***/

/*
 * A device with vectors enabled, some masked and pending, goes away; its
 * registers, table and messages go too.  Again and again in one slot, which
 * must not use anything up.
 */
static void test_vectors_in_use(const void *opaque)
{
    Board b = board_start(GPOINTER_TO_INT(opaque), "");

    for (int round = 0; round < 8; round++) {
        PciFn *f;
        uint64_t table;

        plug(b.t, "msix-demo", "d", b.bus, b.addr);
        f = pci_at(b.t, b.bus_number, b.slot, 0);
        pci_enable(f);
        msix_setup(f);
        table = f->msix_table;
        pci_write(f, 0, 0, 1, 4);
        g_assert_true(msix_take(f, 1));
        msix_mask(f, 2, true);
        pci_write(f, 0, 0, 2, 4);
        g_assert_true(msix_pending(f, 2));
        if (round & 1) {
            ask_unplug(b.t, "d");
        }
        eject(&b);
        wait_deleted(b.t, "d");

        g_assert_cmphex(config_id(b.t, b.bus_number, b.slot), ==, 0xffffffff);
        qtest_write(b.t, f->bar[0], 3, 4);
        qtest_write(b.t, table, 0xfee00000, 4);
        g_assert_false(msix_take(f, 3));
        g_assert_false(msix_take(f, 2));
        g_free(f);
    }
    board_end(&b);
}

/* Devices with threads, queues and back ends. */
static void test_other_devices(const void *opaque)
{
    static const char *const drivers[] = {
        "virtio-rng-pci", "virtio-net-pci", "virtio-serial-pci", "e1000e",
    };
    Board b = board_start(GPOINTER_TO_INT(opaque), "");

    for (int i = 0; i < ARRAY_SIZE(drivers); i++) {
        PciFn *f;

        plug(b.t, drivers[i], "d", b.bus, b.addr);
        f = pci_at(b.t, b.bus_number, b.slot, 0);
        pci_enable(f);
        msix_setup(f);
        ask_unplug(b.t, "d");
        eject(&b);
        wait_deleted(b.t, "d");
        g_free(f);
    }
    board_end(&b);
}

/*** Native hot-plug of a root port ***/

#define NATIVE "-global ICH9-LPC.acpi-pci-hotplug-with-bridge-support=off"

static PciFn *native_start(const char *more)
{
    QTest *t = qtest_start("-machine q35 -nodefaults -m 64M " NATIVE " "
                           "-device pcie-root-port,id=rp,chassis=1,addr=4 %s",
                           more);

    return place_port(t, 4);
}

static uint16_t slot_status(PciFn *port)
{
    return pci_cfg_read(port, pci_cap(port, PCI_CAP_ID_EXP, 0) +
                        PCI_EXP_SLTSTA, 2);
}

static void clear_events(PciFn *port)
{
    pci_cfg_write(port, pci_cap(port, PCI_CAP_ID_EXP, 0) + PCI_EXP_SLTSTA,
                  slot_status(port), 2);
}

/* Power and its indicator: 1 on, 2 blinking, 3 off. */
static void slot_control(PciFn *port, bool power, unsigned indicator)
{
    pci_cfg_write(port, pci_cap(port, PCI_CAP_ID_EXP, 0) + PCI_EXP_SLTCTL,
                  (power ? 0 : PCI_EXP_SLTCTL_PCC) | indicator << 8 |
                  PCI_EXP_SLTCTL_AIC, 2);
}

static void test_native_cycle(void)
{
    PciFn *port = native_start("");
    QTest *t = port->t;

    g_assert_cmphex(slot_status(port), ==, 0);
    for (int round = 0; round < 3; round++) {
        plug(t, "edu", "e", "rp", "0");
        /* As if a person had put it in and pushed the button. */
        g_assert_cmphex(slot_status(port) & 0x4f, ==,
                        PCI_EXP_SLTSTA_PDS | PCI_EXP_SLTSTA_PDC |
                        PCI_EXP_SLTSTA_ABP);
        clear_events(port);
        /* No power yet, no answer. */
        g_assert_cmphex(config_id(t, 1, 0), ==, 0xffffffff);
        slot_control(port, true, 2);
        slot_control(port, true, 1);
        g_assert_cmphex(config_id(t, 1, 0), ==, EDU);
        clear_events(port);

        ask_unplug(t, "e");
        g_assert_cmphex(slot_status(port), ==,
                        PCI_EXP_SLTSTA_PDS | PCI_EXP_SLTSTA_ABP);
        g_assert_true(is_there(t, "e"));
        clear_events(port);
        /* Software blinks while it winds up, then switches off. */
        slot_control(port, true, 2);
        g_assert_true(is_there(t, "e"));
        slot_control(port, false, 2);
        g_assert_true(is_there(t, "e"));
        slot_control(port, false, 3);
        wait_deleted(t, "e");
        g_assert_cmphex(slot_status(port) & (PCI_EXP_SLTSTA_PDS |
                                             PCI_EXP_SLTSTA_PDC), ==,
                        PCI_EXP_SLTSTA_PDC);
        clear_events(port);
    }
    qtest_quit(t);
    g_free(port);
}

static void test_native_refusals(void)
{
    PciFn *port = native_start("-device edu,id=e,bus=rp "
                               "-device pcie-root-port,id=rq,chassis=2,"
                               "addr=5,hotplug=off");
    QTest *t = port->t;
    g_autofree char *error = NULL;

    /* Software is at work in the slot. */
    slot_control(port, true, 2);
    assert_unplug_fails(t, "e", "guest is busy");
    slot_control(port, true, 1);
    ask_unplug(t, "e");
    assert_unplug_fails(t, "e", "already in the process of unplug");
    /* A guest that does not answer can be asked again. */
    qtest_clock_step(t, 4900 * 1000 * 1000LL);
    assert_unplug_fails(t, "e", "already in the process of unplug");
    qtest_clock_step(t, 200 * 1000 * 1000LL);
    ask_unplug(t, "e");
    /* A slot that is off and unlit lets go at once. */
    slot_control(port, false, 3);
    wait_deleted(t, "e");
    plug(t, "edu", "e", "rp", NULL);
    ask_unplug(t, "e");
    wait_deleted(t, "e");

    error = qtest_qmp_error(t, "device_add",
                            json_pack("{s:s, s:s}", "driver", "edu", "bus",
                                      "rq"), "GenericError");
    g_assert_cmpstr(error, ==, "Bus 'rq' does not support hotplugging");
    qtest_quit(t);
    g_free(port);
}

/* Taken out by switching off, vectors in use or not. */
static void test_native_vectors(void)
{
    PciFn *port = native_start("");
    QTest *t = port->t;

    for (int round = 0; round < 4; round++) {
        PciFn *f = pci_at(t, 1, 0, 0);

        plug(t, "msix-demo", "d", "rp", NULL);
        slot_control(port, true, 1);
        pci_enable(f);
        msix_setup(f);
        msix_mask(f, 2, true);
        pci_write(f, 0, 0, 2, 4);
        pci_write(f, 0, 0, 1, 4);
        g_assert_true(msix_take(f, 1));
        ask_unplug(t, "d");
        slot_control(port, false, 3);
        wait_deleted(t, "d");
        g_assert_cmphex(config_id(t, 1, 0), ==, 0xffffffff);
        g_free(f);
    }
    qtest_quit(t);
    g_free(port);
}

/*** Moves ***/

/* What waits to be told goes along. */
static void test_migration(const void *opaque)
{
    bool q35 = GPOINTER_TO_INT(opaque);
    Board a = board_start(q35, ""), b;
    const char *file = qtest_path(a.t, "stream");
    g_autofree char *uri = g_strdup_printf("exec:cat > %s", file);
    g_autofree char *more = g_strdup_printf(
        "-device edu,id=e,bus=%s,addr=%s -incoming 'exec:cat %s'", a.bus,
        a.addr, file);
    json_t *status;

    plug(a.t, "edu", "e", a.bus, a.addr);
    ask_unplug(a.t, "e");
    json_decref(qtest_qmp(a.t, "migrate", json_pack("{s:s}", "uri", uri)));
    json_decref(qtest_wait_event(a.t, "STOP"));
    do {
        status = qtest_qmp(a.t, "query-migrate", NULL);
        file = json_string_value(json_object_get(status, "status"));
        g_assert_cmpstr(file, !=, "failed");
        if (!strcmp(file, "completed")) {
            break;
        }
        json_decref(status);
        g_usleep(10000);
    } while (true);
    json_decref(status);

    b = board_start(q35, more);
    json_decref(qtest_wait_event(b.t, "RESUME"));
    g_assert_true(take_event(&b));
    g_assert_cmphex(port_in(&b, UP), ==, 1u << b.slot);
    g_assert_cmphex(port_in(&b, DOWN), ==, 1u << b.slot);
    eject(&b);
    wait_deleted(b.t, "e");
    board_end(&b);
    board_end(&a);
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        GTestDataFunc fn;
    } on_both[] = {
        { "acpi-cycle", test_acpi_cycle },
        { "acpi-reset", test_acpi_reset },
        { "vectors-in-use", test_vectors_in_use },
        { "other-devices", test_other_devices },
        { "migration", test_migration },
    };

    g_test_init(&argc, &argv, NULL);
    for (int q35 = 0; q35 < 2; q35++) {
        for (int i = 0; i < ARRAY_SIZE(on_both); i++) {
            g_autofree char *path = g_strdup_printf("/hotplug/%s/%s",
                                                    q35 ? "q35" : "pc",
                                                    on_both[i].name);

            g_test_add_data_func(path, GINT_TO_POINTER(q35), on_both[i].fn);
        }
    }
    g_test_add_func("/hotplug/acpi-index", test_acpi_index);
    g_test_add_func("/hotplug/acpi-refusals", test_acpi_refusals);
    g_test_add_func("/hotplug/native-cycle", test_native_cycle);
    g_test_add_func("/hotplug/native-refusals", test_native_refusals);
    g_test_add_func("/hotplug/native-vectors", test_native_vectors);
    return g_test_run();
}
