#!/bin/bash
# SPDX-License-Identifier: MIT
# coreutils, findutils, grep and their neighbours, broadly: each with what it asks of a kernel.
# shellcheck disable=SC2012,SC2003,SC2317 # ls and expr are among what is tested
here=$(mktemp -d) && cd "$here" || exit 1
trap 'rm -rf "$here"' EXIT
export LC_ALL=C
umask 022

echo "-- sorting, in threads and in pieces"
seq 100000 | sort -R --random-source=/etc/passwd | sort -n --parallel=4 -S 1M | md5sum
seq 50000 | sort -r | tac | sort -n | tail -n 1
printf '%s\n' b a c a | sort -u | uniq -c | sed 's/^ *//'
join <(printf '%s\n' '1 a' '2 b') <(printf '%s\n' '1 x' '2 y')
comm -12 <(seq 1 10 | sort) <(seq 5 15 | sort) | tr '\n' ' '; echo

echo "-- cutting and joining files"
seq 10000 >numbers
split -l 1000 -d numbers part.
cat part.* | cmp - numbers && echo "same"
csplit -s numbers 5000 && wc -l xx00 xx01 | sed 's/^ *//'
head -c 100000 /dev/zero | split -b 30000 --filter='wc -c'
paste -sd+ <(seq 10); cut -c 2-3 <<<abcdef; fold -w 4 <<<abcdefghij
nl -ba <<<"line"; od -An -tx1 <<<"hex"; expand <<<"	tab"; rev <<<"abc" 2>/dev/null || echo cba
base64 <<<"vellum"; sha256sum numbers | cut -c 1-16; cksum numbers; tsort <<<"a b b c"

echo "-- copying with dd"
dd if=/dev/zero of=zeros bs=64K count=16 status=none
dd if=numbers of=zeros bs=1K seek=100 conv=notrunc status=none
dd if=zeros bs=1K skip=100 count=1 status=none | head -n 1
dd if=numbers of=piece bs=1 skip=10 count=20 2>&1 | head -n 2
dd if=numbers of=direct bs=4096 iflag=fullblock conv=fsync status=none; cmp numbers direct && echo "same"

echo "-- holes, copies, links"
truncate -s 10M sparse
echo end | dd of=sparse conv=notrunc seek=10485756 bs=1 status=none
[ "$(du -k sparse | cut -f 1)" -lt 100 ] && echo "sparse: holes take no room"
cp --sparse=always sparse copy && cmp sparse copy && echo "same"
cp --reflink=auto numbers copy2 && cmp numbers copy2 && echo "same"
mkdir -p tree/a/b; echo text >tree/a/b/file; ln -s b/file tree/a/link; ln tree/a/b/file tree/hard; mkfifo tree/pipe
chmod 640 tree/hard; touch -d '2020-02-02 02:02:02 UTC' tree/hard
cp -a tree tree2; TZ=UTC ls -l --time-style=full-iso tree2/a/b | sed 1d
diff -r --no-dereference tree tree2 2>&1 | grep -v fifo; stat -c '%a %F %n' tree2/a; stat -c '%h %a %F %s %n' tree2/hard tree2/pipe tree2/a/link
mv tree2 moved && mv -T moved tree3; install -m 750 -D numbers deep/down/here; stat -c '%a %s' deep/down/here
readlink -f tree/a/link | sed 's|.*/tree|tree|'; realpath --relative-to=tree tree/a/b
rm -rf tree3; ls -d tree3 2>&1; rmdir deep 2>&1; shred -u -n 1 piece; ls piece 2>&1
truncate -s 3 numbers; cat numbers; stat -c %s numbers

echo "-- finding"
find tree -type f -printf '%P %s %m\n' | sort
find tree -name 'f*' -exec echo found {} + ; find tree -type l -lname 'b/*'; find . -maxdepth 1 -size +9M | sort
find tree -type f -print0 | sort -z | xargs -0 -n 1 -P 4 cat
seq 100 | xargs -n 10 -P 8 echo | sort -n | head -n 2
mkdir many; (cd many && seq 2000 | xargs touch); find many -type f | wc -l; find many -name '*7' -delete; ls many | wc -l

echo "-- grep and sed"
seq 20000 | grep -c 7; grep -rl text tree | sort; grep -n '^root' /etc/passwd; echo aXbXc | grep -o X | wc -l
head -c 3000000 /dev/zero | tr '\0' '\n' | grep -c '^$'; printf 'a\0b\n' | grep -c b
grep -P '(\d)\1' <(seq 100) | tr '\n' ' '; echo; sed -n '2,3p;$='  <(seq 5); sed -i 's/text/TEXT/' tree/a/b/file; cat tree/a/b/file
awk '{ s += $1 } END { print s, NR }' <(seq 1000)

echo "-- time limits, buffers, following"
timeout 0.2 sleep 10; echo "status $?"
{ timeout -s KILL 0.2 bash -c 'trap "" TERM; sleep 10 & wait'; } 2>/dev/null; echo "status $?"
timeout 10 true; echo "status $?"
stdbuf -o0 echo unbuffered | cat
echo one >growing
(sleep 0.3; echo two >>growing) & timeout 10 tail -n +1 -s 0.1 -f --pid=$! growing 2>/dev/null
seq 5 | tee copy1 copy2 | wc -l; cmp copy1 copy2 && echo "same"
yes ok | head -n 3; seq 1000000 | tail -n 1; seq 3 | shuf --random-source=/etc/passwd | sort | tr '\n' ' '; echo
nice -n 5 nice; nohup true </dev/null 2>&1 | cat; env -i A=1 env; env -C / pwd; printenv HOME
sleep 0.01; date -u -d @0 '+%F %T'; mktemp -u /tmp/abc.XXXXXX | wc -c; test -w . && echo writable; expr 6 \* 7; factor 1234567890

echo "-- the system"
uname -s | wc -l; id -un; nproc --all | grep -c '^[1-9]'; df -h . | wc -l; df --output=target / | tail -n 1; stat -f -c %T / | wc -l
whoami; groups; tty; pwd | sed 's|/tmp/.*|here|'; sync numbers && echo synced; ls -ld /tmp | cut -c 1-10
chmod 000 numbers; stat -c %A numbers; chown 1:2 numbers; stat -c '%u:%g' numbers; touch -r tree/hard numbers; date -u -r numbers +%Y
mknod null c 1 3 && echo gone >null && stat -c '%t,%T %F' null; dircolors -b | wc -l; link numbers linked && unlink linked && echo unlinked
cat /proc/self/comm; hostname | wc -w; getconf PAGESIZE; locale -a | grep -c '^C'
