#!/bin/bash
# SPDX-License-Identifier: MIT
# sqlite3: write-ahead log with its index in shared memory, reads through a mapping of the file, two writers at once,
# a large import, checkpoints, rollback, a crash in the middle.
# shellcheck disable=SC2012,SC2003,SC2317 # ls and expr are among what is tested
here=$(mktemp -d) && cd "$here" || exit 1
trap 'rm -rf "$here"' EXIT
export LC_ALL=C

echo "-- in the log, and mapped"
sqlite3 a.db <<'END'
PRAGMA journal_mode=WAL;
PRAGMA mmap_size=268435456;
CREATE TABLE t(id INTEGER PRIMARY KEY, who TEXT, n INT, filler BLOB);
CREATE INDEX t_n ON t(n);
WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 20000)
INSERT INTO t(who, n, filler) SELECT 'setup', x * 7919 % 20011, hex(zeroblob(50)) FROM c;
PRAGMA wal_checkpoint(TRUNCATE);
SELECT count(*), sum(n), min(n), max(n) FROM t;
PRAGMA integrity_check;
END
ls a.db* | tr '\n' ' '; echo

echo "-- two writers and a reader at once"
writer() {
	for i in {1..40}; do
		printf '%s\n' '.timeout 60000' 'PRAGMA mmap_size=268435456;' 'BEGIN IMMEDIATE;' \
			"INSERT INTO t(who, n) SELECT '$1', $i FROM t LIMIT 50;" 'COMMIT;'
	done | sqlite3 a.db >/dev/null
}
reader() { # what it sees is whole transactions: always multiples of 50
	for i in {1..10}; do
		echo 'SELECT count(*) % 50 FROM t;'
	done | sqlite3 -cmd '.timeout 60000' -cmd 'PRAGMA mmap_size=268435456' a.db | sort -u
}
writer one & w1=$!
writer two & w2=$!
reader
wait $w1 && wait $w2 && echo "both wrote"
sqlite3 a.db "SELECT who, count(*), sum(n) FROM t GROUP BY who ORDER BY who; PRAGMA integrity_check; PRAGMA journal_mode;"

echo "-- a connection that stays open while another writes and checkpoints"
coproc S { sqlite3 -cmd '.timeout 60000' -cmd 'PRAGMA mmap_size=268435456' a.db; }
ask() { echo "$1" >&"${S[1]}"; read -r answer <&"${S[0]}"; echo "$answer"; }
read -r answer <&"${S[0]}"; echo "$answer"
ask 'SELECT count(*) FROM t;'
sqlite3 a.db "DELETE FROM t WHERE who = 'one'; PRAGMA wal_checkpoint(FULL);" | cut -d '|' -f 1
ask 'SELECT count(*) FROM t;'
ask 'BEGIN; SELECT count(*) FROM t;'
sqlite3 a.db "DELETE FROM t WHERE who = 'two';"
ask 'SELECT count(*) FROM t;'
ask 'COMMIT; SELECT count(*) FROM t;'
echo .quit >&"${S[1]}"; wait "$S_PID"

echo "-- killed in the middle of a transaction"
mkfifo commands
sqlite3 a.db <commands >mark & victim=$!
exec 4>commands
printf '%s\n' 'BEGIN;' "UPDATE t SET n = 0;" 'SELECT count(*) FROM t WHERE n = 0;' >&4
while [ ! -s mark ]; do sleep 0.05; done
cat mark
{ kill -KILL $victim; wait $victim; } 2>/dev/null
exec 4>&-
sqlite3 a.db 'SELECT count(*) FROM t WHERE n = 0; PRAGMA integrity_check;'

echo "-- importing, vacuum, rollback journal"
seq 30000 | sed 's/.*/&,row &,&.5/' >rows.csv
sqlite3 b.db 'CREATE TABLE r(a INT, b TEXT, c REAL);' '.mode csv' '.import rows.csv r' 'SELECT count(*), sum(a), sum(c), max(b) FROM r;'
sqlite3 b.db "PRAGMA mmap_size=100000000; BEGIN; DELETE FROM r WHERE a % 3; SELECT count(*) FROM r; ROLLBACK; SELECT count(*) FROM r;"
before=$(stat -c %s b.db)
sqlite3 b.db "PRAGMA mmap_size=100000000; DELETE FROM r WHERE a % 10; VACUUM; SELECT count(*), sum(a) FROM r; PRAGMA integrity_check;"
[ "$(stat -c %s b.db)" -lt $((before / 2)) ] && echo "smaller"
sqlite3 b.db .dump | tail -n 2; sqlite3 b.db ".backup c.db"; sqlite3 c.db 'SELECT count(*) FROM r;'
sqlite3 b.db "CREATE VIRTUAL TABLE f USING fts5(x); INSERT INTO f VALUES ('shared pages'), ('private pages'); SELECT rowid FROM f WHERE f MATCH 'private';"
