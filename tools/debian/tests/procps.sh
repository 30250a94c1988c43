#!/bin/bash
# SPDX-License-Identifier: MIT
#
# procps: Debian's pmap, ps, free, vmstat and top read what /proc says, and what they print adds up.

echo "-- pmap -X: the columns, and the C library's pieces"
pmap -X $$ >/tmp/pmap
awk 'NR == 2 {
	for (i = 1; i <= NF; i++) {
		column[$i] = i
		if ($i != "KSM") # newer kernels than 6.1
			line = line " " $i
	}
	print line
}
/libc\.so\.6$/ {
	print $column["Perm"], $column["Offset"], $column["Size"], $column["Swap"], $column["Locked"], $NF
	if ($column["Rss"] > $column["Size"] || $column["Pss"] > $column["Rss"])
		print "more is resident than there is"
}
/\[stack\]$/ { print $column["Perm"], ($column["Anonymous"] > 0 ? "in use" : "unused"), $NF }' /tmp/pmap

echo "-- pmap -x: the sums"
pmap -x $$ | awk '/^[0-9a-f]+ / { size += $2; rss += $3; dirty += $4 }
/^total kB/ { print (size == $3 && rss == $4 && dirty == $5 ? "right" : "wrong: " size " " rss " " dirty ": " $0) }'
pmap $$ | awk '/libc\.so\.6$/ { print $2, $3, $4 }'
pmap 1 | head -n 1 | grep -c '^1:'

echo "-- ps: this shell"
exec -a renamed sleep 100 &
ps -o comm=,args=,stat= -p $! | sed 's/  */ /g'
ps -o min_flt=,rss=,vsz=,sz= -p $$ | awk '{ print ($1 > 0), ($2 > 0), ($3 >= $2), ($3 == $4 * 4) }'
ps -o ppid= -p $! | awk -v me=$$ '{ print ($1 == me) }'
ps ax -o pid= | awk -v me=$$ '$1 == 1 || $1 == me { n++ } END { print n }'
kill $!
wait $! 2>/dev/null

echo "-- free and vmstat"
free | awk '/^Mem:/ { print ($2 > 0 && $3 + $4 <= $2 && $7 <= $2 ? "adds up" : "wrong: " $0) }'
free -w | head -n 1 | tr -s ' '
vmstat | head -n 2 | tail -n 1 | tr -s ' '
vmstat 1 2 | tail -n 1 | awk '{ all = $13 + $14 + $15 + $16 + $17; print NF, ($4 > 0), (all >= 97 && all <= 103) }'
vmstat -s | grep -c -e 'total memory' -e 'free memory' -e 'pages swapped in' -e forks

echo "-- top"
top -b -n 1 -p $$ | awk '/^ *PID / { print $1, $2, $6, $NF } /bash|procps/ { print "found" }'
