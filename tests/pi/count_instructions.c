/* A plugin for qemu-user: counts the guest's instructions and writes their number to the file given as out=PATH.
 *
 * Exact for one thread, which is how it is used. The declarations are those of QEMU's plugin interface, version 1;
 * Debian ships neither its header nor a plugin.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

typedef uint64_t plugin_id;
struct qemu_plugin_tb;
extern void qemu_plugin_register_vcpu_tb_trans_cb(plugin_id, void (*)(plugin_id, struct qemu_plugin_tb *));
extern size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *);
extern void qemu_plugin_register_vcpu_tb_exec_inline(struct qemu_plugin_tb *, int, void *, uint64_t);
extern void qemu_plugin_register_atexit_cb(plugin_id, void (*)(plugin_id, void *), void *);

enum { ADD_U64 = 0 };

int qemu_plugin_version = 1;
static uint64_t executed;
static char target[4096];

static void on_translation(plugin_id id, struct qemu_plugin_tb *block)
{
    (void)id;
    qemu_plugin_register_vcpu_tb_exec_inline(block, ADD_U64, &executed, qemu_plugin_tb_n_insns(block));
}

static void on_exit(plugin_id id, void *unused)
{
    (void)id;
    (void)unused;
    FILE *file = fopen(target, "w");
    if (file) {
        fprintf(file, "%llu\n", (unsigned long long)executed);
        fclose(file);
    }
}

int qemu_plugin_install(plugin_id id, const void *info, int argc, char **argv)
{
    (void)info;
    if (argc != 1 || strncmp(argv[0], "out=", 4) != 0 || strlen(argv[0]) >= sizeof target) {
        fputs("count_instructions: give out=PATH\n", stderr);
        return -1;
    }
    strcpy(target, argv[0] + 4);
    qemu_plugin_register_vcpu_tb_trans_cb(id, on_translation);
    qemu_plugin_register_atexit_cb(id, on_exit, NULL);
    return 0;
}
