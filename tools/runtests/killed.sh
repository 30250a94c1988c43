#!/bin/bash
# SPDX-License-Identifier: MIT
# 128+N when signal N killed the command.
. "$(dirname "$0")/common.sh"

status 137 -- /bin/sh -c 'kill -KILL $$'
status 134 -- /bin/sh -c 'kill -ABRT $$'
