/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * System management interrupts of the ICH9: Intel data sheet 316972, section
 * 13.8.1 (APM ports), 13.8.3.8 and 13.8.3.9 (SMI_EN, SMI_STS).
 *
 * By default only the processor that wrote the port gets the SMI.  Firmware
 * negotiates more by three fw_cfg files: what there is, what it wants, and
 * one whose first byte says after being selected whether it gets that.
 */
#include "qemu/osdep.h"
#include "hw/core/cpu.h"
#include "hw/intc/apic.h"
#include "hw/nvram/fw_cfg.h"
#include "hw/southbridge/ich9.h"
#include "qemu/bswap.h"
#include "qemu/log.h"

/*** Raising them ***/

static bool broadcast(const ICH9LPCState *lpc)
{
    return lpc->smi_negotiated_features >> ICH9_LPC_SMI_F_BROADCAST_BIT & 1;
}

void ich9_generate_smi(ICH9LPCState *lpc)
{
    CPUState *cpu;

    if (broadcast(lpc)) {
        CPU_FOREACH(cpu) {
            cpu_interrupt(cpu, APIC_CPU_SMI);
        }
    } else if (current_cpu || first_cpu) {
        cpu_interrupt(current_cpu ? current_cpu : first_cpu, APIC_CPU_SMI);
    }
}

static void apm_ctrl_changed(uint32_t val, void *arg)
{
    ICH9LPCState *lpc = arg;

    /* What an SMI handler would do about it. */
    acpi_pm1_cnt_update(&lpc->pm.acpi_regs, val == ICH9_APM_ACPI_ENABLE,
                        val == ICH9_APM_ACPI_DISABLE);
    lpc->pm.smi_sts |= ICH9_PMIO_SMI_EN_APMC_EN;
    if (lpc->pm.smi_en & ICH9_PMIO_SMI_EN_APMC_EN) {
        ich9_generate_smi(lpc);
    }
}

/*** Negotiation ***/

/* Hot-plug of processors needs broadcasts, and unplug needs plug. */
static bool acceptable(const ICH9LPCState *lpc, uint64_t features)
{
    const uint64_t all = 1 << ICH9_LPC_SMI_F_BROADCAST_BIT;
    const uint64_t plug = 1 << ICH9_LPC_SMI_F_CPU_HOTPLUG_BIT;
    const uint64_t unplug = 1 << ICH9_LPC_SMI_F_CPU_HOT_UNPLUG_BIT;

    return !(features & ~lpc->smi_host_features) &&
           (!(features & (plug | unplug)) || (features & all)) &&
           (!(features & unplug) || (features & plug));
}

/* Selecting the file is the request; accepted, it stands until reset. */
static void features_ok_selected(void *opaque)
{
    ICH9LPCState *lpc = opaque;
    uint64_t features = ldq_le_p(lpc->smi_guest_features_le);

    if (lpc->smi_features_ok) {
        return;
    }
    if (!acceptable(lpc, features)) {
        qemu_log_mask(LOG_GUEST_ERROR, "ICH9-LPC: SMI features 0x%" PRIx64
                      " do not go together, or are not there\n", features);
        return;
    }
    lpc->smi_negotiated_features = features;
    lpc->smi_features_ok = 1;
}

static void offer_features(ICH9LPCState *lpc, FWCfgState *fw_cfg)
{
    uint64_t host = cpu_to_le64(lpc->smi_host_features);

    fw_cfg_add_file(fw_cfg, "etc/smi/supported-features",
                    g_memdup2(&host, sizeof(host)), sizeof(host));
    fw_cfg_add_file_callback(fw_cfg, "etc/smi/requested-features", NULL, NULL,
                             NULL, lpc->smi_guest_features_le,
                             sizeof(lpc->smi_guest_features_le), false);
    fw_cfg_add_file_callback(fw_cfg, "etc/smi/features-ok",
                             features_ok_selected, NULL, lpc,
                             &lpc->smi_features_ok,
                             sizeof(lpc->smi_features_ok), true);
}

/*** Life ***/

void ich9_smi_init(ICH9LPCState *lpc)
{
    FWCfgState *fw_cfg = fw_cfg_find();

    apm_init(&lpc->d, &lpc->apm, apm_ctrl_changed, lpc);
    if (lpc->smi_host_features && fw_cfg) {
        offer_features(lpc, fw_cfg);
    }
}

void ich9_smi_reset(ICH9LPCState *lpc)
{
    memset(lpc->smi_guest_features_le, 0, sizeof(lpc->smi_guest_features_le));
    lpc->smi_features_ok = 0;
    lpc->smi_negotiated_features = 0;
}

static bool smi_feat_needed(void *opaque)
{
    ICH9LPCState *lpc = opaque;

    return ldq_le_p(lpc->smi_guest_features_le) || lpc->smi_features_ok;
}

const VMStateDescription vmstate_ich9_smi_feat = {
    .name = "ICH9LPC/smi_feat",
    .version_id = 1,
    .minimum_version_id = 1,
    .needed = smi_feat_needed,
    .fields = (VMStateField[]) {
        VMSTATE_UINT8_ARRAY(smi_guest_features_le, ICH9LPCState, 8),
        VMSTATE_UINT8(smi_features_ok, ICH9LPCState),
        VMSTATE_UINT64(smi_negotiated_features, ICH9LPCState),
        VMSTATE_END_OF_LIST()
    },
};
