#!/bin/bash
# SPDX-License-Identifier: MIT
# bash itself: process substitution, here-documents, arrays, coprocesses, traps, subshells, signals.
cd "$(mktemp -d)" || exit 1
export LC_ALL=C

echo "-- process substitution"
diff <(printf '%s\n' a b c) <(printf '%s\n' a x c)
paste <(seq 3) <(seq 4 6) | tee >(wc -l >lines) >/dev/null
while [ ! -s lines ]; do sleep 0.05; done
cat lines

echo "-- here-documents and here-strings"
name=world
cat <<END
hello $name $((6 * 7))
END
cat <<'END'
hello $name
END
tr '[:lower:]' '[:upper:]' <<<"shout"
# One that is larger than a pipe goes through a file.
wc -c <<<"$(head -c 200000 /dev/zero | tr '\0' x)"

echo "-- arrays"
a=(zero one two three)
a[10]=ten
echo "${#a[@]} ${a[-1]} ${a[*]:1:2} ${!a[*]}"
declare -A map=([one]=1 [two]=2 [three]=3)
for key in $(printf '%s\n' "${!map[@]}" | sort); do echo "$key=${map[$key]}"; done
mapfile -t lines < <(seq 1000)
echo "${#lines[@]} ${lines[999]}"

echo "-- a coprocess"
coproc BC { while read -r x; do echo $((x * x)); done; }
for i in 3 12 100; do
	echo $i >&"${BC[1]}"
	read -r answer <&"${BC[0]}"
	echo "$i squared: $answer"
done
pid=$BC_PID fd=${BC[1]} # bash forgets BC_PID when it hears that the coprocess has ended
exec {fd}>&-
wait "$pid"
echo "status $?"

echo "-- traps"
trap 'echo caught USR1' USR1
kill -USR1 $$
trap 'echo line $LINENO failed' ERR
false
trap - ERR
(trap 'echo leaving the subshell' EXIT; exit 3)
echo "status $?"
(trap '' TERM; kill -TERM $BASHPID; echo survived)
{ (kill -KILL $BASHPID); } 2>/dev/null
echo "status $?"

echo "-- pipelines"
false | true | (exit 4)
echo "${PIPESTATUS[*]}"
set -o pipefail
(exit 5) | true
echo $?
yes | head -n 2
set +o pipefail

echo "-- background jobs"
sleep 30 &
one=$!
jobs -r | sed 's/&.*/\&/; s/^\[[0-9]*\]/[n]/' # bash may hold the coprocess's number yet
(sleep 0.1; exit 7) &
two=$!
wait $two
echo "second: $?"
kill $one
wait $one
echo "first: $?"
for i in 1 2 3 4 5 6 7 8; do (exit $i) & done
sum=0
while wait -n; s=$?; [ $s -ne 127 ]; do sum=$((sum + s)); done
echo "sum $sum"

echo "-- reading with a time limit, and from descriptors"
read -r -t 0.1 x < <(sleep 1); echo "status $?"
exec 5<<<"from five"
read -r -u 5 x; echo "$x"
exec 5<&-
printf 'abc' | { read -r -n 2 x; echo "$x"; }
cat /dev/fd/3 3<<<"by its number"

echo "-- limits and arithmetic"
ulimit -n 64; ulimit -n
printf '%d %x %o %.3f\n' 255 255 255 3.14159
echo $((2**62)) $((-7 / 2)) $((-7 % 3)) $((1 << 40))
word=abc123
[[ $word =~ ^([a-z]+)([0-9]+)$ ]] && echo "${BASH_REMATCH[*]}"
echo {1..5} {a..e} file{1,2}.txt
s="the quick brown fox"
echo "${s^^} ${s#the } ${s%fox} ${s//o/0} ${#s}"

echo "-- many processes"
n=0
for i in {1..200}; do /bin/true && n=$((n + 1)); done
echo "$n"
f() { local d=$1; [ "$d" -eq 0 ] && echo deep || (f $((d - 1))); }
f 40
exec 2>&1
nosuchcommand
echo "status $?"
/etc/passwd
echo "status $?"
