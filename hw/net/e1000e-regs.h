/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Registers, descriptors and NVM layout of the Intel 82574L: offsets and bits
 * as chapter 10 ("Programming Interface") and sections 7.1 and 7.2 of its
 * data sheet name them.
 */
#ifndef HW_NET_E1000E_REGS_H
#define HW_NET_E1000E_REGS_H

/* Byte offsets in the register space. */
enum {
    R_CTRL = 0x0000, R_CTRL_ALIAS = 0x0004, R_STATUS = 0x0008,
    R_EECD = 0x0010, R_EERD = 0x0014, R_CTRL_EXT = 0x0018, R_FLA = 0x001c,
    R_MDIC = 0x0020, R_FCAL = 0x0028, R_FCAH = 0x002c, R_FCT = 0x0030,
    R_VET = 0x0038,
    R_ICR = 0x00c0, R_ITR = 0x00c4, R_ICS = 0x00c8, R_IMS = 0x00d0,
    R_IMC = 0x00d8, R_EIAC = 0x00dc, R_IAM = 0x00e0, R_IVAR = 0x00e4,
    R_EITR = 0x00e8,
    R_RCTL = 0x0100, R_FCTTV = 0x0170, R_TCTL = 0x0400, R_TIPG = 0x0410,
    R_AIT = 0x0458,
    R_LEDCTL = 0x0e00, R_EXTCNF_CTRL = 0x0f00, R_EXTCNF_SIZE = 0x0f08,
    R_POEMB = 0x0f10, R_PBA = 0x1000, R_PBS = 0x1008, R_EEMNGCTL = 0x1010,
    R_EEMNGDATA = 0x1014, R_FLMNGCTL = 0x1018, R_FLMNGDATA = 0x101c,
    R_FLMNGCNT = 0x1020, R_FLASHT = 0x1028, R_EEWR = 0x102c,
    R_FLSWCTL = 0x1030, R_FLSWDATA = 0x1034, R_FLSWCNT = 0x1038,
    R_FLOP = 0x103c, R_FLOL = 0x1050,
    R_ERT = 0x2008, R_FCRTL = 0x2160, R_FCRTH = 0x2168, R_PSRCTL = 0x2170,
    R_RDFH = 0x2410, R_RDFT = 0x2418, R_RDFHS = 0x2420, R_RDFTS = 0x2428,
    R_RDFPC = 0x2430,
    /* Receive and transmit rings: the second is 0x100 behind the first. */
    R_RDBAL = 0x2800, R_RDBAH = 0x2804, R_RDLEN = 0x2808, R_RDH = 0x2810,
    R_RDT = 0x2818, R_RDTR = 0x2820, R_RXDCTL = 0x2828, R_RADV = 0x282c,
    R_RSRPD = 0x2c00, R_RAID = 0x2c08,
    R_TDFH = 0x3410, R_TDFT = 0x3418, R_TDFHS = 0x3420, R_TDFTS = 0x3428,
    R_TDFPC = 0x3430,
    R_TDBAL = 0x3800, R_TDBAH = 0x3804, R_TDLEN = 0x3808, R_TDH = 0x3810,
    R_TDT = 0x3818, R_TIDV = 0x3820, R_TXDCTL = 0x3828, R_TADV = 0x382c,
    R_TARC = 0x3840,
    RING_STRIDE = 0x100,
    /* Statistics. */
    R_CRCERRS = 0x4000, R_ALGNERRC = 0x4004, R_RXERRC = 0x400c,
    R_MPC = 0x4010, R_SCC = 0x4014, R_ECOL = 0x4018, R_MCC = 0x401c,
    R_LATECOL = 0x4020, R_COLC = 0x4028, R_DC = 0x4030, R_TNCRS = 0x4034,
    R_CEXTERR = 0x403c, R_RLEC = 0x4040, R_XONRXC = 0x4048,
    R_XONTXC = 0x404c, R_XOFFRXC = 0x4050, R_XOFFTXC = 0x4054,
    R_FCRUC = 0x4058, R_PRC64 = 0x405c, R_PRC1522 = 0x4070, R_GPRC = 0x4074,
    R_BPRC = 0x4078, R_MPRC = 0x407c, R_GPTC = 0x4080, R_GORCL = 0x4088,
    R_GORCH = 0x408c, R_GOTCL = 0x4090, R_GOTCH = 0x4094, R_RNBC = 0x40a0,
    R_RUC = 0x40a4, R_RFC = 0x40a8, R_ROC = 0x40ac, R_RJC = 0x40b0,
    R_MNGPRC = 0x40b4, R_MNGPDC = 0x40b8, R_MNGPTC = 0x40bc,
    R_TORL = 0x40c0, R_TORH = 0x40c4, R_TOTL = 0x40c8, R_TOTH = 0x40cc,
    R_TPR = 0x40d0, R_TPT = 0x40d4, R_PTC64 = 0x40d8, R_PTC1522 = 0x40ec,
    R_MPTC = 0x40f0, R_BPTC = 0x40f4, R_TSCTC = 0x40f8, R_TSCTFC = 0x40fc,
    R_IAC = 0x4100, R_ICRXPTC = 0x4104, R_ICRXATC = 0x4108,
    R_ICTXPTC = 0x410c, R_ICTXATC = 0x4110, R_ICTXQEC = 0x4118,
    R_ICTXQMTC = 0x411c, R_ICRXDMTC = 0x4120, R_ICRXOC = 0x4124,
    R_RXCSUM = 0x5000, R_RFCTL = 0x5008, R_MAVTV = 0x5010,
    R_MTA = 0x5200, R_RAL = 0x5400, R_RAH = 0x5404, R_VFTA = 0x5600,
    R_WUC = 0x5800, R_WUFC = 0x5808, R_WUS = 0x5810, R_MRQC = 0x5818,
    R_MANC = 0x5820, R_MFVAL = 0x5824, R_MFUTP01 = 0x5828, R_MFUTP23 = 0x5830,
    R_IPAV = 0x5838, R_IP4AT = 0x5840, R_MANC2H = 0x5860, R_IP6AT = 0x5880,
    R_MDEF = 0x5890, R_WUPL = 0x5900, R_WUPM = 0x5a00,
    R_GCR = 0x5b00, R_FUNCTAG = 0x5b08, R_GSCL = 0x5b10, R_FACTPS = 0x5b30,
    R_SWSM = 0x5b50, R_GCR2 = 0x5b64, R_PBACLR = 0x5b68,
    R_RETA = 0x5c00, R_RSSRK = 0x5c80, R_FFLT = 0x5f00, R_FCRTV = 0x5f40,
    R_FFMT = 0x9000, R_FTFT = 0x9400, R_FFVT = 0x9800,
    R_SYSTIM = 0xb600, R_RXCFGL = 0xb634, R_RXUDP = 0xb638,
    R_PBM = 0x10000,
    REG_SPACE = 0x20000,
};

/* CTRL */
#define CTRL_FD (1u << 0)
#define CTRL_GIO_MASTER_DISABLE (1u << 2)
#define CTRL_SPEED_SHIFT 8
#define CTRL_FRCSPD (1u << 11)
#define CTRL_FRCDPLX (1u << 12)
#define CTRL_RST (1u << 26)
#define CTRL_RFCE (1u << 27)
#define CTRL_TFCE (1u << 28)
#define CTRL_VME (1u << 30)
#define CTRL_PHY_RST (1u << 31)

/* CTRL_EXT */
#define CTRL_EXT_ASDCHK (1u << 12)
#define CTRL_EXT_EE_RST (1u << 13)
#define CTRL_EXT_EIAME (1u << 24)
#define CTRL_EXT_IAME (1u << 27)
#define CTRL_EXT_PBA_SUPPORT (1u << 31)

/* STATUS */
#define STATUS_FD (1u << 0)
#define STATUS_LU (1u << 1)
#define STATUS_SPEED_SHIFT 6
#define STATUS_ASDV_1000 (2u << 8)
#define STATUS_PHYRA (1u << 10)
#define STATUS_GIO_MASTER (1u << 19)

/* EECD, EERD, EEWR */
#define EECD_SK (1u << 0)
#define EECD_CS (1u << 1)
#define EECD_DI (1u << 2)
#define EECD_DO (1u << 3)
#define EECD_REQ (1u << 6)
#define EECD_GNT (1u << 7)
#define EECD_PRESENT (1u << 8)
#define EECD_AUTO_RD (1u << 9)
#define NVM_RW_START (1u << 0)
#define NVM_RW_DONE (1u << 1)
#define NVM_RW_ADDR_SHIFT 2
#define NVM_RW_ADDR_MASK 0xfffcu
#define NVM_RW_DATA_SHIFT 16

/* MDIC */
#define MDIC_DATA 0xffffu
#define MDIC_REG_SHIFT 16
#define MDIC_PHY_SHIFT 21
#define MDIC_OP_WRITE (1u << 26)
#define MDIC_OP_READ (1u << 27)
#define MDIC_READY (1u << 28)
#define MDIC_INT (1u << 29)
#define MDIC_ERROR (1u << 30)

/* Interrupt causes: ICR, ICS, IMS, IMC, IAM, EIAC. */
#define INT_TXDW (1u << 0)
#define INT_TXQE (1u << 1)
#define INT_LSC (1u << 2)
#define INT_RXDMT0 (1u << 4)
#define INT_RXO (1u << 6)
#define INT_RXT0 (1u << 7)
#define INT_MDAC (1u << 9)
#define INT_TXD_LOW (1u << 15)
#define INT_SRPD (1u << 16)
#define INT_ACK (1u << 17)
#define INT_MNG (1u << 18)
#define INT_RXQ(q) (1u << (20 + (q)))
#define INT_TXQ(q) (1u << (22 + (q)))
#define INT_OTHER (1u << 24)
#define INT_ASSERTED (1u << 31)
/* What MSI-X lumps together as OTHER. */
#define INT_OTHER_CAUSES (INT_LSC | INT_RXO | INT_MDAC | INT_SRPD | INT_ACK | \
                          INT_MNG)
#define INT_MASKABLE (INT_TXDW | INT_TXQE | INT_LSC | INT_RXDMT0 | INT_RXO | \
                      INT_RXT0 | INT_MDAC | INT_TXD_LOW | INT_SRPD | \
                      INT_ACK | INT_MNG | INT_RXQ(0) | INT_RXQ(1) | \
                      INT_TXQ(0) | INT_TXQ(1) | INT_OTHER)

/* IVAR: a field for each of RxQ0, RxQ1, TxQ0, TxQ1, Other. */
#define IVAR_FIELDS 5
#define IVAR_VALID 8
#define IVAR_TX_EVERY_WB (1u << 31)

/* RCTL */
#define RCTL_EN (1u << 1)
#define RCTL_SBP (1u << 2)
#define RCTL_UPE (1u << 3)
#define RCTL_MPE (1u << 4)
#define RCTL_LPE (1u << 5)
#define RCTL_LBM_SHIFT 6
#define RCTL_LBM_MAC 1
#define RCTL_RDMTS_SHIFT 8
#define RCTL_DTYP_SHIFT 10
#define RCTL_DTYP_SPLIT 1
#define RCTL_MO_SHIFT 12
#define RCTL_BAM (1u << 15)
#define RCTL_BSIZE_SHIFT 16
#define RCTL_VFE (1u << 18)
#define RCTL_CFIEN (1u << 19)
#define RCTL_CFI (1u << 20)
#define RCTL_BSEX (1u << 25)
#define RCTL_SECRC (1u << 26)
#define RCTL_FLXBUF_SHIFT 27

/* RXCSUM, RFCTL, MRQC */
#define RXCSUM_PCSS 0xffu
#define RXCSUM_IPOFLD (1u << 8)
#define RXCSUM_TUOFLD (1u << 9)
#define RXCSUM_IPPCSE (1u << 12)
#define RXCSUM_PCSD (1u << 13)
#define RFCTL_IPV6_DIS (1u << 10)
#define RFCTL_IPV6_XSUM_DIS (1u << 11)
#define RFCTL_ACKDIS (1u << 12)
#define RFCTL_ACKD_DIS (1u << 13)
#define RFCTL_EXSTEN (1u << 15)
#define RFCTL_IPV6_EX_DIS (1u << 16)
#define RFCTL_NEW_IPV6_EXT_DIS (1u << 17)
#define MRQC_ENABLE_MASK 3u
#define MRQC_ENABLE_RSS 1u
#define MRQC_TCPIPV4 (1u << 16)
#define MRQC_IPV4 (1u << 17)
#define MRQC_TCPIPV6 (1u << 18)
#define MRQC_IPV6EX (1u << 19)
#define MRQC_IPV6 (1u << 20)

/* TCTL, TXDCTL, TARC */
#define TCTL_EN (1u << 1)
#define TCTL_PSP (1u << 3)
#define TXDCTL_GRAN (1u << 24)
#define TXDCTL_LWTHRESH_SHIFT 25
#define TARC_ENABLE (1u << 10)

/* RDTR and TIDV: flush what is delayed. */
#define DELAY_FPD (1u << 31)

/* RAH, VFTA, WUC ... */
#define RAH_AV (1u << 31)
#define RAH_AS_SHIFT 16
#define GCR_FIXED 0x06800000u       /* always read as ones */
#define SWSM_SMBI (1u << 0)

/* Receive status, as in the extended write-back (7.1.5). */
#define RXS_DD (1u << 0)
#define RXS_EOP (1u << 1)
#define RXS_IXSM (1u << 2)
#define RXS_VP (1u << 3)
#define RXS_UDPCS (1u << 4)
#define RXS_TCPCS (1u << 5)
#define RXS_IPCS (1u << 6)
#define RXS_PIF (1u << 7)
#define RXS_IPIDV (1u << 9)
#define RXS_UDPV (1u << 10)
#define RXS_ACK (1u << 15)
#define RXS_TYPE(t) ((uint32_t)(t) << 16)
#define RXE_CE (1u << 24)
#define RXE_TCPE (1u << 29)
#define RXE_IPE (1u << 30)
#define RXE_RXE (1u << 31)
#define RXH_HDRSP (1u << 15)

/* Transmit descriptors (7.2.10, 7.2.11). */
#define TXD_CMD_EOP (1u << 24)
#define TXD_CMD_IFCS (1u << 25)
#define TXD_CMD_IC (1u << 26)       /* legacy */
#define TXD_CMD_TSE (1u << 26)      /* extended */
#define TXD_CMD_RS (1u << 27)
#define TXD_CMD_RPS (1u << 28)
#define TXD_CMD_DEXT (1u << 29)
#define TXD_CMD_VLE (1u << 30)
#define TXD_CMD_IDE (1u << 31)
#define TXD_DTYP_SHIFT 20
#define TXD_DTYP_CONTEXT 0
#define TXD_DTYP_DATA 1
#define TXD_TUCMD_TCP (1u << 24)
#define TXD_TUCMD_IP (1u << 25)
#define TXD_STA_DD (1u << 0)
#define TXD_POPTS_SHIFT 8
#define TXD_POPTS_IXSM 1u
#define TXD_POPTS_TXSM 2u

/* PHY registers (9.x); page 0 unless said. */
enum {
    PHY_CTRL = 0, PHY_STATUS = 1, PHY_ID1 = 2, PHY_ID2 = 3, PHY_ANA = 4,
    PHY_LPA = 5, PHY_ANE = 6, PHY_NPT = 7, PHY_LPN = 8, PHY_1000_CTRL = 9,
    PHY_1000_STATUS = 10, PHY_EXT_STATUS = 15, PHY_COPPER_CTRL1 = 16,
    PHY_COPPER_STATUS1 = 17, PHY_COPPER_INT = 18, PHY_COPPER_INTST = 19,
    PHY_COPPER_CTRL3 = 20, PHY_RX_ERRORS = 21, PHY_PAGE = 22,
    PHY_OEM_BITS = 25, PHY_BIAS_1 = 29, PHY_BIAS_2 = 30,
    PHY_REGS = 32, PHY_PAGES = 7,
};
#define PHY_CTRL_SPEED_MSB (1u << 6)
#define PHY_CTRL_RESTART_AN (1u << 9)
#define PHY_CTRL_POWER_DOWN (1u << 11)
#define PHY_CTRL_AN_ENABLE (1u << 12)
#define PHY_CTRL_LOOPBACK (1u << 14)
#define PHY_CTRL_RESET (1u << 15)
#define PHY_STATUS_LINK (1u << 2)
#define PHY_STATUS_AN_DONE (1u << 5)
#define PHY_ANA_PAUSE (1u << 10)
#define PHY_ANA_ASYM (1u << 11)
#define PHY_COPPER_LINK (1u << 10)
#define PHY_OEM_RESTART_AN (1u << 10)
#define PHY_PAGE_MASK 0x7fu

/* NVM words. */
#define NVM_WORDS 64
#define NVM_SUBSYS_ID 0x0b
#define NVM_SUBSYS_VENDOR 0x0c
#define NVM_CHECKSUM 0x3f
#define NVM_SUM 0xbaba

#endif /* HW_NET_E1000E_REGS_H */
