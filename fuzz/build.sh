#!/bin/sh
# Builds the targets with libFuzzer and the compiler's own coverage, on any stable toolchain: these passes need no switch
# that only a nightly has. A C++ compiler builds libFuzzer.
set -eu
cd "$(dirname "$0")"
sancov='-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 -Cllvm-args=-sanitizer-coverage-inline-8bit-counters
    -Cllvm-args=-sanitizer-coverage-pc-table -Cllvm-args=-sanitizer-coverage-trace-compares'
# Naming the target keeps the flags from build scripts and macros, which run without a fuzzer.
RUSTFLAGS="$(echo $sancov)" ${CARGO:-cargo} build --target x86_64-unknown-linux-gnu "$@"
