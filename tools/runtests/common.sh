# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# Common to the tests of tools/run itself. A test gets an empty folder $T and the build folder $BUILD from tools/test;
# started by hand it makes do with a folder of its own and build/.

set -u
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
BUILD=$(realpath "${BUILD:-$top/build}")
if [ -z "${T:-}" ]; then
	T=$(mktemp -d "${TMPDIR:-/tmp}/vellum-run-test.XXXXXX")
	trap 'rm -rf "$T"' EXIT
fi

vellum() {
	"$top/tools/run" --build "$BUILD" "$@"
}

fail() {
	echo "FAILED: $*"
	[ ! -s "$T/err" ] || tail -n 40 "$T/err"
	exit 1
}

# status N OPTIONS...: tools/run with them must return N; its output is left in $T/out and $T/err
status() {
	local want=$1 got=0
	shift
	vellum "$@" >"$T/out" 2>"$T/err" </dev/null || got=$?
	[ "$got" -eq "$want" ] || fail "status $got, expected $want: tools/run $*"
}

# says TEXT FILE: the text stands in the file
says() {
	grep -qF -- "$1" "$2" || fail "'$1' is not in what was printed: $(head -c 500 "$2")"
}
