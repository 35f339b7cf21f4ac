#!/usr/bin/env bash
# Fetches what only contributors need and the repository may not hold; the library
# itself is fetched by `trtbuild sdk install`.
#
#   headers/  TensorRT's C++ headers, from the crate trtx-sys (Apache-2.0):
#             TensorRT-RTX 1.3 to 1.7 and Enterprise 11.4, with a stand-in for
#             CUDA's header. Only those who compile shims need them.
#   oracle/   NVIDIA's own Python binding, for tests that hold our engines
#             against it; from the wheel for the python3 at hand.
#   browser/  A headless Chromium, for tests that open pages; from the package
#             @sparticuz/chromium (MIT; it carries what Chromium links to).
#   onnxruntime/  The library of ONNX Runtime (MIT), for tests that hold the CPU
#             reference against it; from the package onnxruntime-node.
#   tensorboard/  TensorBoard for the python3 at hand, for tests that have it
#             read event files.
#
# Usage: sdk.sh [headers] [oracle] [browser] [onnxruntime] [tensorboard]
#
# They go to $TRTBUILD_SDK_DIR, by default ${XDG_CACHE_HOME:-~/.cache}/trtbuild/sdk.
# Everything but TensorBoard, whose parts pip picks, is checked against a SHA-256
# written here. What is already there is left alone; a part appears only when it
# is complete.
set -euo pipefail

crate=trtx-sys crate_version=0.9.1
crate_sha256=5480ee056292951daa1bc74532162d6cb75190f091e45d7d97c0c356916ae171
binding=tensorrt-rtx-cu13-bindings binding_version=1.7.1.116
browser=sparticuz-chromium browser_version=153.0.0
browser_sha256=20e5656fcdcf4118ede85edfb9d6bb9cc1bbb7ffb8b75622fffbcf36a835c3c0
onnxruntime=onnxruntime-node onnxruntime_version=1.30.0 onnxruntime_size=113507888
onnxruntime_sha256=6e3390d6b783e7be946fad629292799da28d0b42f84856e50d2c1b0383291e75
tensorboard_version=2.21.0
declare -A binding_sha256=(
	[cp38]=915774516eaf4d544323a83eac350ecc827ba343210dcf7a94329c08d39f26ed
	[cp39]=ab91a228d6b8f2bf916bee151057cc249f84e18a5cb084cedaf03d82e2a8e567
	[cp310]=f357cebfed83af6cbd1d3b172632cd9c6bb06a39e8296a8d3c11a9edd2fae357
	[cp311]=6a4d2bf39a98b71238046b9a9dd22d0e6b146be90cd56ac09f1e068933e4e18d
	[cp312]=52fb62cb86b922637848f5971b53153bf2e091c33948fa89efd215abaa52b044
	[cp313]=f15cdb560cf2d926405789985509f5496e378ba457a7fb657592ce7f7311c0ff
	[cp314]=675881105d3fa967cc4b3a1258d2bd29545de92e19a7058c0c8a17afa62290cd
)

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

# fetch PACKAGE: the path of its wheel, for the python3 at hand.
fetch() {
	need python3 'its pip fetches the wheel'
	python3 -m pip download --quiet --disable-pip-version-check --no-deps --no-cache-dir \
		--only-binary :all: --dest "$tmp/$1" "$1==$binding_version" >&2 || return
	compgen -G "$tmp/$1/*.whl"
}

oracle() {
	local dir=$tmp/oracle tag sum file
	need python3 'the binding is its'
	tag=$(python3 -c 'import sys; print("cp%d%d" % sys.version_info[:2])')
	sum=${binding_sha256[$tag]-}
	[[ $sum ]] || die "NVIDIA has no binding of $binding_version for python3 ($tag), only for ${!binding_sha256[*]}"
	have oracle "$sum" && return
	say "fetching NVIDIA's Python binding (wheel $binding $binding_version for $tag, 1 MB)"
	file=$(fetch $binding) || die "pip could not fetch $binding $binding_version"
	check "$file" "$sum"
	python3 -m zipfile -e "$file" "$dir"
	put "$dir" oracle "$sum"
}

# inflate FILE TARGET
inflate() {
	node -e 'const fs = require("fs"), [from, to] = process.argv.slice(1)
fs.createReadStream(from).pipe(require("zlib").createBrotliDecompress()).pipe(fs.createWriteStream(to))' "$1" "$2"
}

browser() {
	have browser $browser_sha256 && return
	need npm 'it fetches the package that carries Chromium (Node.js)'
	local dir=$tmp/browser in=$tmp/browser.package
	mkdir -p "$dir/lib" "$in"
	say "fetching Chromium (package @${browser/-//} $browser_version, 67 MB)"
	npm pack --silent --pack-destination "$in" "@${browser/-//}@$browser_version" >/dev/null ||
		die "npm could not fetch @${browser/-//} $browser_version"
	check "$in/$browser-$browser_version.tgz" $browser_sha256
	tar -xzf "$in/$browser-$browser_version.tgz" -C "$in" --strip-components=2 package/bin
	inflate "$in/chromium.br" "$dir/chromium"
	chmod +x "$dir/chromium"
	inflate "$in/swiftshader.tar.br" "$in/swiftshader.tar" && tar -xf "$in/swiftshader.tar" -C "$dir"
	inflate "$in/al2023.tar.br" "$in/libraries.tar" && tar -xf "$in/libraries.tar" -C "$dir"
	inflate "$in/fonts.tar.br" "$in/fonts.tar" && tar -xf "$in/fonts.tar" -C "$dir"
	cat >"$dir/fonts.conf" <<-EOF
		<?xml version="1.0"?>
		<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
		<fontconfig><dir>$sdk/browser/fonts</dir><cachedir>$sdk/browser/cache</cachedir></fontconfig>
	EOF
	put "$dir" browser $browser_sha256
}

onnxruntime() {
	have onnxruntime $onnxruntime_sha256 && return
	need npm 'it fetches the package that carries ONNX Runtime (Node.js)'
	local dir=$tmp/onnxruntime in=$tmp/onnxruntime.package arch file
	case $(uname -sm) in
	'Linux x86_64') arch=x64 ;;
	'Linux aarch64') arch=arm64 ;;
	*) die "onnxruntime: the package is used on Linux only" ;;
	esac
	mkdir -p "$dir" "$in"
	say "fetching ONNX Runtime (package $onnxruntime $onnxruntime_version, 114 MB)"
	npm pack --silent --pack-destination "$in" "$onnxruntime@$onnxruntime_version" >/dev/null ||
		die "npm could not fetch $onnxruntime $onnxruntime_version"
	file=$in/$onnxruntime-$onnxruntime_version.tgz
	[[ $(wc -c <"$file") == "$onnxruntime_size" ]] || die "$onnxruntime-$onnxruntime_version.tgz has $(wc -c <"$file") bytes, expected $onnxruntime_size"
	check "$file" $onnxruntime_sha256
	tar -xzf "$file" -C "$dir" --strip-components=5 "package/bin/napi-v6/linux/$arch/libonnxruntime.so.1"
	put "$dir" onnxruntime $onnxruntime_sha256
}

tensorboard() {
	need python3 'TensorBoard runs in it'
	local dir=$tmp/tensorboard mark
	mark=$tensorboard_version-$(python3 -c 'import sys; print("cp%d%d" % sys.version_info[:2])')
	have tensorboard "$mark" && return
	say "fetching TensorBoard $tensorboard_version"
	python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore --no-cache-dir \
		--only-binary :all: --target "$dir" "tensorboard==$tensorboard_version" >&2 ||
		die "pip could not install tensorboard $tensorboard_version"
	put "$dir" tensorboard "$mark"
}

(($#)) || die "name what to fetch: headers, oracle, browser, onnxruntime, tensorboard"
mkdir -p -- "$sdk"
tmp=$(mktemp -d "$sdk/.tmp.XXXXXX")
trap 'rm -rf -- "$tmp"' EXIT
for part in "$@"; do
	case $part in
	headers | oracle | browser | onnxruntime | tensorboard) $part ;;
	*) die "unknown part $part" ;;
	esac
	say "$part: $sdk/$part"
done
