#!/bin/bash
# run.sh PRESET|FOLDER [COMPILER...]: installs libwherry from that build to a temporary folder, and
# builds and runs projects that use it, by CMake and by pkg-config, with each compiler (g++ and
# clang++-19 unless told).
set -euo pipefail
here=$(dirname "$(realpath "$0")")
build=$1
[[ -d $build ]] || build=$here/../../build/$1
shift
compilers=("$@")
[[ ${#compilers[@]} -gt 0 ]] || compilers=(g++ clang++-19)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

cmake --install "$build" --prefix "$scratch/prefix" --component sdk >/dev/null
with_engine=
if grep -q '^WHERRY_SDK_ONLY:BOOL=OFF' "$build/CMakeCache.txt"; then
    cmake --install "$build" --prefix "$scratch/prefix" --component embedded >/dev/null
    with_engine=yes
fi
export PKG_CONFIG_PATH
PKG_CONFIG_PATH=$(dirname "$(find "$scratch/prefix" -name wherry.pc)")
read -ra flags <<<"$(pkg-config --define-variable=prefix="$scratch/prefix" --static --cflags --libs wherry)"

consume() {
    local compiler=$1 folder=$scratch/$1
    cmake -S "$here" -B "$folder" -DCMAKE_CXX_COMPILER="$compiler" \
          -DCMAKE_PREFIX_PATH="$scratch/prefix" >/dev/null
    cmake --build "$folder"
    "$folder/blocking"
    "$folder/coroutine"

    "$compiler" -std=c++20 "$here/blocking.cpp" "${flags[@]}" -o "$folder/by-pkg-config"
    "$folder/by-pkg-config"

    if [[ -n $with_engine ]]; then
        "$folder/embedded" "$scratch/$compiler-engine" "$scratch/prefix/bin/wherry-monitor"
        read -ra more <<<"$(pkg-config --define-variable=prefix="$scratch/prefix" --cflags --libs wherry-embedded)"
        "$compiler" -std=c++20 "$here/embedded.cpp" "${more[@]}" -o "$folder/embedded-by-pkg-config"
        PATH=$scratch/prefix/bin:$PATH "$folder/embedded-by-pkg-config" "$scratch/$compiler-engine"
    fi

    # Too old a standard is refused with words, not with a page of errors alone.
    if "$compiler" -std=c++17 -fsyntax-only "$here/blocking.cpp" "${flags[@]}" 2>"$folder/refusal"; then
        echo "C++17 was not refused" >&2
        return 1
    fi
    grep -q "libwherry needs C++20" "$folder/refusal"
    echo "consumer projects: built and run with $compiler"
}

for compiler in "${compilers[@]}"; do
    consume "$compiler"
done
