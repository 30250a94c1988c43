#!/bin/bash
# SPDX-License-Identifier: MIT
# The command's exit status is ours; a command that is not there is 127, as in a shell.
. "$(dirname "$0")/common.sh"

status 0 -- true
status 1 -- false
status 42 -- /bin/sh -c 'exit 42'
status 127 -- /bin/there-is-no-such-program
