#!/usr/bin/env bash
# Runs one group of tests, and lists what failed after the runner's own closing line, where a log that is cut still shows it:
#   scripts/run-tests.sh NAME FILTERS...
# Suites that failed are run once more by themselves. Only what fails there too fails the group: the others depended on
# what else the machine did, and are named. Everything that was printed is kept in .build/tests.
set -uo pipefail
cd "$(dirname "$0")/.." || exit
name=$1
shift
results=.build/tests
mkdir -p "$results"

# tests LOG FILTERS...: at most a dozen at a time; with a thousand on two cores, those that wait for a server would wait
# for the others.
tests() {
    local log=$1
    shift
    swift test --skip-build --disable-xctest --experimental-maximum-parallelization-width 12 "$@" 2>&1 | tee "$log"
}

# failed LOG: what was recorded, each line once.
failed() { grep -E '^✘ (Test|Suite) ' "$1" | grep -vE '^✘ Test run ' | grep 'recorded an issue' | sort -u | head -40; }

# suites LOG: the files whose tests failed, as suites of their modules are named.
suites() { failed "$1" | sed -nE 's/.* recorded an issue .*at ([A-Za-z0-9_]+)\.swift:.*/\1/p' | sort -u; }

log=$results/$name.log
tests "$log" "$@" && exit 0
status=$?
echo "Failed in the group $name:"
failed "$log"
mapfile -t again < <(suites "$log")
if [ ${#again[@]} = 0 ] || [ ${#again[@]} -gt 6 ]; then exit $status; fi
filters=()
for suite in "${again[@]}"; do filters+=(--filter "$suite"); done
echo "Once more, by themselves: ${again[*]}"
if ! tests "$results/$name-again.log" "${filters[@]}"; then
    echo "Failed again in the group $name:"
    failed "$results/$name-again.log"
    exit 1
fi
# A filter without a match passes as well.
grep -qE 'Test run with [1-9][0-9]* tests? ' "$results/$name-again.log" || exit $status
echo "NOT STEADY: ${again[*]} failed beside the other tests and passed by themselves; see $log"
