#!/usr/bin/env bash
# Runs libFuzzer on one entry:
#   Tests/FuzzTests/fuzz.sh PROGRAM ENTRY SECONDS
# It begins with the corpus of the entry; what it adds to that goes to .build-fuzz/corpus and is kept for the next time. What
# it finds is in .build-fuzz/found; to have it replayed by `make test`, make it small and add it to the corpus.
set -euo pipefail
cd "$(dirname "$0")/../.."
program=$1
entry=$2
seconds=$3
mkdir -p ".build-fuzz/corpus/$entry" ".build-fuzz/found"
echo "fuzzing $entry for $seconds s"
# Swift's own report of a crash comes between libFuzzer and its note of what was fed. Foundation is never let go of.
POLARAI_FUZZ_ENTRY=$entry SWIFT_BACKTRACE=enable=no ASAN_OPTIONS=detect_leaks=0 \
    "$program" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -max_len=65536 -print_final_stats=1 \
    -artifact_prefix=".build-fuzz/found/$entry-" ".build-fuzz/corpus/$entry" "Tests/FuzzTests/Corpus/$entry"
