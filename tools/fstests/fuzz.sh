#!/bin/bash
# SPDX-License-Identifier: MIT
# Random damage where it hurts (superblock, descriptors, bitmaps, inode table, directories, indirect blocks): whatever the
# guest does with such disks, it goes on. The seeds are fixed; another first one: SEED=1234 tools/fstests/fuzz.sh
. "$(dirname "$0")/common.inc"

disks=20

mkdir -p "$T/tree/d/e" "$T/tree/many"
head -c 400000 /dev/urandom >"$T/tree/large" && head -c 20000 "$T/tree/large" >"$T/tree/d/e/mid"
for i in $(seq 60); do echo "$i" >"$T/tree/many/entry-number-$i"; done
ln -s target "$T/tree/fast" && ln "$T/tree/large" "$T/tree/d/hard"

# damage IMAGE SEED: between 1 and 8 times a byte, or four alike, among the first blocks or in one of a directory or map
damage() {
	local image=$1 seed=$2 at bytes
	awk -v seed="$seed" -v blocks="$(inside "$image" 'blocks /d'; inside "$image" 'blocks /many'; inside "$image" 'blocks /')" -v size="$block" '
		BEGIN {
			srand(seed)
			n = split(blocks, block)
			for (times = 1 + int(rand() * 8); times; times--) {
				where = rand()
				if (where < 0.15)
					at = 1024 + int(rand() * 104)
				else if (where < 0.25)
					at = (size == 1024 ? 2048 : size) + int(rand() * 32)
				else if (where < 0.65)
					at = int(rand() * 24 * 1024)
				else
					at = block[1 + int(rand() * n)] * size + int(rand() * 128)
				value = rand() < 0.4 ? int(rand() * 4) * 85 : int(rand() * 256)
				count = rand() < 0.3 ? 4 : 1
				text = ""
				for (i = 0; i < count; i++)
					text = text sprintf("\\x%02x", value)
				print at, text
			}
		}' | while read -r at bytes; do
		# shellcheck disable=SC2059
		printf "$bytes" | dd of="$T/$image" bs=1 seek="$at" conv=notrunc 2>/dev/null
	done
}

# shellcheck disable=SC2016
poke='
for disk in /dev/vd[b-z]; do
	mount -t ext2 $disk /mnt 2>/dev/null || { echo "$disk refused"; continue; }
	{
		find /mnt | head -n 300; ls -lR /mnt | head -n 300; cat /mnt/large /mnt/d/e/mid /mnt/many/*
		echo x >/mnt/new; echo y >>/mnt/large; truncate -s 5000 /mnt/large; mkdir /mnt/many/new
		mv /mnt/d /mnt/many/d; mv /mnt/many/entry-number-7 /mnt/new; ln /mnt/new /mnt/newer; ln -s a /mnt/soft
		dd if=/dev/zero of=/mnt/big bs=64k count=10 conv=fsync; sync; echo 3 >/proc/sys/vm/drop_caches
		find /mnt -type f | head -n 300; rm -rf /mnt/*
	} >/dev/null 2>&1
	umount /mnt || exit 1
done
echo survived'

for block in 1024 4096; do
	options=()
	make_image base 2M -b $block -I $((block == 1024 ? 128 : 256)) -N 128 -d "$T/tree" >/dev/null 2>&1
	for i in $(seq $disks); do
		cp "$T/base" "$T/disk$i"
		damage "disk$i" $((${SEED:-1} * 1000 + block + i))
		[ "$i" = 1 ] || options+=(--disk "$T/disk$i")
	done
	expect survived guest disk1 "$poke" "${options[@]}"
done
