/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * MSI-X against a model: a random history of what guests, devices and
 * migration do, played to the module and to the simplest thing that could be
 * right, with all that can be seen compared after each step.
 *
 * The seed of a failing history is in the test's name.
 */
#include "qemu/osdep.h"
#include "msix-fixture.h"
#include "qapi/error.h"
#include "qemu/bswap.h"

typedef struct Model {
    unsigned n;
    uint8_t table[MSIX_MAX_VECTORS * PCI_MSIX_ENTRY_SIZE];
    bool pending[MSIX_MAX_VECTORS];
    unsigned used[MSIX_MAX_VECTORS];
    bool enabled, mask_all, bus_master, notifiers;
    /* Messages that must have arrived in this step, and the last of them. */
    unsigned sent;
    MSIMessage last;
} Model;

static bool model_open(const Model *m, unsigned v)
{
    return m->enabled && !m->mask_all &&
           !(m->table[v * PCI_MSIX_ENTRY_SIZE + PCI_MSIX_ENTRY_VECTOR_CTRL] &
             PCI_MSIX_ENTRY_CTRL_MASKBIT);
}

/* Only messages to the window are seen to arrive; after a reset they go to 0. */
static void model_send(Model *m, unsigned v)
{
    const uint8_t *entry = m->table + v * PCI_MSIX_ENTRY_SIZE;
    MSIMessage msg = { ldq_le_p(entry), ldl_le_p(entry + 8) };

    if (m->bus_master && msg.address >= vector_address(0)) {
        m->sent++;
        m->last = msg;
    }
}

/* Whatever just changed: what is pending and may go, goes, in order. */
static void model_settle(Model *m, const bool *was_open)
{
    for (unsigned v = 0; v < m->n; v++) {
        if (!was_open[v] && model_open(m, v) && m->pending[v]) {
            m->pending[v] = false;
            model_send(m, v);
        }
    }
}

static void model_snapshot(const Model *m, bool *was_open)
{
    for (unsigned v = 0; v < m->n; v++) {
        was_open[v] = model_open(m, v);
    }
}

static void model_write(Model *m, unsigned offset, uint64_t val,
                        unsigned size)
{
    bool was_open[MSIX_MAX_VECTORS];

    model_snapshot(m, was_open);
    if (size >= 4 && offset % size == 0) {
        stn_le_p(m->table + offset, size, val);
    }
    model_settle(m, was_open);
}

static void model_control(Model *m, bool enabled, bool mask_all)
{
    bool was_open[MSIX_MAX_VECTORS];

    model_snapshot(m, was_open);
    m->enabled = enabled;
    m->mask_all = mask_all;
    model_settle(m, was_open);
}

static void model_notify(Model *m, unsigned v)
{
    if (v >= m->n || !m->used[v]) {
        return;
    }
    if (model_open(m, v)) {
        model_send(m, v);
    } else {
        m->pending[v] = true;
    }
}

static void model_reset(Model *m)
{
    m->enabled = m->mask_all = false;
    memset(m->pending, 0, sizeof(m->pending));
    for (unsigned v = 0; v < m->n; v++) {
        memset(m->table + v * PCI_MSIX_ENTRY_SIZE, 0, PCI_MSIX_ENTRY_SIZE);
        m->table[v * PCI_MSIX_ENTRY_SIZE + PCI_MSIX_ENTRY_VECTOR_CTRL] = 1;
    }
}

static void compare(MSIXFixture *f, Model *m)
{
    PCIDevice *dev = fixture_dev(f);
    MSIMessage last = { 0 };

    g_assert_cmpuint(messages_taken(&last), ==, m->sent);
    if (m->sent) {
        g_assert_cmphex(last.data, ==, m->last.data);
        g_assert_cmphex(last.address, ==, m->last.address);
    }
    m->sent = 0;
    g_assert_cmpint(!!msix_enabled(dev), ==, m->enabled);
    for (unsigned v = 0; v < m->n; v++) {
        g_assert_cmpint(msix_is_masked(dev, v), ==, !model_open(m, v));
        g_assert_cmpint(msix_is_pending(dev, v), ==, m->pending[v]);
        g_assert_cmpint(f->routed[v], ==, m->notifiers && model_open(m, v));
        if (f->routed[v]) {
            const uint8_t *entry = m->table + v * PCI_MSIX_ENTRY_SIZE;

            g_assert_cmphex(f->route_message[v].address, ==, ldq_le_p(entry));
            g_assert_cmphex(f->route_message[v].data, ==,
                            (uint32_t)ldl_le_p(entry + 8));
        }
    }
}

static void compare_as_guest(MSIXFixture *f, const Model *m)
{
    for (unsigned offset = 0; offset < m->n * 16; offset += 8) {
        g_assert_cmphex(guest_read(f->table + offset, 8), ==,
                        ldq_le_p(m->table + offset));
    }
    for (unsigned v = 0; v < m->n; v++) {
        g_assert_cmpint(guest_pending(f, v), ==, m->pending[v]);
    }
}

/* Values that a driver writes, near misses, and noise. */
static uint64_t random_value(GRand *rand, unsigned offset, unsigned v)
{
    if (g_rand_int_range(rand, 0, 4) == 0) {
        return (uint64_t)g_rand_int(rand) << 32 | g_rand_int(rand);
    }
    switch (offset % 16) {
    case PCI_MSIX_ENTRY_LOWER_ADDR:
        return vector_address(v);
    case PCI_MSIX_ENTRY_DATA:
        return vector_data(v) | (uint64_t)g_rand_boolean(rand) << 32;
    case PCI_MSIX_ENTRY_VECTOR_CTRL:
        return g_rand_boolean(rand);
    default:
        return 0;
    }
}

static void step_table_write(MSIXFixture *f, Model *m, GRand *rand)
{
    unsigned size = 1 << g_rand_int_range(rand, 0, 4);
    unsigned v = g_rand_int_range(rand, 0, m->n);
    unsigned offset;
    uint64_t val;

    if (g_rand_int_range(rand, 0, 8)) {
        size = g_rand_boolean(rand) ? 4 : 8;
    }
    offset = v * 16 + g_rand_int_range(rand, 0, 16 / size) * size;
    val = random_value(rand, offset, v);
    /* Only addresses in the window arrive where the test counts. */
    if (offset % 16 == 0 && size >= 4) {
        val = vector_address(g_rand_int_range(rand, 0, m->n));
    } else if (offset % 16 == 4 && size == 4) {
        val = 0;
    }
    guest_write(f->table + offset, val, size);
    model_write(m, offset, val, size);
}

static void step_control(MSIXFixture *f, Model *m, GRand *rand)
{
    bool enable = g_rand_int_range(rand, 0, 4) != 0;
    bool mask_all = g_rand_int_range(rand, 0, 4) == 0;

    guest_enable(f, enable, mask_all);
    model_control(m, enable, mask_all);
}

static void step_device(MSIXFixture *f, Model *m, GRand *rand)
{
    PCIDevice *dev = fixture_dev(f);
    unsigned v = g_rand_int_range(rand, 0, m->n + 1);
    bool was_open[MSIX_MAX_VECTORS];
    uint8_t *ctrl = m->table + v * 16 + PCI_MSIX_ENTRY_VECTOR_CTRL;
    bool mask = g_rand_boolean(rand);

    switch (g_rand_int_range(rand, 0, 7)) {
    case 0:
        msix_set_pending(dev, v);
        if (v < m->n) {
            m->pending[v] = true;
        }
        break;
    case 1:
        msix_clr_pending(dev, v);
        if (v < m->n) {
            m->pending[v] = false;
        }
        break;
    case 2:
    case 3:
        g_assert_cmpint(msix_vector_use(dev, v), ==, v < m->n ? 0 : -EINVAL);
        if (v < m->n) {
            m->used[v]++;
        }
        break;
    case 4:
        msix_vector_unuse(dev, v);
        if (v < m->n && m->used[v] && --m->used[v] == 0) {
            m->pending[v] = false;
        }
        break;
    default:
        msix_set_mask(dev, v, mask);
        if (v < m->n) {
            model_snapshot(m, was_open);
            *ctrl = (*ctrl & ~1) | mask;
            model_settle(m, was_open);
        }
        break;
    }
}

static void step_rare(MSIXFixture *f, Model *m, GRand *rand)
{
    PCIDevice *dev = fixture_dev(f);
    uint16_t command = guest_cfg_read(f, PCI_COMMAND, 2);
    g_autoptr(GByteArray) stream = NULL;

    switch (g_rand_int_range(rand, 0, 5)) {
    case 0:
        msix_reset(dev);
        model_reset(m);
        break;
    case 1:
        guest_cfg_write(f, PCI_COMMAND, command ^ PCI_COMMAND_MASTER, 2);
        m->bus_master = !m->bus_master;
        break;
    case 2:
        if (m->notifiers) {
            msix_unset_vector_notifiers(dev);
        } else {
            g_assert_cmpint(fixture_set_notifiers(f), ==, 0);
        }
        m->notifiers = !m->notifiers;
        break;
    case 3:
        stream = fixture_save(f);
        g_assert_cmpint(fixture_load(f, stream->data, stream->len), ==, 0);
        break;
    case 4:
        compare_as_guest(f, m);
        break;
    }
}

static void test_history(gconstpointer opaque)
{
    uint32_t seed = GPOINTER_TO_UINT(opaque);
    static const unsigned counts[] = { 1, 2, 5, 8, 9, 33, 64, 65, 130 };
    GRand *rand = g_rand_new_with_seed(seed);
    Model *m = g_new0(Model, 1);
    MSIXFixture *f;

    m->n = counts[seed % G_N_ELEMENTS(counts)];
    m->bus_master = true;
    f = fixture_msix(m->n);
    model_reset(m);
    for (unsigned v = 0; v < m->n; v++) {
        m->used[v] = 1;
        guest_program(f, v, vector_address(v), vector_data(v));
        model_write(m, v * 16, vector_address(v), 8);
        model_write(m, v * 16 + 8, vector_data(v), 4);
    }

    for (unsigned step = 0; step < 2000; step++) {
        int what = g_rand_int_range(rand, 0, 100);
        unsigned v = g_rand_int_range(rand, 0, m->n + 2);

        if (what < 40) {
            step_table_write(f, m, rand);
        } else if (what < 70) {
            msix_notify(fixture_dev(f), v);
            model_notify(m, v);
        } else if (what < 80) {
            step_control(f, m, rand);
        } else if (what < 95) {
            step_device(f, m, rand);
        } else {
            step_rare(f, m, rand);
        }
        compare(f, m);
    }
    compare_as_guest(f, m);
    fixture_free(f);
    g_free(m);
    g_rand_free(rand);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (unsigned seed = 1; seed <= 45; seed++) {
        g_autofree char *path = g_strdup_printf("/msix/model/%u", seed);

        g_test_add_data_func(path, GUINT_TO_POINTER(seed), test_history);
    }
    return g_test_run();
}
