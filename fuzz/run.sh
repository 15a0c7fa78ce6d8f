#!/bin/sh
# Runs the targets one after the other, so many minutes each: ./run.sh 10, or ./run.sh 10 parser for one of them.
# What is new goes to found/TARGET, what breaks a promise to found/TARGET-crash-…, and what was said to found/TARGET.log.
set -eu
cd "$(dirname "$0")"
minutes=${1:-10}
[ $# -gt 0 ] && shift
./build.sh
for target in ${@:-parser sanitizer opml}; do
    mkdir -p "found/$target"
    echo "$target, $minutes minutes"
    nice -n 19 target/x86_64-unknown-linux-gnu/debug/"$target" "found/$target" "corpus/$target" -dict="dict/$target.txt" \
        -max_total_time=$((minutes * 60)) -max_len=4096 -timeout=20 -rss_limit_mb=1024 -print_final_stats=1 \
        -artifact_prefix="found/$target-" >"found/$target.log" 2>&1 || { echo "$target: see fuzz/found/$target.log"; failed=1; }
    grep -E 'DONE|stat::|SUMMARY|panicked' "found/$target.log" || true
done
exit ${failed:-0}
