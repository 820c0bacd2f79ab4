/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * -netdev, -nic, -net and the monitors' commands on networks: what they
 * accept, and the words in which they refuse.
 */
#include "qtest.h"

/*** Refused at the start ***/

static const struct {
    const char *options, *message;
} refused[] = {
    { "-netdev bogus,id=a",
      "-netdev bogus,id=a: Parameter 'type' does not accept value 'bogus'" },
    { "-netdev user", "Parameter 'id' is missing" },
    { "-netdev id=a", "Parameter 'type' is missing" },
    { "-netdev user,id=1a", "Parameter 'id' expects an identifier" },
    { "-netdev user,id=a -netdev user,id=a",
      "-netdev user,id=a: Duplicate ID 'a' for netdev" },
    { "-netdev user,id=a,foo=1", "Invalid parameter 'foo'" },
    { "-netdev user,id=a,restrict=maybe",
      "Parameter 'restrict' expects 'on' or 'off'" },
    { "-netdev '{\"type\":\"user\",\"id\":\"a\",\"restrict\":\"on\"}'",
      "Invalid parameter type for 'restrict', expected: boolean" },
    { "-netdev '{\"type\":\"user\",\"id\":\"a\",\"foo\":1}'",
      "Parameter 'foo' is unexpected" },
    { "-netdev user,id=a,hostfwd=nonsense",
      "Invalid host forwarding rule 'nonsense'" },
    { "-netdev user,id=a,smb=/tmp", "Parameter 'smb' is not supported" },
    { "-netdev user,id=a,host=192.168.1.1", "'host'" },
    { "-netdev nic,id=a",
      "network backend 'nic' is not compiled into this binary" },
    { "-netdev vhost-user,id=a,chardev=c",
      "network backend 'vhost-user' is not compiled into this binary" },
    { "-netdev hubport,id=a", "Parameter 'hubid' is missing" },
    { "-netdev socket,id=a",
      "exactly one of listen=, connect=, mcast= or udp= is required" },
    { "-netdev tap,id=a,vhost=on,script=no",
      "Parameter 'vhost' is not supported" },
    { "-netdev tap,id=a,fd=999", "fd=999 is no tap interface" },
    { "-netdev tap,id=a,fd=0,ifname=x", "ifname= is invalid with fd=" },
    { "-netdev user,id=a -object filter-dump,id=f,netdev=a,file=/dev/null,"
      "position=nowhere",
      "Parameter 'position' expects 'head', 'tail' or 'id=<id>'" },
    { "-netdev user,id=a -object filter-dump,id=f,netdev=a,file=/dev/null,"
      "position=id=zz", "filter 'zz' not found" },
    { "-netdev user,id=a -object filter-dump,id=f,netdev=zz,file=/dev/null",
      "Parameter 'netdev' expects a network backend id" },
    { "-nic help", "Parameter 'type' does not accept value 'help'" },
    { "-nic user,model=bogus", "Unsupported NIC model: bogus" },
    { "-nic user,mac=zz", "invalid syntax for ethernet address" },
    { "-nic user,mac=01:00:00:00:00:01",
      "NIC cannot have multicast MAC address (odd 1st byte)" },
    { "-nic user,netdev=a", "Invalid parameter 'netdev'" },
    { "-nic user,id=a -nic user,id=a", "Duplicate ID 'a'" },
    { "-nic user -nic user -nic user -nic user -nic user -nic user "
      "-nic user -nic user -nic user",
      "no more on-board/default NIC slots available" },
    { "-net nic,netdev=a", "netdev 'a' not found" },
    { "-net nic,addr=99", "Invalid PCI device address 99 for device" },
    { "-net hubport,hubid=1",
      "network backend 'hubport' is only supported with -netdev/-nic" },
    { "-netdev user,id=a -device virtio-net-pci,netdev=b",
      "can't find value 'b'" },
    { "-netdev user,id=a -device virtio-net-pci,netdev=a "
      "-device virtio-net-pci,netdev=a",
      "Property 'virtio-net-device.netdev' can't take value 'a', it's in use" },
};

static void test_refused(void)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(refused); i++) {
        g_autofree char *output = NULL;
        int status = qtest_run(&output, "-accel qtest -display none -S "
                               "-machine pc %s", refused[i].options);

        if (status != 1 || !strstr(output, refused[i].message)) {
            g_test_message("%s: %s", refused[i].options, output);
            g_test_fail();
        }
    }
}

/*** Help ***/

static void test_help(void)
{
    g_autofree char *types = NULL, *models = NULL, *same = NULL;

    g_assert_cmpint(qtest_run(&types, "-netdev help"), ==, 0);
    g_assert_nonnull(strstr(types, "Available netdev backend types:\n"));
    g_assert_nonnull(strstr(types, "\nuser\n"));
    g_assert_nonnull(strstr(types, "\nhubport\n"));
    g_assert_cmpint(qtest_run(&models, "-nic model=help"), ==, 0);
    g_assert_nonnull(strstr(models, "\nvirtio-net-pci\n"));
    g_assert_cmpint(qtest_run(&same, "-net nic,model=help"), ==, 0);
    g_assert_cmpstr(models, ==, same);
}

/*** Accepted ***/

static const struct {
    const char *options, *info;
} networks[] = {
    { "-nodefaults", "" },
    { "-nic none", "" },
    { "-net none", "" },
    { "-machine q35", "hub 0\n \\ hub0port1: #" },
    { "-machine q35", ": index=0,type=user,net=10.0.2.0,restrict=off\n"
                      " \\ hub0port0: e1000e.0: index=0,type=nic,"
                      "model=e1000e,macaddr=52:54:00:12:34:56\n" },
    { "-nic user,id=u,model=virtio-net-pci,mac=52:54:00:00:00:07",
      "virtio-net-pci.0: index=0,type=nic,model=virtio-net-pci,"
      "macaddr=52:54:00:00:00:07\n"
      " \\ u: index=0,type=user,net=10.0.2.0,restrict=off\n" },
    { "-netdev user,id=u -net nic,model=virtio,netdev=u",
      "model=virtio-net-pci" },
    { "-netdev user,id=u,net=192.168.9.0/24,restrict=on",
      "u: index=0,type=user,net=192.168.9.0,restrict=on\n" },
    { "-netdev '{\"type\":\"user\",\"id\":\"u\",\"restrict\":true}'",
      "u: index=0,type=user,net=10.0.2.0,restrict=on\n" },
    { "-netdev user,id=u -netdev hubport,id=p,hubid=3,netdev=u",
      "hub 3\n \\ p: u: index=0,type=user,net=10.0.2.0,restrict=off\n" },
    { "-netdev user,id=u "
      "-object filter-dump,id=f1,netdev=u,file=/dev/null "
      "-object filter-dump,id=f2,netdev=u,file=/dev/null,position=id=f1,"
      "insert=before "
      "-object filter-dump,id=f3,netdev=u,file=/dev/null,position=head,"
      "queue=rx",
      "filters:\n"
      "  - f3: type=filter-dump,file=/dev/null,maxlen=65536,position=head,"
      "status=on,insert=behind,netdev=u,queue=rx\n"
      "  - f2: type=filter-dump,file=/dev/null,maxlen=65536,position=id=f1,"
      "status=on,insert=before,netdev=u,queue=all\n"
      "  - f1: " },
    { "-netdev user,id=u,hostfwd=udp::0-:22,hostfwd=tcp::0-:23", "u: " },
};

static void test_networks(void)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(networks); i++) {
        QTest *t = qtest_start("%s", networks[i].options);
        g_autofree char *info = qtest_hmp(t, "info network");

        if (*networks[i].info ? !strstr(info, networks[i].info) : *info) {
            g_test_message("%s: %s", networks[i].options, info);
            g_test_fail();
        }
        qtest_quit(t);
    }
}

static const struct {
    const char *options, *warning;
} warnings[] = {
    { "-netdev user,id=a", "warning: netdev a has no peer" },
    { "-nodefaults -device virtio-net-pci",
      "warning: nic virtio-net-pci.0 has no peer" },
    { "-net user", "warning: hub 0 with no nics" },
    { "-net nic", "warning: hub 0 is not connected to host network" },
    { "-netdev hubport,id=p,hubid=1", "warning: hub port p has no peer" },
    { "-machine none -net nic",
      "was not created (not supported by this machine?)" },
};

static void test_warnings(void)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(warnings); i++) {
        g_autofree char *output = NULL;
        /* It ends after the warnings, as nothing comes in from there. */
        int status = qtest_run(&output, "-accel qtest -display none -S %s "
                               "-incoming nonsense:", warnings[i].options);

        if (status != 1 || !strstr(output, warnings[i].warning)) {
            g_test_message("%s: %s", warnings[i].options, output);
            g_test_fail();
        }
    }
}

/*** Commands ***/

static void expect(QTest *t, const char *line, const char *output)
{
    g_autofree char *got = qtest_hmp(t, "%s", line);

    if (*output ? !strstr(got, output) : *got) {
        g_test_message("%s: %s", line, got);
        g_test_fail();
    }
}

static void test_commands(void)
{
    QTest *t = qtest_start("-nodefaults");
    g_autofree char *text = NULL;

    expect(t, "netdev_add help", "Available netdev backend types:");
    expect(t, "netdev_add user", "Parameter 'id' is missing");
    expect(t, "netdev_add user,id=n9,restrict=on", "");
    expect(t, "netdev_add user,id=n9", "Duplicate ID 'n9'");
    expect(t, "info network", "n9: index=0,type=user");
    expect(t, "info usernet", "Protocol[State]");
    expect(t, "hostfwd_add zz tcp::0-:22", "zz");
    expect(t, "hostfwd_add nonsense", "nonsense");
    expect(t, "hostfwd_remove tcp::1", "not found");
    expect(t, "set_link n9 off", "");
    expect(t, "set_link zz on", "Device 'zz' not found");
    expect(t, "announce_self", "");
    expect(t, "device_add virtio-net-pci,netdev=n9,id=late", "");
    expect(t, "netdev_del late", "Device 'late' not found");
    expect(t, "netdev_del n9", "");
    expect(t, "netdev_del n9", "Device 'n9' not found");
    json_decref(qtest_qmp(t, "netdev_add", json_pack(
        "{s:s, s:s, s:[{s:s}]}", "type", "user", "id", "q", "hostfwd", "str",
        "tcp:127.0.0.1:0-:22")));
    /* A filter goes with what it watches. */
    expect(t, "netdev_add user,id=w", "");
    expect(t, "object_add filter-dump,id=f,netdev=w,file=/dev/null", "");
    expect(t, "info network", "  - f: type=filter-dump");
    expect(t, "netdev_del w", "");
    expect(t, "object_del f", "object 'f' not found");
    text = qtest_qmp_error(t, "query-rx-filter", json_pack("{s:s}", "name",
                                                           "q"),
                           "GenericError");
    g_assert_cmpstr(text, ==, "net client(q) isn't a NIC");
    qtest_quit(t);
}

/* A card leaves as the guest lets it go; its back end before it, or after. */
static void eject(QTest *t, unsigned slot)
{
    qtest_out(t, 0xae10, 0, 4);
    qtest_out(t, 0xae08, 1u << slot, 4);
    json_decref(qtest_wait_event(t, "DEVICE_DELETED"));
}

static void test_unplug(void)
{
    static const char *const cards[] = { "virtio-net-pci", "e1000e" };
    QTest *t = qtest_start("-machine pc -nodefaults");

    for (unsigned i = 0; i < 4; i++) {
        g_autofree char *add = g_strdup_printf(
            "device_add %s,netdev=n,id=card,addr=6,romfile=", cards[i / 2]);

        expect(t, "netdev_add hubport,id=n,hubid=2", "");
        expect(t, add, "");
        expect(t, "info network", "hub 2\n \\ n: card: index=0,type=nic");
        if (i % 2) {
            expect(t, "netdev_del n", "");
            expect(t, "set_link card on", "");
            expect(t, "info network", "card: index=0,type=nic");
        }
        expect(t, "device_del card", "");
        eject(t, 6);
        if (i % 2 == 0) {
            expect(t, "info network", "hub 2\n \\ n\n");
            expect(t, "netdev_del n", "");
        }
        expect(t, "info network", "");
    }
    qtest_quit(t);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/net-options/refused", test_refused);
    g_test_add_func("/net-options/help", test_help);
    g_test_add_func("/net-options/networks", test_networks);
    g_test_add_func("/net-options/warnings", test_warnings);
    g_test_add_func("/net-options/commands", test_commands);
    g_test_add_func("/net-options/unplug", test_unplug);
    return g_test_run();
}
