/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ELF executables (System V ABI, chapters 4 and 5): little-endian files of
 * both classes.  Every offset and size in a file is checked before it is used.
 */
#include "qemu/osdep.h"
#include <elf.h>
#include "hw/loader.h"
#include "qapi/error.h"

/* The two classes differ in the width and order of fields: one form here. */
typedef struct Segment {
    uint32_t type;
    uint64_t offset;
    uint64_t paddr;
    uint64_t vaddr;
    uint64_t filesz;
    uint64_t memsz;
    uint64_t align;
} Segment;

typedef struct ElfFile {
    const uint8_t *data;
    size_t len;
    bool is64;
    uint16_t machine;
    uint32_t flags;
    uint64_t entry;
    uint64_t phoff;
    uint16_t phnum;
    uint16_t phentsize;
} ElfFile;

const char *load_elf_strerror(ssize_t error)
{
    static const char *const texts[] = {
        [-ELF_LOAD_FAILED] = "Failed to load ELF",
        [-ELF_LOAD_NOT_ELF] = "The image is not ELF",
        [-ELF_LOAD_WRONG_ARCH] =
            "The image is from incompatible architecture",
        [-ELF_LOAD_WRONG_ENDIAN] = "The image has incorrect endianness",
        [-ELF_LOAD_TOO_BIG] = "The image segments are too big to load",
    };

    if (error == 0) {
        return "No error";
    }
    return error < 0 && -error < ARRAY_SIZE(texts) ? texts[-error]
                                                   : "Unknown error";
}

#define TAKE_HEADER(elf, bits) do { \
    Elf##bits##_Ehdr h; \
    \
    if ((elf)->len < sizeof(h)) { \
        return ELF_LOAD_NOT_ELF; \
    } \
    memcpy(&h, (elf)->data, sizeof(h)); \
    (elf)->machine = h.e_machine; \
    (elf)->flags = h.e_flags; \
    (elf)->entry = h.e_entry; \
    (elf)->phoff = h.e_phoff; \
    (elf)->phnum = h.e_phnum; \
    (elf)->phentsize = h.e_phentsize; \
    if (h.e_phnum && h.e_phentsize != sizeof(Elf##bits##_Phdr)) { \
        return ELF_LOAD_FAILED; \
    } \
} while (0)

static ssize_t take_header(ElfFile *elf)
{
    if (elf->len < EI_NIDENT || memcmp(elf->data, ELFMAG, SELFMAG) != 0) {
        return ELF_LOAD_NOT_ELF;
    }
    if (elf->data[EI_DATA] != ELFDATA2LSB) {
        return ELF_LOAD_WRONG_ENDIAN;
    }
    elf->is64 = elf->data[EI_CLASS] == ELFCLASS64;
    if (elf->is64) {
        TAKE_HEADER(elf, 64);
    } else {
        TAKE_HEADER(elf, 32);
    }
    if (elf->phoff > elf->len ||
        (elf->len - elf->phoff) / MAX(elf->phentsize, 1) < elf->phnum) {
        return ELF_LOAD_FAILED;
    }
    return 0;
}

#define TAKE_SEGMENT(elf, i, seg, bits) do { \
    Elf##bits##_Phdr h; \
    \
    memcpy(&h, (elf)->data + (elf)->phoff + (size_t)(i) * sizeof(h), \
           sizeof(h)); \
    *(seg) = (Segment) { h.p_type, h.p_offset, h.p_paddr, h.p_vaddr, \
                         h.p_filesz, h.p_memsz, h.p_align }; \
} while (0)

/* False where the segment's bytes are not all in the file. */
static bool take_segment(const ElfFile *elf, int i, Segment *seg)
{
    if (elf->is64) {
        TAKE_SEGMENT(elf, i, seg, 64);
    } else {
        TAKE_SEGMENT(elf, i, seg, 32);
    }
    return seg->offset <= elf->len && seg->filesz <= elf->len - seg->offset &&
           seg->filesz <= seg->memsz;
}

/* x86 files of either width run on the same processor. */
static bool machine_fits(uint16_t wanted, uint16_t is)
{
    return wanted == is || wanted == EM_NONE ||
           (wanted == EM_X86_64 && is == EM_386);
}

/* The first note of that type in a PT_NOTE segment. */
static const void *find_note(const ElfFile *elf, const Segment *seg,
                             uint64_t type)
{
    uint64_t pos = 0;
    uint64_t align = seg->align > 4 ? seg->align : 4;

    while (align <= 4096 && seg->filesz - pos >= sizeof(Elf64_Nhdr)) {
        const uint8_t *at = elf->data + seg->offset + pos;
        Elf64_Nhdr note;        /* as Elf32_Nhdr */
        uint64_t len;

        memcpy(&note, at, sizeof(note));
        len = sizeof(note) + ROUND_UP((uint64_t)note.n_namesz, align) +
              ROUND_UP((uint64_t)note.n_descsz, align);
        if (len > seg->filesz - pos) {
            break;
        }
        if (note.n_type == type) {
            return at;
        }
        pos += len;
    }
    return NULL;
}

static ssize_t load_segments(const ElfFile *elf, const char *filename,
                             GMappedFile *file,
                             uint64_t (*note_fn)(void *, void *, bool),
                             uint64_t (*translate_fn)(void *, uint64_t),
                             void *opaque, uint64_t *low, uint64_t *high,
                             AddressSpace *as)
{
    int i;

    for (i = 0; i < elf->phnum; i++) {
        g_autofree char *label = NULL;
        Segment seg;
        uint64_t addr;

        if (!take_segment(elf, i, &seg)) {
            if (seg.type == PT_LOAD) {
                return ELF_LOAD_FAILED;
            }
            continue;
        }
        if (seg.type == PT_NOTE && note_fn) {
            const void *note = find_note(elf, &seg, *(uint64_t *)opaque);

            if (note) {
                note_fn((void *)note, &seg.align, elf->is64);
            }
            continue;
        }
        if (seg.type != PT_LOAD || !seg.memsz) {
            continue;
        }
        addr = translate_fn ? translate_fn(opaque, seg.paddr) : seg.paddr;
        if (addr + seg.memsz < addr || seg.memsz > SSIZE_MAX) {
            return ELF_LOAD_TOO_BIG;
        }
        label = g_strdup_printf("%s ELF program header segment %d", filename,
                                i);
        rom_add_elf_program(label, file,
                            (void *)(elf->data + seg.offset), seg.filesz,
                            seg.memsz, addr, as);
        *low = MIN(*low, addr);
        *high = MAX(*high, addr + seg.memsz);
    }
    return 0;
}

ssize_t load_elf_as(const char *filename,
                    uint64_t (*elf_note_fn)(void *, void *, bool),
                    uint64_t (*translate_fn)(void *, uint64_t),
                    void *translate_opaque, uint64_t *pentry,
                    uint64_t *lowaddr, uint64_t *highaddr, uint32_t *pflags,
                    int big_endian, int elf_machine, int clear_lsb,
                    int data_swab, AddressSpace *as)
{
    g_autoptr(GMappedFile) file = g_mapped_file_new(filename, true, NULL);
    ElfFile elf = { };
    uint64_t low = UINT64_MAX, high = 0;
    ssize_t ret;

    if (!file) {
        return ELF_LOAD_FAILED;
    }
    if (big_endian || data_swab) {
        return ELF_LOAD_WRONG_ENDIAN;
    }
    elf.data = (const uint8_t *)g_mapped_file_get_contents(file);
    elf.len = g_mapped_file_get_length(file);
    ret = take_header(&elf);
    if (ret < 0) {
        return ret;
    }
    if (!machine_fits(elf_machine, elf.machine)) {
        return ELF_LOAD_WRONG_ARCH;
    }

    rom_transaction_begin();
    ret = load_segments(&elf, filename, file, elf_note_fn, translate_fn,
                        translate_opaque, &low, &high, as);
    if (ret == 0 && low > high) {
        ret = ELF_LOAD_FAILED;      /* nothing to load */
    }
    if (ret == 0 && high - low > SSIZE_MAX) {
        ret = ELF_LOAD_TOO_BIG;
    }
    rom_transaction_end(ret == 0);
    if (ret < 0) {
        return ret;
    }

    if (pentry) {
        *pentry = clear_lsb ? elf.entry & ~UINT64_C(1) : elf.entry;
    }
    if (lowaddr) {
        *lowaddr = low;
    }
    if (highaddr) {
        *highaddr = high;
    }
    if (pflags) {
        *pflags = elf.flags;
    }
    return high - low;
}

ssize_t load_elf(const char *filename,
                 uint64_t (*elf_note_fn)(void *, void *, bool),
                 uint64_t (*translate_fn)(void *, uint64_t),
                 void *translate_opaque, uint64_t *pentry, uint64_t *lowaddr,
                 uint64_t *highaddr, uint32_t *pflags, int big_endian,
                 int elf_machine, int clear_lsb, int data_swab)
{
    return load_elf_as(filename, elf_note_fn, translate_fn, translate_opaque,
                       pentry, lowaddr, highaddr, pflags, big_endian,
                       elf_machine, clear_lsb, data_swab, NULL);
}
