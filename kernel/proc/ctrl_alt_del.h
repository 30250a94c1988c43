/* SPDX-License-Identifier: MIT */
/* The three keys: a restart at once, or SIGINT to init, who ends the machine in order (reboot(2):
 * CAD_ON, CAD_OFF). */
#pragma once

#include "lib/types.h"

void ctrl_alt_del_set_restart(bool at_once);
void ctrl_alt_del_init(void);
