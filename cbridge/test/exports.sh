#!/usr/bin/env bash
# A shim exports one function and needs no newer system than CMakeLists.txt says.
# The machine that builds sets that floor: on one with a newer glibc than Debian
# 12's the shims are for that machine, and the floor is only reported.
#
# Usage: exports.sh SHIM...
set -euo pipefail

failed=0
host=GLIBC_$(getconf GNU_LIBC_VERSION | cut -d' ' -f2)
fail() { echo "FAIL  $*"; failed=1; }

# newest PREFIX SHIM: the highest version of PREFIX that SHIM asks for.
newest() { objdump -T "$2" | grep -o "$1_[0-9.]*" | sort -Vu | tail -n1; }

# at_most GOT WANT
at_most() { [[ $(printf '%s\n%s\n' "$1" "$2" | sort -V | tail -n1) == "$2" ]]; }

for shim in "$@"; do
	exports=$(nm -D --defined-only "$shim" | awk '{print $3}')
	[[ $exports == trtbridge_api ]] || fail "$shim exports: $exports"
	for need in GLIBC_2.34 GLIBCXX_3.4.29; do
		got=$(newest "${need%_*}" "$shim")
		if at_most "$got" "$need"; then
			continue
		elif at_most "$host" GLIBC_2.36; then
			fail "$shim needs $got, more than $need"
		else
			echo "note  $shim needs $got: not for release"
		fi
	done
	if objdump -p "$shim" | grep 'NEEDED.*\(nvinfer\|tensorrt\)'; then
		fail "$shim is linked to TensorRT"
	fi
	echo "ok    $shim"
done
exit $failed
