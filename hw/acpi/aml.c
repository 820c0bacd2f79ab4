/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An assembler of ACPI machine language: ACPI specification 6.4, chapter 20
 * (encoding) and section 6.4 (resource descriptors).
 *
 * AML is a prefix notation, and so is the text: most words are encoded one by
 * one.  The exceptions are blocks, whose length stands in front of them; it
 * is put there when the block is closed.
 */
#include "qemu/osdep.h"
#include "hw/acpi/aml.h"
#include "qemu/bswap.h"
#include "qemu/uuid.h"

/* What a block's braces hold. */
typedef enum BlockKind {
    NO_BLOCK,
    TERMS,
    FIELDS,                     /* 20.2.5.2: names and their widths */
    BYTES,                      /* 20.2.5.4: of a buffer */
    RESOURCES,                  /* the same, as resource descriptors */
} BlockKind;

typedef struct Block {
    BlockKind kind;
    unsigned start;             /* where its length goes */
} Block;

struct Aml {
    GByteArray *bytes;
    GArray *blocks;             /* Block, those that are open */
};

/* A word of the text: in a buffer of its own, NUL-terminated. */
typedef struct Scanner {
    const char *next;
    char word[128];
    bool quoted;
} Scanner;

Aml *aml_new(void)
{
    Aml *aml = g_new0(Aml, 1);

    aml->bytes = g_byte_array_new();
    aml->blocks = g_array_new(false, false, sizeof(Block));
    return aml;
}

void aml_free(Aml *aml)
{
    g_byte_array_unref(aml->bytes);
    g_array_unref(aml->blocks);
    g_free(aml);
}

const uint8_t *aml_bytes(const Aml *aml, size_t *len)
{
    g_assert(!aml->blocks->len);
    *len = aml->bytes->len;
    return aml->bytes->data;
}

/*** Words ***/

static bool next_word(Scanner *s)
{
    const char *end;
    size_t len;

    s->next += strspn(s->next, " ");
    if (!*s->next) {
        return false;
    }
    s->quoted = *s->next == '"';
    if (s->quoted) {
        s->next++;
        end = strchr(s->next, '"');
        g_assert(end);
    } else if (strchr("{}", *s->next)) {
        end = s->next + 1;
    } else {
        end = s->next + strcspn(s->next, " {}");
    }
    len = end - s->next;
    g_assert(len < sizeof(s->word));
    memcpy(s->word, s->next, len);
    s->word[len] = '\0';
    s->next = end + s->quoted;
    return true;
}

static void want_word(Scanner *s)
{
    bool found = next_word(s);

    g_assert(found);
}

static uint64_t want_number(Scanner *s)
{
    char *end;
    uint64_t n;

    want_word(s);
    n = g_ascii_strtoull(s->word, &end, 0);
    if (end == s->word || *end) {
        g_error("AML: '%s' should be a number", s->word);
    }
    return n;
}

/*** Bytes ***/

static void put(Aml *aml, uint64_t value, unsigned size)
{
    value = cpu_to_le64(value);
    g_byte_array_append(aml->bytes, (const uint8_t *)&value, size);
}

/* 20.2.3: the shortest form that holds the value. */
static void put_integer(Aml *aml, uint64_t value)
{
    static const struct {
        uint8_t prefix, size;
    } forms[] = { { 0x0a, 1 }, { 0x0b, 2 }, { 0x0c, 4 }, { 0x0e, 8 } };
    int i = 0;

    if (value <= 1) {
        put(aml, value, 1);
        return;
    }
    while (i < ARRAY_SIZE(forms) - 1 && value >> (8 * forms[i].size)) {
        i++;
    }
    put(aml, forms[i].prefix, 1);
    put(aml, value, forms[i].size);
}

static void put_string(Aml *aml, const char *text)
{
    put(aml, 0x0d, 1);
    g_byte_array_append(aml->bytes, (const uint8_t *)text, strlen(text) + 1);
}

/* 20.2.2: segments have four characters. */
static void put_segment(Aml *aml, const char *name, size_t len)
{
    char segment[4] = { '_', '_', '_', '_' };

    if (!len || len > 4 || !strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZ_", name[0])) {
        g_error("AML: '%s' is no name", name);
    }
    memcpy(segment, name, len);
    g_byte_array_append(aml->bytes, (const uint8_t *)segment, 4);
}

static void put_name(Aml *aml, const char *name)
{
    g_auto(GStrv) segments = NULL;
    unsigned n;

    while (*name == '\\' || *name == '^') {
        put(aml, *name++, 1);
    }
    segments = g_strsplit(name, ".", 0);
    n = g_strv_length(segments);
    if (n == 0) {
        put(aml, 0x00, 1);      /* the root itself */
    } else if (n == 2) {
        put(aml, 0x2e, 1);
    } else if (n > 2) {
        put(aml, 0x2f, 1);
        put(aml, n, 1);
    }
    for (unsigned i = 0; i < n; i++) {
        put_segment(aml, segments[i], strlen(segments[i]));
    }
}

/*
 * 20.2.4: a length of up to four bytes, which counts itself unless it is a
 * field's width; returns the bytes used.
 */
static unsigned encode_length(uint8_t *buf, uint32_t length, bool count_self)
{
    unsigned size = 1;

    while (length + (count_self ? size : 0) >=
           (size == 1 ? 1u << 6 : 1u << (4 + 8 * (size - 1)))) {
        size++;
    }
    g_assert(size <= 4);
    length += count_self ? size : 0;
    if (size == 1) {
        buf[0] = length;
        return 1;
    }
    buf[0] = (size - 1) << 6 | (length & 0xf);
    for (unsigned i = 1; i < size; i++) {
        buf[i] = length >> (4 + 8 * (i - 1));
    }
    return size;
}

static void insert(Aml *aml, unsigned at, const void *data, unsigned len)
{
    unsigned tail = aml->bytes->len - at;

    g_byte_array_set_size(aml->bytes, aml->bytes->len + len);
    memmove(aml->bytes->data + at + len, aml->bytes->data + at, tail);
    memcpy(aml->bytes->data + at, data, len);
}

/*** Blocks ***/

static void open_block(Aml *aml, BlockKind kind)
{
    Block block = { kind, aml->bytes->len };

    g_array_append_val(aml->blocks, block);
}

static BlockKind current_block(const Aml *aml)
{
    return aml->blocks->len
           ? g_array_index(aml->blocks, Block, aml->blocks->len - 1).kind
           : NO_BLOCK;
}

/* A buffer says how many bytes it has, as an integer before them. */
static void insert_buffer_size(Aml *aml, unsigned start)
{
    g_autoptr(Aml) size = aml_new();

    put_integer(size, aml->bytes->len - start);
    insert(aml, start, size->bytes->data, size->bytes->len);
}

static void close_block(Aml *aml)
{
    uint8_t length[4];
    Block block;

    g_assert(aml->blocks->len);
    block = g_array_index(aml->blocks, Block, aml->blocks->len - 1);
    g_array_set_size(aml->blocks, aml->blocks->len - 1);
    if (block.kind == RESOURCES) {
        put(aml, 0x0079, 2);    /* end tag, checksum not used: 6.4.2.9 */
    }
    if (block.kind == RESOURCES || block.kind == BYTES) {
        insert_buffer_size(aml, block.start);
    }
    insert(aml, block.start, length,
           encode_length(length, aml->bytes->len - block.start, true));
}

/*** Resource descriptors (6.4) ***/

/* 6.4.3.5: address spaces; @flags of the type, sizes in bytes. */
static void put_space(Aml *aml, Scanner *s, uint8_t tag, uint8_t type,
                      uint8_t flags, unsigned size)
{
    uint64_t min = want_number(s);
    uint64_t max = want_number(s);

    put(aml, tag, 1);
    put(aml, 3 + 5 * size, 2);
    put(aml, type, 1);
    put(aml, 0x0c, 1);          /* produces; both ends are fixed */
    put(aml, flags, 1);
    put(aml, 0, size);          /* granularity */
    put(aml, min, size);
    put(aml, max, size);
    put(aml, 0, size);          /* translation */
    put(aml, max - min + 1, size);
}

static void put_bus(Aml *aml, Scanner *s)
{
    put_space(aml, s, 0x88, 2, 0, 2);
}

static void put_word_io(Aml *aml, Scanner *s)
{
    put_space(aml, s, 0x88, 1, 0x03, 2);    /* ISA and non-ISA ranges */
}

static uint8_t memory_flags(Scanner *s)
{
    return 0x01 | (want_number(s) ? 0x02 : 0);  /* writable; cacheable */
}

static void put_dword_memory(Aml *aml, Scanner *s)
{
    uint8_t flags = memory_flags(s);

    put_space(aml, s, 0x87, 0, flags, 4);
}

static void put_qword_memory(Aml *aml, Scanner *s)
{
    uint8_t flags = memory_flags(s);

    put_space(aml, s, 0x8a, 0, flags, 8);
}

/* 6.4.2.5 */
static void put_io(Aml *aml, Scanner *s)
{
    put(aml, 0x0147, 2);        /* all 16 address lines */
    put(aml, want_number(s), 2);
    put(aml, want_number(s), 2);
    put(aml, want_number(s), 1);
    put(aml, want_number(s), 1);
}

/* 6.4.2.1, without flags: edge, active high */
static void put_irq(Aml *aml, Scanner *s)
{
    put(aml, 0x22, 1);
    put(aml, 1u << want_number(s), 2);
}

/* 6.4.2.2: compatibility mode, no bus master, 8 bits wide */
static void put_dma(Aml *aml, Scanner *s)
{
    put(aml, 0x2a, 1);
    put(aml, 1u << want_number(s), 1);
    put(aml, 0, 1);
}

/* 6.4.3.4 */
static void put_memory32(Aml *aml, Scanner *s)
{
    put(aml, 0x86, 1);
    put(aml, 9, 2);
    put(aml, want_number(s), 1);
    put(aml, want_number(s), 4);
    put(aml, want_number(s), 4);
}

/* 6.4.3.6: consumed, level, active high, shared */
static void put_interrupt(Aml *aml, Scanner *s)
{
    unsigned n = want_number(s);

    put(aml, 0x89, 1);
    put(aml, 2 + 4 * n, 2);
    put(aml, 0x09, 1);
    put(aml, n, 1);
    for (unsigned i = 0; i < n; i++) {
        put(aml, want_number(s), 4);
    }
}

static const struct {
    const char *word;
    void (*assemble)(Aml *aml, Scanner *s);
} resources[] = {
    { "IO", put_io },
    { "IRQ", put_irq },
    { "DMA", put_dma },
    { "Memory32", put_memory32 },
    { "Interrupt", put_interrupt },
    { "WordBus", put_bus },
    { "WordIO", put_word_io },
    { "DWordMemory", put_dword_memory },
    { "QWordMemory", put_qword_memory },
};

static void assemble_resource(Aml *aml, Scanner *s)
{
    for (int i = 0; i < ARRAY_SIZE(resources); i++) {
        if (!strcmp(s->word, resources[i].word)) {
            resources[i].assemble(aml, s);
            return;
        }
    }
    g_error("AML: '%s' is no resource", s->word);
}

/*** Constants with a syntax of their own ***/

/* 19.6.35: three letters of five bits, four hexadecimal digits */
static void put_eisa_id(Aml *aml, Scanner *s)
{
    uint32_t id;

    want_word(s);
    g_assert(strlen(s->word) == 7);
    id = (s->word[0] - 0x40) << 26 | (s->word[1] - 0x40) << 21 |
         (s->word[2] - 0x40) << 16 | strtoul(s->word + 3, NULL, 16);
    put(aml, 0x0c, 1);
    put(aml, bswap32(id), 4);
}

/* 19.6.142: the first three fields are little-endian */
static void put_uuid(Aml *aml, Scanner *s)
{
    QemuUUID uuid;

    want_word(s);
    g_assert(qemu_uuid_parse(s->word, &uuid) == 0);
    uuid = qemu_uuid_bswap(uuid);
    put(aml, 0x11, 1);
    open_block(aml, BYTES);
    g_byte_array_append(aml->bytes, (const uint8_t *)&uuid, sizeof(uuid));
    close_block(aml);
}

/* 20.2.5.2: a width in bits for each name */
static void assemble_field(Aml *aml, Scanner *s)
{
    uint8_t width[4];
    unsigned n;

    if (!strcmp(s->word, "_")) {
        put(aml, 0x00, 1);
    } else {
        put_segment(aml, s->word, strlen(s->word));
    }
    n = encode_length(width, want_number(s), false);
    g_byte_array_append(aml->bytes, width, n);
}

/*** Operators (20.2.5) ***/

/*
 * Of args, what follows the operator and is no term: n a name, m a method's
 * flags, b, w and d a number of 1, 2 and 4 bytes.
 */
typedef struct Keyword {
    const char *word;
    uint16_t opcode;            /* two bytes from 0x100 on */
    BlockKind block;
    const char *args;
    void (*assemble)(Aml *aml, Scanner *s);
} Keyword;

static const Keyword keywords[] = {
    { "Nil", 0x00 }, { "Zero", 0x00 }, { "One", 0x01 }, { "Ones", 0xff },
    { "Local0", 0x60 }, { "Local1", 0x61 }, { "Local2", 0x62 },
    { "Local3", 0x63 }, { "Local4", 0x64 }, { "Local5", 0x65 },
    { "Local6", 0x66 }, { "Local7", 0x67 },
    { "Arg0", 0x68 }, { "Arg1", 0x69 }, { "Arg2", 0x6a }, { "Arg3", 0x6b },
    { "Arg4", 0x6c }, { "Arg5", 0x6d }, { "Arg6", 0x6e },

    { "Store", 0x70 }, { "Add", 0x72 }, { "Subtract", 0x74 },
    { "Increment", 0x75 }, { "ShiftLeft", 0x79 }, { "ShiftRight", 0x7a },
    { "And", 0x7b }, { "Or", 0x7d }, { "DerefOf", 0x83 },
    { "Notify", 0x86 }, { "SizeOf", 0x87 }, { "Index", 0x88 },
    { "CreateDWordField", 0x8a },
    { "LAnd", 0x90 }, { "LOr", 0x91 }, { "LNot", 0x92 }, { "LEqual", 0x93 },
    { "LGreater", 0x94 }, { "LLess", 0x95 },
    { "ToBuffer", 0x96 }, { "ToHexString", 0x98 },
    { "Return", 0xa4 }, { "Break", 0xa5 },
    { "Acquire", 0x5b23, NO_BLOCK, "nw" }, { "Release", 0x5b27 },

    { "Name", 0x08, NO_BLOCK, "n" },
    { "Mutex", 0x5b01, NO_BLOCK, "nb" },
    { "OpRegion", 0x5b80, NO_BLOCK, "nb" },
    { "Scope", 0x10, TERMS, "n" },
    { "Device", 0x5b82, TERMS, "n" },
    { "Processor", 0x5b83, TERMS, "nbdb" },
    { "Method", 0x14, TERMS, "nm" },
    { "If", 0xa0, TERMS }, { "Else", 0xa1, TERMS }, { "While", 0xa2, TERMS },
    { "Package", 0x12, TERMS, "b" },
    { "Field", 0x5b81, FIELDS, "nb" },
    { "Buffer", 0x11, BYTES },
    { "ResourceTemplate", 0x11, RESOURCES },

    { "EisaId", 0, NO_BLOCK, NULL, put_eisa_id },
    { "ToUUID", 0, NO_BLOCK, NULL, put_uuid },
};

static const Keyword *find_keyword(const char *word)
{
    static GHashTable *by_word;

    if (!by_word) {
        by_word = g_hash_table_new(g_str_hash, g_str_equal);
        for (int i = 0; i < ARRAY_SIZE(keywords); i++) {
            g_hash_table_insert(by_word, (void *)keywords[i].word,
                                (void *)&keywords[i]);
        }
    }
    return g_hash_table_lookup(by_word, word);
}

static uint8_t method_flags(Scanner *s)
{
    want_word(s);
    g_assert(s->word[0] >= '0' && s->word[0] <= '7');
    return (s->word[0] - '0') | (s->word[1] == 's' ? 0x08 : 0);
}

static void assemble_args(Aml *aml, Scanner *s, const char *args)
{
    for (; args && *args; args++) {
        switch (*args) {
        case 'n':
            want_word(s);
            put_name(aml, s->word);
            break;
        case 'm':
            put(aml, method_flags(s), 1);
            break;
        case 'b':
            put(aml, want_number(s), 1);
            break;
        case 'w':
            put(aml, want_number(s), 2);
            break;
        case 'd':
            put(aml, want_number(s), 4);
            break;
        }
    }
}

static void assemble_keyword(Aml *aml, Scanner *s, const Keyword *k)
{
    if (k->assemble) {
        k->assemble(aml, s);
        return;
    }
    if (k->opcode > 0xff) {
        put(aml, k->opcode >> 8, 1);
    }
    put(aml, k->opcode & 0xff, 1);
    if (k->block != NO_BLOCK) {
        open_block(aml, k->block);
    }
    assemble_args(aml, s, k->args);
}

static void assemble_term(Aml *aml, Scanner *s)
{
    const Keyword *k;

    if (s->quoted) {
        put_string(aml, s->word);
        return;
    }
    if (g_ascii_isdigit(s->word[0])) {
        put_integer(aml, g_ascii_strtoull(s->word, NULL, 0));
        return;
    }
    k = find_keyword(s->word);
    if (k) {
        assemble_keyword(aml, s, k);
    } else {
        put_name(aml, s->word);
    }
}

static void assemble_word(Aml *aml, Scanner *s)
{
    if (!s->quoted && !strcmp(s->word, "{")) {
        return;                 /* its keyword opened the block */
    }
    if (!s->quoted && !strcmp(s->word, "}")) {
        close_block(aml);
        return;
    }
    switch (current_block(aml)) {
    case FIELDS:
        assemble_field(aml, s);
        break;
    case BYTES:
        put(aml, g_ascii_strtoull(s->word, NULL, 0), 1);
        break;
    case RESOURCES:
        assemble_resource(aml, s);
        break;
    default:
        assemble_term(aml, s);
        break;
    }
}

void aml_asm(Aml *aml, const char *fmt, ...)
{
    g_autofree char *text = NULL;
    Scanner s = { 0 };
    va_list ap;

    va_start(ap, fmt);
    text = g_strdup_vprintf(fmt, ap);
    va_end(ap);
    s.next = text;
    while (next_word(&s)) {
        assemble_word(aml, &s);
    }
}
