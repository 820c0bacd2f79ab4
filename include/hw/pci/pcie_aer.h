/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Advanced Error Reporting: PCI Express Base sections 6.2 and 7.8.4.
 */
#ifndef QEMU_PCIE_AER_H
#define QEMU_PCIE_AER_H

#include "exec/hwaddr.h"
#include "hw/pci/pci_regs.h"

/* Errors that are logged while the first error waits for software. */
struct PCIEAERLog {
    uint16_t log_num;           /* entries in use */

#define PCIE_AER_LOG_MAX_DEFAULT 8
#define PCIE_AER_LOG_MAX_LIMIT 128
    uint16_t log_max;           /* room; property aer_log_max */

    PCIEAERErr *log;            /* oldest first */
};

/* An error message on its way to the root complex. */
struct PCIEAERMsg {
    /* PCI_ERR_ROOT_CMD_{COR,NONFATAL,FATAL}_EN tells the kind. */
    uint32_t severity;
    uint16_t source_id;         /* bus, device, function */
};

struct PCIEAERErr {
    uint32_t status;            /* exactly one PCI_ERR_{COR,UNC}_ bit */
    uint16_t source_id;

#define PCIE_AER_ERR_IS_CORRECTABLE 0x1
#define PCIE_AER_ERR_MAYBE_ADVISORY 0x2
#define PCIE_AER_ERR_HEADER_VALID 0x4
#define PCIE_AER_ERR_TLP_PREFIX_PRESENT 0x8
    uint16_t flags;

    uint32_t header[4];         /* of the TLP, as logged */
    uint32_t prefix[4];
};

static inline bool pcie_aer_msg_is_uncor(const PCIEAERMsg *msg)
{
    return msg->severity == PCI_ERR_ROOT_CMD_NONFATAL_EN ||
           msg->severity == PCI_ERR_ROOT_CMD_FATAL_EN;
}

extern const VMStateDescription vmstate_pcie_aer_log;

/* Adds the extended capability; 0 or -EINVAL. */
int pcie_aer_init(PCIDevice *dev, uint8_t cap_ver, uint16_t offset,
                  uint16_t size, Error **errp);
void pcie_aer_exit(PCIDevice *dev);
/* After the bytes are in dev->config. */
void pcie_aer_write_config(PCIDevice *dev, uint32_t addr, uint32_t val,
                           int len);

/* The registers that root ports and event collectors have in addition. */
void pcie_aer_root_init(PCIDevice *dev);
void pcie_aer_root_reset(PCIDevice *dev);
void pcie_aer_root_write_config(PCIDevice *dev, uint32_t addr, uint32_t val,
                                int len, uint32_t root_cmd_prev);
/* The MSI or MSI-X vector that announces errors. */
void pcie_aer_root_set_vector(PCIDevice *dev, unsigned int vector);

/*
 * The function detects @err: status, logs and messages follow as 6.2 says.
 * 0; -ENOSYS for a function that is not PCI Express or has no AER while the
 * error needs it; -EINVAL where @err names no single known error.
 */
int pcie_aer_inject_error(PCIDevice *dev, const PCIEAERErr *err);

/* Passes a message up from @dev, which need not be where it arose. */
void pcie_aer_msg(PCIDevice *dev, const PCIEAERMsg *msg);

#endif /* QEMU_PCIE_AER_H */
