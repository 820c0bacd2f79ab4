/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * PCI Express registers: what device models name beyond the kernel's header
 * (PCI Express Base sections 7.5.3, 7.6.3 and 7.8.4).
 */
#ifndef QEMU_PCIE_REGS_H
#define QEMU_PCIE_REGS_H

#include <linux/pci_regs.h>

/* Sizes of the capability: version 1, and version 2 with its second set. */
#define PCI_EXP_VER1_SIZEOF 0x14
#define PCI_EXP_VER2_SIZEOF 0x3c

#define PCI_EXP_FLAGS_VER1 1
#define PCI_EXP_FLAGS_VER2 2
#define PCI_EXP_FLAGS_TYPE_SHIFT 4
#define PCI_EXP_FLAGS_IRQ_SHIFT 9

/* Encodings of Link Speed and Link Width fields. */
typedef enum PCIExpLinkSpeed {
    QEMU_PCI_EXP_LNK_2_5GT = PCI_EXP_LNKCAP_SLS_2_5GB,
    QEMU_PCI_EXP_LNK_5GT = PCI_EXP_LNKCAP_SLS_5_0GB,
    QEMU_PCI_EXP_LNK_8GT = PCI_EXP_LNKCAP_SLS_8_0GB,
    QEMU_PCI_EXP_LNK_16GT = PCI_EXP_LNKCAP_SLS_16_0GB,
} PCIExpLinkSpeed;

typedef enum PCIExpLinkWidth {
    QEMU_PCI_EXP_LNK_X1 = 1,
    QEMU_PCI_EXP_LNK_X2 = 2,
    QEMU_PCI_EXP_LNK_X4 = 4,
    QEMU_PCI_EXP_LNK_X8 = 8,
    QEMU_PCI_EXP_LNK_X12 = 12,
    QEMU_PCI_EXP_LNK_X16 = 16,
    QEMU_PCI_EXP_LNK_X32 = 32,
} PCIExpLinkWidth;

#define PCI_EXP_LNK_MLW_SHIFT 4
#define QEMU_PCI_EXP_LNKCAP_MLS(speed) (speed)
#define QEMU_PCI_EXP_LNKCAP_MLW(width) ((width) << PCI_EXP_LNK_MLW_SHIFT)
#define QEMU_PCI_EXP_LNKSTA_CLS(speed) (speed)
#define QEMU_PCI_EXP_LNKSTA_NLW(width) ((width) << PCI_EXP_LNK_MLW_SHIFT)

#define PCI_EXP_LNKCAP_ASPMS_SHIFT 10
#define PCI_EXP_LNKCAP_ASPMS_0S 1
#define PCI_EXP_LNKCAP_PN_SHIFT 24

#define PCI_EXP_SLTCAP_PSN_SHIFT 19

/* Power and attention indicators in Slot Control. */
#define PCI_EXP_SLTCTL_IND_RESERVED 0x0
#define PCI_EXP_SLTCTL_IND_ON 0x1
#define PCI_EXP_SLTCTL_IND_BLINK 0x2
#define PCI_EXP_SLTCTL_IND_OFF 0x3

/* What Slot Control of a hot-plug slot lets software write. */
#define PCI_EXP_SLTCTL_SUPPORTED                            \
    (PCI_EXP_SLTCTL_ABPE | PCI_EXP_SLTCTL_PDCE |            \
     PCI_EXP_SLTCTL_CCIE | PCI_EXP_SLTCTL_HPIE |            \
     PCI_EXP_SLTCTL_AIC | PCI_EXP_SLTCTL_PCC |              \
     PCI_EXP_SLTCTL_EIC)

#define PCI_EXP_DEVCAP2_EFF 0x100000        /* Extended Fmt Field */
#define PCI_EXP_DEVCAP2_EETLPP 0x200000     /* End-End TLP Prefix */
#define PCI_EXP_DEVCTL2_EETLPPB 0x8000      /* ... blocking */

/* Headers of extended capabilities. */
#define PCI_EXT_CAP_VER_SHIFT 16
#define PCI_EXT_CAP_NEXT_SHIFT 20
#define PCI_EXT_CAP_NEXT_MASK (0xffc << PCI_EXT_CAP_NEXT_SHIFT)
#define PCI_EXT_CAP(id, ver, next)                                      \
    ((uint32_t)(id) | ((uint32_t)(ver) << PCI_EXT_CAP_VER_SHIFT) |      \
     ((uint32_t)(next) << PCI_EXT_CAP_NEXT_SHIFT))
#define PCI_EXT_CAP_ALIGN 4
#define PCI_EXT_CAP_ALIGNUP(x) \
    (((x) + PCI_EXT_CAP_ALIGN - 1) & ~(PCI_EXT_CAP_ALIGN - 1))

#define PCI_ARI_VER 1
#define PCI_ARI_SIZEOF 8

#define PCI_ACS_VER 1
#define PCI_ACS_SIZEOF 8

/* Advanced Error Reporting. */
#define PCI_ERR_VER 2
#define PCI_ERR_SIZEOF 0x48
#define PCI_ERR_CAP_FEP_MASK 0x0000001f
#define PCI_ERR_CAP_MHRC 0x00000200
#define PCI_ERR_CAP_MHRE 0x00000400
#define PCI_ERR_CAP_TLP 0x00000800
#define PCI_ERR_HEADER_LOG_SIZE 16
#define PCI_ERR_TLP_PREFIX_LOG 0x38
#define PCI_ERR_TLP_PREFIX_LOG_SIZE 16

/* Secondary Status of a bridge: SERR# (or an error message) came from below. */
#define PCI_SEC_STATUS_RCV_SYSTEM_ERROR 0x4000

/* Interrupt message number in Root Error Status. */
#define PCI_ERR_ROOT_IRQ 0xf8000000
#define PCI_ERR_ROOT_IRQ_SHIFT 27
#define PCI_ERR_ROOT_STATUS_REPORT_MASK                                 \
    (PCI_ERR_ROOT_COR_RCV | PCI_ERR_ROOT_MULTI_COR_RCV |                \
     PCI_ERR_ROOT_UNCOR_RCV | PCI_ERR_ROOT_MULTI_UNCOR_RCV |            \
     PCI_ERR_ROOT_FIRST_FATAL | PCI_ERR_ROOT_NONFATAL_RCV |             \
     PCI_ERR_ROOT_FATAL_RCV)
#define PCI_ERR_ROOT_CMD_EN_MASK                                        \
    (PCI_ERR_ROOT_CMD_COR_EN | PCI_ERR_ROOT_CMD_NONFATAL_EN |           \
     PCI_ERR_ROOT_CMD_FATAL_EN)

/* Uncorrectable errors that the kernel's header lacks or names otherwise. */
#define PCI_ERR_UNC_SDN PCI_ERR_UNC_SURPDN
#define PCI_ERR_UNC_UNSUPP PCI_ERR_UNC_UNSUP

#define PCI_ERR_UNC_SUPPORTED                                           \
    (PCI_ERR_UNC_DLP | PCI_ERR_UNC_SDN | PCI_ERR_UNC_POISON_TLP |       \
     PCI_ERR_UNC_FCP | PCI_ERR_UNC_COMP_TIME |                          \
     PCI_ERR_UNC_COMP_ABORT | PCI_ERR_UNC_UNX_COMP |                    \
     PCI_ERR_UNC_RX_OVER | PCI_ERR_UNC_MALF_TLP | PCI_ERR_UNC_ECRC |    \
     PCI_ERR_UNC_UNSUPP | PCI_ERR_UNC_ACSV | PCI_ERR_UNC_INTN |         \
     PCI_ERR_UNC_MCBTLP | PCI_ERR_UNC_ATOMEG | PCI_ERR_UNC_TLPPRE)
#define PCI_ERR_UNC_SEVERITY_DEFAULT                                    \
    (PCI_ERR_UNC_DLP | PCI_ERR_UNC_SDN | PCI_ERR_UNC_FCP |              \
     PCI_ERR_UNC_RX_OVER | PCI_ERR_UNC_MALF_TLP | PCI_ERR_UNC_INTN)

#define PCI_ERR_COR_HL_OVERFLOW 0x00008000
#define PCI_ERR_COR_SUPPORTED                                           \
    (PCI_ERR_COR_RCVR | PCI_ERR_COR_BAD_TLP | PCI_ERR_COR_BAD_DLLP |    \
     PCI_ERR_COR_REP_ROLL | PCI_ERR_COR_REP_TIMER |                     \
     PCI_ERR_COR_ADV_NFAT | PCI_ERR_COR_INTERNAL |                      \
     PCI_ERR_COR_HL_OVERFLOW)
#define PCI_ERR_COR_MASK_DEFAULT                                        \
    (PCI_ERR_COR_ADV_NFAT | PCI_ERR_COR_INTERNAL |                      \
     PCI_ERR_COR_HL_OVERFLOW)

#endif /* QEMU_PCIE_REGS_H */
