// SPDX-License-Identifier: MIT
/* Ctrl-alt-del. As on Linux it restarts the machine until somebody (init) asks for the signal
 * instead. */
#include "proc/ctrl_alt_del.h"

#include <asm/signal.h>

#include "arch/cpu.h"
#include "debug/printk.h"
#include "drivers/keyboard.h"
#include "proc/process.h"
#include "proc/signal.h"

static bool restart_at_once = true;

static void pressed(void)
{
	if (!restart_at_once && init_process) {
		signal_send_process(init_process, SIGINT, NULL);
		return;
	}
	pr_info("ctrl-alt-del: restart");
	machine_restart();
}

void ctrl_alt_del_set_restart(bool at_once)
{
	restart_at_once = at_once;
}

void ctrl_alt_del_init(void)
{
	keyboard_set_ctrl_alt_del(pressed);
}
