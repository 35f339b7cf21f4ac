#!/usr/bin/env bash
# Fetches what the native path needs and the repository may not hold:
#
#   headers/  TensorRT's C++ headers, from the crate trtx-sys (Apache-2.0):
#             TensorRT-RTX 1.3 to 1.7 and Enterprise 11.4, with a stand-in for
#             CUDA's header. Only those who compile shims need them.
#   lib/      the TensorRT-RTX library, from NVIDIA's wheel, with its licence.
#
# Usage: sdk.sh [--wheel FILE] [headers] [lib]        (default: both)
#
# They go to $TRTBUILD_SDK_DIR, by default ${XDG_CACHE_HOME:-~/.cache}/trtbuild/sdk.
# Everything is checked against a SHA-256 written here. What is already there is
# left alone; a part appears only when it is complete.
set -euo pipefail

crate=trtx-sys crate_version=0.9.1
crate_sha256=5480ee056292951daa1bc74532162d6cb75190f091e45d7d97c0c356916ae171
wheel=tensorrt-rtx-cu13-libs wheel_version=1.7.1.116
wheel_sha256=e3fd45fed001240d63304e77a2d4006319b839994237cb294b6e7ad72acaabcd

sdk=${TRTBUILD_SDK_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/trtbuild/sdk}

say() { printf 'sdk: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }
need() { command -v "$1" >/dev/null || die "$1 is not installed: $2"; }

check() { # FILE SHA256
	local got
	got=$(sha256sum -- "$1" | cut -d' ' -f1)
	[[ $got == "$2" ]] || die "$(basename -- "$1") has SHA-256 $got, expected $2"
}

# put DIR NAME SHA256: DIR becomes $sdk/NAME in one step, marked with what it came from.
put() {
	echo "$3" >"$1/.sha256"
	rm -rf -- "${sdk:?}/$2"
	mv -- "$1" "$sdk/$2"
}

have() { [[ -f $sdk/$1/.sha256 && $(<"$sdk/$1/.sha256") == "$2" ]]; }

headers() {
	have headers $crate_sha256 && return
	need cargo 'it fetches the crate that carries the headers (https://rustup.rs)'
	local dir=$tmp/headers file
	mkdir "$dir"
	say "fetching TensorRT headers (crate $crate $crate_version, 1 MB)"
	# cargo info fetches this one crate; cargo fetch would bring a hundred more.
	(cd "$dir" && cargo info --quiet "$crate@$crate_version" >/dev/null) ||
		die "cargo could not fetch $crate $crate_version"
	file=$(compgen -G "${CARGO_HOME:-$HOME/.cargo}/registry/cache/*/$crate-$crate_version*.crate" | head -n1) ||
		die "cargo fetched $crate $crate_version but it is not in the registry's cache"
	check "$file" $crate_sha256
	tar -xzf "$file" -C "$dir" --strip-components=1
	put "$dir" headers $crate_sha256
}

lib() { # [WHEEL]
	have lib $wheel_sha256 && return
	need python3 'its pip fetches the wheel'
	local dir=$tmp/lib file=${1-}
	mkdir "$dir"
	if [[ -z $file ]]; then
		say "fetching the TensorRT-RTX library (wheel $wheel $wheel_version, 95 MB)"
		python3 -m pip download --quiet --disable-pip-version-check --no-deps --no-cache-dir \
			--only-binary :all: --dest "$tmp" "$wheel==$wheel_version" ||
			die "pip could not fetch $wheel $wheel_version; a wheel from elsewhere is taken with --wheel FILE"
		file=$(compgen -G "$tmp/*.whl")
	fi
	check "$file" $wheel_sha256
	python3 - "$file" "$dir" <<-'PY'
		import os, shutil, sys, zipfile
		with zipfile.ZipFile(sys.argv[1]) as wheel:
		    for name in wheel.namelist():
		        base = os.path.basename(name)
		        if base in ("libtensorrt_rtx.so.1", "LICENSE.txt"):
		            with wheel.open(name) as src, open(os.path.join(sys.argv[2], base), "wb") as dst:
		                shutil.copyfileobj(src, dst, 1 << 20)
	PY
	[[ -f $dir/libtensorrt_rtx.so.1 && -f $dir/LICENSE.txt ]] || die "the wheel lacks the library or its licence"
	put "$dir" lib $wheel_sha256
}

file='' parts=()
while (($#)); do
	case $1 in
	--wheel) file=${2:?--wheel wants a file}; shift ;;
	headers | lib) parts+=("$1") ;;
	*) die "unknown argument $1" ;;
	esac
	shift
done

mkdir -p -- "$sdk"
tmp=$(mktemp -d "$sdk/.tmp.XXXXXX")
trap 'rm -rf -- "$tmp"' EXIT
((${#parts[@]})) || parts=(headers lib)
for part in "${parts[@]}"; do
	case $part in
	headers) headers ;;
	lib) lib "$file" ;;
	esac
done

if [[ -d $sdk/headers ]]; then say "headers: $sdk/headers"; fi
if [[ -d $sdk/lib ]]; then
	say "library: $sdk/lib/libtensorrt_rtx.so.1 (TensorRT-RTX $wheel_version)"
	say "it is NVIDIA's, under the terms of $sdk/lib/LICENSE.txt"
fi
