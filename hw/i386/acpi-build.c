/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A PC's ACPI tables, as firmware gets them through fw_cfg.
 *
 * Some of what they tell is the firmware's own doing: where it put the ports
 * of power management and the configuration window.  So they are built when
 * the guest selects one of the files for the first time after a reset, and
 * once before, for their sizes, when it first looks at the directory.  Most
 * machines under test never do, and start the sooner for it.
 *
 * The files are in regions that migrate, whose sizes change in big steps
 * only, so that two builds of one machine agree.
 */
#include "qemu/osdep.h"
#include "acpi-internal.h"
#include "exec/memory.h"
#include "hw/acpi/acpi.h"
#include "hw/acpi/acpi-user.h"
#include "hw/acpi/pcihp.h"
#include "hw/acpi/piix4.h"
#include "hw/i386/acpi-build.h"
#include "hw/loader.h"
#include "hw/pci-host/q35.h"
#include "hw/pci/pcie_host.h"
#include "hw/southbridge/ich9.h"
#include "migration/vmstate.h"
#include "qapi/error.h"
#include "qemu/error-report.h"
#include "qemu/units.h"
#include "sysemu/reset.h"

#define TABLES_STEP (128 * KiB)
#define TABLES_MAX (2 * MiB)
#define LOADER_STEP (4 * KiB)
#define LOADER_MAX (64 * KiB)
#define RSDP_SIZE 20
#define RSDP_MAX (4 * KiB)

typedef struct AcpiBuildState {
    PCMachineState *pcms;
    MemoryRegion *tables, *rsdp, *loader;
    uint8_t patched;            /* the guest has seen what is there */
    bool sized;                 /* the files have been built once */
} AcpiBuildState;

/*** What there is to tell ***/

static uint64_t get(Object *obj, const char *name)
{
    return object_property_find(obj, name)
           ? object_property_get_uint(obj, name, &error_abort) : 0;
}

static bool get_bool(Object *obj, const char *name)
{
    return object_property_find(obj, name) &&
           object_property_get_bool(obj, name, &error_abort);
}

static void look_at_pm(AcpiMachine *m, Object *pm)
{
    m->q35 = object_dynamic_cast(pm, TYPE_ICH9_LPC_DEVICE);
    acpi_pcihp_number_buses(m->q35
                            ? &ICH9_LPC_DEVICE(pm)->pm.acpi_pci_hotplug
                            : &PIIX4_PM(pm)->acpi_pci_hotplug);
    m->sci_int = get(pm, ACPI_PM_PROP_SCI_INT);
    m->enable_cmd = get(pm, ACPI_PM_PROP_ACPI_ENABLE_CMD);
    m->disable_cmd = get(pm, ACPI_PM_PROP_ACPI_DISABLE_CMD);
    m->pm_base = get(pm, ACPI_PM_PROP_PM_IO_BASE);
    m->gpe0 = get(pm, ACPI_PM_PROP_GPE0_BLK);
    m->gpe0_len = get(pm, ACPI_PM_PROP_GPE0_BLK_LEN);
    m->s3_disabled = get(pm, ACPI_PM_PROP_S3_DISABLED);
    m->s4_disabled = get(pm, ACPI_PM_PROP_S4_DISABLED);
    m->s4_val = get(pm, ACPI_PM_PROP_S4_VAL);
    m->pcihp_base = get(pm, ACPI_PCIHP_IO_BASE_PROP);
    m->pcihp_len = get(pm, ACPI_PCIHP_IO_LEN_PROP);
    m->pcihp_bridges = m->pcihp_base &&
                       get_bool(pm, ACPI_PM_PROP_ACPI_PCIHP_BRIDGE);
}

static void look_at_host(AcpiMachine *m, Object *host)
{
    m->hole_start = get(host, PCI_HOST_PROP_PCI_HOLE_START);
    m->hole_end = get(host, PCI_HOST_PROP_PCI_HOLE_END);
    m->hole64_start = get(host, PCI_HOST_PROP_PCI_HOLE64_START);
    m->hole64_end = get(host, PCI_HOST_PROP_PCI_HOLE64_END);
    m->ecam_base = get(host, PCIE_HOST_MCFG_BASE);
    m->ecam_size = get(host, PCIE_HOST_MCFG_SIZE);
    /* Off until firmware places it. */
    if (m->ecam_base == PCIE_BASE_ADDR_UNMAPPED) {
        m->ecam_size = 0;
    }
}

/*** Building ***/

static void add_user_table(const void *data, size_t len, void *opaque)
{
    acpi_table_add_user(opaque, data, len);
}

static AcpiTables *build(PCMachineState *pcms)
{
    X86MachineState *x86ms = X86_MACHINE(pcms);
    AcpiTables *t = acpi_tables_new(x86ms->oem_id, x86ms->oem_table_id);
    AcpiMachine m = { .pcms = pcms };
    unsigned facs, dsdt;

    look_at_pm(&m, OBJECT(pcms->acpi_dev));
    look_at_host(&m, OBJECT(BUS(pcms->bus)->parent));

    facs = acpi_build_facs(t);
    dsdt = acpi_build_dsdt(t, &m);
    /* Systems that look for a licence compare these with its table's. */
    acpi_user_tables_adopt_oem(t);
    acpi_build_fadt(t, &m, facs, dsdt);
    acpi_build_madt(t, &m);
    acpi_build_hpet(t, &m);
    acpi_build_srat(t, &m);
    acpi_build_slit(t, &m);
    acpi_build_mcfg(t, &m);
    acpi_build_waet(t);
    acpi_user_tables_foreach(add_user_table, t);
    acpi_tables_finish(t);

    g_array_set_size(t->blob, ROUND_UP(t->blob->len, TABLES_STEP));
    g_array_set_size(t->linker->cmd_blob,
                     ROUND_UP(t->linker->cmd_blob->len, LOADER_STEP));
    return t;
}

static void update_region(MemoryRegion *mr, const GArray *blob)
{
    Error *err = NULL;

    memory_region_ram_resize(mr, blob->len, &err);
    if (err) {
        warn_report_err(err);
        return;
    }
    memcpy(memory_region_get_ram_ptr(mr), blob->data, blob->len);
    memory_region_set_dirty(mr, 0, blob->len);
}

static void build_files(AcpiBuildState *s)
{
    AcpiTables *t = build(s->pcms);

    s->sized = true;
    update_region(s->tables, t->blob);
    update_region(s->rsdp, t->rsdp);
    update_region(s->loader, t->linker->cmd_blob);
    acpi_tables_free(t);
}

static void file_selected(void *opaque)
{
    AcpiBuildState *s = opaque;

    if (!s->patched) {
        s->patched = 1;
        build_files(s);
    }
}

static void directory_selected(void *opaque)
{
    AcpiBuildState *s = opaque;

    /* What a guest has seen, here or before it moved here, stays. */
    if (!s->sized && !s->patched) {
        build_files(s);
    }
}

static void reset(void *opaque)
{
    AcpiBuildState *s = opaque;

    s->patched = 0;
}

static const VMStateDescription vmstate_acpi_build = {
    .name = "acpi_build",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (VMStateField[]) {
        VMSTATE_UINT8(patched, AcpiBuildState),
        VMSTATE_END_OF_LIST()
    },
};

/* Of a size that nearly all machines' tables have. */
static MemoryRegion *add_file(AcpiBuildState *s, const char *name,
                              size_t size, size_t max)
{
    return rom_add_blob(name, NULL, size, max, -1, name, file_selected, s,
                        NULL, true);
}

static void add_size(const void *data, size_t len, void *opaque)
{
    *(size_t *)opaque += len;
}

/* Whoever gave too much is told at once. */
static void check_user_tables(void)
{
    size_t size = 0;

    acpi_user_tables_foreach(add_size, &size);
    if (size > TABLES_MAX / 2) {
        error_report("the tables of -acpitable have %zu bytes, more than the "
                     "%u that there is room for", size,
                     (unsigned)TABLES_MAX / 2);
        exit(1);
    }
}

void acpi_setup(PCMachineState *pcms)
{
    X86MachineState *x86ms = X86_MACHINE(pcms);
    AcpiBuildState *s;

    if (!x86ms->fw_cfg || !pcms->acpi_dev ||
        !x86_machine_is_acpi_enabled(x86ms)) {
        return;
    }
    s = g_new0(AcpiBuildState, 1);
    s->pcms = pcms;
    s->tables = add_file(s, ACPI_BUILD_TABLE_FILE, TABLES_STEP, TABLES_MAX);
    s->loader = add_file(s, ACPI_BUILD_LOADER_FILE, LOADER_STEP, LOADER_MAX);
    s->rsdp = add_file(s, ACPI_BUILD_RSDP_FILE, RSDP_SIZE, RSDP_MAX);
    fw_cfg_set_directory_callback(x86ms->fw_cfg, directory_selected, s);
    check_user_tables();
    /* No TPM has measured anything. */
    fw_cfg_add_file(x86ms->fw_cfg, "etc/tpm/log", NULL, 0);
    qemu_register_reset(reset, s);
    vmstate_register(NULL, 0, &vmstate_acpi_build, s);
}
