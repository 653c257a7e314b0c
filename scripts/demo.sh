#!/usr/bin/env bash
# The main job on real HTTPS and SQLite, against the simulator: demo.sh FOLDER_OF_THE_PROGRAMS
# Everything it writes is in a temporary folder, and it ends only what it started.
set -euo pipefail

programs=$1
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
simulator=""
daemon=""
finish() {
    [ -z "$daemon" ] || kill "$daemon" 2>/dev/null || true
    [ -z "$simulator" ] || kill "$simulator" 2>/dev/null || true
    wait 2>/dev/null || true
    rm -rf "$work"
}
trap finish EXIT

# await SECONDS WHAT COMMAND...: until the command succeeds.
await() {
    local deadline=$((SECONDS + $1)) what=$2
    shift 2
    until "$@" >/dev/null 2>&1; do
        if [ "$SECONDS" -ge "$deadline" ]; then
            echo "demo: gave up waiting for $what" >&2
            cat "$work/daemon.log" >&2 || true
            exit 1
        fi
        sleep 0.1
    done
}

echo "== Starting the simulator: the PolarDB API over HTTPS, and a webhook receiver"
"$programs/polarai-simulator" serve --scenario "$here/demo/scenario.json" \
    --make-certs "$work/certs" --ready-file "$work/ports.json" >"$work/simulator.log" 2>&1 &
simulator=$!
await 20 "the simulator" test -s "$work/ports.json"
https=$(sed -n 's/.*"https": *\([0-9]*\).*/\1/p' "$work/ports.json")

cat >"$work/config.json" <<JSON
{
  "api": {
    "region": "cn-beijing",
    "endpoint": "https://127.0.0.1:$https",
    "ca_file": "$work/certs/ca.pem",
    "credentials": {"type": "access_key", "access_key_id": "demo-key", "access_key_secret": {"env": "DEMO_SECRET"}}
  },
  "clusters": [
    {"id": "pm-demo00000000001", "name": "nightly"},
    {"id": "pm-demo00000000002", "name": "reranker"}
  ],
  "schedule": {"running": "5s", "jitter": 0},
  "targets": {
    "ops": {
      "url": "https://127.0.0.1:$https/hook/ops", "ca_file": "$work/certs/ca.pem",
      "secret": "whsec_ZGVtby1zZWNyZXQtb2YtdGhlLXNpbXVsYXRvcg==", "retry": ["1s"]
    }
  },
  "storage": {"path": "$work/polarai.db"}
}
JSON
chmod 600 "$work/config.json"
# The control socket's folder, which systemd makes for the service.
mkdir -m 700 "$work/run"
export DEMO_SECRET=demo-secret POLARAI_CONFIG="$work/config.json" RUNTIME_DIRECTORY="$work/run"

echo "== check-config"
"$programs/polarai-daemon" check-config
echo "== run: polls two clusters; one training completes, one fails; the receiver refuses the first message"
"$programs/polarai-daemon" run 2>"$work/daemon.log" &
daemon=$!
delivered() {
    [ "$("$programs/polarai-daemon" history --format jsonl --limit 0 | grep -c '"state":"delivered"')" -ge 2 ]
}
await 60 "two delivered alerts" delivered
cat "$work/daemon.log"

echo "== What the receiver got, signatures checked"
curl --silent --cacert "$work/certs/ca.pem" "https://127.0.0.1:$https/_control/deliveries?hook=ops" |
    python3 -c '
import json, sys
for delivery in json.load(sys.stdin):
    body = delivery["body"]
    data = (json.loads(body) if isinstance(body, str) else body)["data"]
    print("answered", delivery["answer"] + ":", data["id"], data["event"], "-", data["message"])'

echo "== status"
"$programs/polarai-daemon" status
echo "== Stopping the daemon; the history stays"
kill "$daemon"
wait "$daemon"
daemon=""
echo "== history"
"$programs/polarai-daemon" history
