#!/bin/bash
# SPDX-License-Identifier: MIT
# LMDB's tools: a database that is read through a shared mapping and written by pwrite(2) to the same file.
here=$(mktemp -d) && cd "$here" || exit 1
trap 'rm -rf "$here"' EXIT
export LC_ALL=C

# KEYS FACTOR: what mdb_load reads
records() {
	printf '%s\n' VERSION=3 format=print type=btree mapsize=67108864 HEADER=END
	for ((i = 0; i < $1; i++)); do
		printf ' key%06d\n value %d of a record that is somewhat longer\n' $((i * $2 % $1)) $i
	done
	echo DATA=END
}

echo "-- loading"
mkdir db
records 10000 7919 | mdb_load db; echo "status $?"
mdb_stat db
mdb_stat -e db | grep -E 'Map size|Page size|Last transaction'
mdb_dump -p db | sed -n '/HEADER=END/,$p' | md5sum

echo "-- copies, whole and compact"
mkdir copy compact
mdb_copy db copy && cmp db/data.mdb copy/data.mdb && echo "same"
records 10000 3 | mdb_load db
mdb_copy -c db compact
[ "$(stat -c %s compact/data.mdb)" -lt "$(stat -c %s db/data.mdb)" ] && echo "compact is smaller"
diff <(mdb_dump -p db | sed 1,/HEADER=END/d) <(mdb_dump -p compact | sed 1,/HEADER=END/d) && echo "same records"
mdb_stat compact | grep Entries

echo "-- readers beside a writer"
for n in 1 2 3; do
	for i in 1 2 3 4 5; do mdb_dump -p db | sed 1,/HEADER=END/d | grep -c '^ key'; done | sort -u >seen.$n &
done
records 10000 17 | mdb_load db
wait
cat seen.*
mdb_stat -r db | tail -n 1

echo "-- one database of several, and one file without a folder"
records 3000 1 | mdb_load -s sub -n single.mdb
mdb_stat -n -a single.mdb | grep -E '^Status|Entries'
mdb_dump -n -l single.mdb
mdb_dump -n -s sub single.mdb | sed 1,/HEADER=END/d | md5sum

echo "-- a map that is too small"
{ printf '%s\n' VERSION=3 format=print type=btree mapsize=65536 HEADER=END; records 10000 1 | sed 1,5d; } >small.txt
mkdir small; mdb_load -f small.txt small 2>&1 | tail -n 1 | sed 's/.*mdb_/mdb_/'
