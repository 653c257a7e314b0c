#!/usr/bin/env bash
# What the daemon weighs, each figure beside what it is measured against in the same run:
#   Benchmarks/run.sh FOLDER_OF_THE_RELEASE_PROGRAMS
# ROUNDS=5 sets how often each pair is measured in turn; the medians make the ratio. Of polls, whose cost moves with the
# clock of the machine, twice as many are measured, and the ratio is the median of those of the pairs.
# PARTS="polls start_up" measures only these.
set -euo pipefail

programs=$1
here=$(cd "$(dirname "$0")" && pwd)
# What is fetched once: Debian's Prometheus and Alertmanager, the vendor's SDK.
cache=$here/../.build
rounds=${ROUNDS:-5}
work=$(mktemp -d)
nginx=""
finish() {
    [ -z "$nginx" ] || kill "$nginx" 2>/dev/null || true
    wait 2>/dev/null || true
    rm -rf "$work"
}
trap finish EXIT

median() { sort -g | awk '{ v[NR] = $1 } END { print (NR % 2) ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }
# pairs OURS OTHERS: the median of the ratios, line by line.
pairs() { paste "$1" "$2" | awk '{ print $1 / $2 }' | median | awk '{ printf "%.2f", $1 }'; }
ratio() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f", a / b }'; }
spread() { sort -g | awk '{ v[NR] = $1 } END { printf "%s..%s", v[1], v[NR] }'; }
report() { printf '%-58s %10s %10s %8s   goal %s\n' "$1" "$2" "$3" "$4" "$5"; }

# seconds COMMAND...: wall time of one run.
seconds() {
    local before after
    before=$(date +%s%N)
    "$@" >/dev/null
    after=$(date +%s%N)
    awk -v a="$before" -v b="$after" 'BEGIN { printf "%.6f\n", (b - a) / 1e9 }'
}

# measurements: nginx's variable of this name, an answer with the last hundred steps of a training. It takes several, for
# a text in its config may have 4096 bytes at most.
measurements() {
    python3 - <<'PY'
import datetime, json
now = datetime.datetime.now(datetime.timezone.utc)
items = []
for step in range(1, 101):
    at = now - datetime.timedelta(seconds=10 * (100 - step))
    items.append({
        "CurrentStep": 1000 + step, "GlobalStep": 20000, "Epoch": step / 100, "LogTime": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "Metric": {"loss": 2 - step / 100, "memory(GiB)": "41.2"}, "MetricType": "train", "Timestamp": str(int(at.timestamp())),
    })
text = json.dumps({"RequestId": "45D24263-7E3A-4140-9472-BEDF60A15A4E", "Items": {"SlsMetricsItems": items}})
parts = [text[i:i + 3500] for i in range(0, len(text), 3500)]
for number, part in enumerate(parts):
    print(f"map $host $part{number} {{ default '{part}'; }}")
print("map $host $measurements { default '" + "".join(f"$part{number}" for number in range(len(parts))) + "'; }")
PY
}

server() {
    openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1 \
        -keyout "$work/key.pem" -out "$work/cert.pem" 2>/dev/null
    port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
    cat >"$work/nginx.conf" <<CONF
daemon off;
pid $work/nginx.pid;
error_log $work/nginx-error.log;
worker_processes 1;
events { worker_connections 1024; }
http {
    access_log off;
    client_body_temp_path $work/body; proxy_temp_path $work/proxy; fastcgi_temp_path $work/fastcgi;
    uwsgi_temp_path $work/uwsgi; scgi_temp_path $work/scgi;
    keepalive_requests 100000000;
    server {
        listen 127.0.0.1:$port ssl;
        ssl_certificate $work/cert.pem;
        ssl_certificate_key $work/key.pem;
        default_type application/json;
        location / { return 200 \$answer; }
    }
    map_hash_bucket_size 128;
    map \$http_x_acs_action \$answer {
        default '$(tr -d '\n' <"$here/answer.json")';
        DescribeAIDBClusterTaskMetrics \$measurements;
    }
$(measurements)
}
CONF
    nginx -e "$work/nginx-error.log" -c "$work/nginx.conf" &
    nginx=$!
    for _ in $(seq 100); do
        curl --silent --cacert "$work/cert.pem" -o /dev/null "https://127.0.0.1:$port/" && return
        sleep 0.05
    done
    echo "bench: nginx does not answer" >&2
    cat "$work/nginx-error.log" >&2
    exit 1
}

polls() {
    local requests=20000 in_flight
    local url="https://127.0.0.1:$port/?DBClusterId=pm-2zebench100001&DescribeType=RelatedAITask&RegionId=cn-beijing"
    gcc -O2 -o "$work/plain-curl" "$here/plain-curl/plain-curl.c" -lcurl
    "$programs/polarai-bench" signed "127.0.0.1:$port" $requests >"$work/headers"
    for in_flight in 8 50; do
        : >"$work/ours"
        : >"$work/plain"
        : >"$work/signed"
        for _ in $(seq $((2 * rounds + 1))); do
            "$programs/polarai-bench" poll "127.0.0.1:$port" "$work/cert.pem" $requests "$in_flight" >>"$work/ours"
            "$work/plain-curl" "https://127.0.0.1:$port/?DBClusterId=pm-2zebench100001&RegionId=cn-beijing" \
                "$work/cert.pem" $requests "$in_flight" >>"$work/plain"
            "$work/plain-curl" "$url" "$work/cert.pem" $requests "$in_flight" "$work/headers" >>"$work/signed"
        done
        report "CPU µs per unchanged signed HTTPS poll, $in_flight in flight / plain libcurl" "$(median <"$work/ours")" \
            "$(median <"$work/plain")" "$(pairs "$work/ours" "$work/plain")" "<= 2.0"
        echo "    spread: ours $(spread <"$work/ours"), plain $(spread <"$work/plain"), $((2 * rounds + 1)) rounds"
        report "the same / libcurl sending the same bytes, signed beforehand" "$(median <"$work/ours")" \
            "$(median <"$work/signed")" "$(pairs "$work/ours" "$work/signed")" "<= 1.25"
    done
}

# The vendor's SDK makes one call after the other.
sdk() {
    local python=$cache/independent/bin/python requirements=$here/../Tests/Independent/requirements.txt
    if ! cmp -s "$requirements" "$cache/independent/made"; then
        rm -rf "$cache/independent"
        python3 -m venv "$cache/independent"
        "$cache/independent/bin/pip" install --quiet --disable-pip-version-check -r "$requirements"
        cp "$requirements" "$cache/independent/made"
    fi
    : >"$work/ours"
    : >"$work/other"
    for _ in $(seq "$rounds"); do
        "$programs/polarai-bench" poll "127.0.0.1:$port" "$work/cert.pem" 20000 8 >>"$work/ours"
        "$python" -B "$here/peers/sdk.py" "127.0.0.1:$port" "$work/cert.pem" 1000 | cut -d ' ' -f 1 >>"$work/other"
    done
    report "CPU µs per poll, 8 in flight / the vendor's Python SDK" "$(median <"$work/ours")" "$(median <"$work/other")" \
        "$(pairs "$work/ours" "$work/other")" "<= 1.0"
    echo "    spread: ours $(spread <"$work/ours"), SDK $(spread <"$work/other"), $rounds rounds"
}

peers() {
    python3 -B "$here/peers/trial.py" "$programs/polarai-daemon" "$work" "$work/cert.pem" "$work/key.pem" "$cache"
}

history() {
    local db="$work/history.db" query limit name
    "$programs/polarai-bench" fill "$db" --events 1000000
    query="SELECT e.seq, (SELECT code FROM installation) || '-' || e.seq AS id, e.event, e.cluster, e.name, e.account, e.region,
        e.from_status AS \"from\", e.to_status AS \"to\", e.kind,
        strftime('%Y-%m-%dT%H:%M:%fZ', e.observed_at / 1000.0, 'unixepoch') AS observed_at,
        strftime('%Y-%m-%dT%H:%M:%fZ', e.not_before / 1000.0, 'unixepoch') AS not_before,
        strftime('%Y-%m-%dT%H:%M:%fZ', e.api_time / 1000.0, 'unixepoch') AS api_time, e.request_id,
        (SELECT json_group_array(json_object('target', target, 'state', state, 'attempts', attempts, 'updated_at', updated_at))
            FROM outbox o WHERE o.seq = e.seq) AS alerts
        FROM events e"
    for limit in 50 100000; do
        : >"$work/ours"
        : >"$work/plain"
        for _ in $(seq "$rounds"); do
            local format=json base=0 plain_base=0
            if [ "$limit" = 50 ]; then
                base=$(seconds "$programs/polarai-daemon" --version)
                plain_base=$(seconds sqlite3 --version)
            else
                format=jsonl
            fi
            local used plain_used
            used=$(seconds "$programs/polarai-daemon" history --database "$db" --limit "$limit" --format "$format")
            plain_used=$(seconds sqlite3 -readonly -json "$db" \
                "SELECT * FROM ($query ORDER BY e.seq DESC LIMIT $limit) ORDER BY seq")
            awk -v a="$used" -v b="$base" 'BEGIN { printf "%.6f\n", a - b }' >>"$work/ours"
            awk -v a="$plain_used" -v b="$plain_base" 'BEGIN { printf "%.6f\n", a - b }' >>"$work/plain"
        done
        name="history, newest 50 of 1,000,000 as json, less --version"
        [ "$limit" = 50 ] || name="history, 100,000 of 1,000,000 rows as jsonl"
        report "$name / sqlite3, s" "$(median <"$work/ours")" "$(median <"$work/plain")" \
            "$(ratio "$(median <"$work/ours")" "$(median <"$work/plain")")" "<= 1.5"
        echo "    spread: ours $(spread <"$work/ours"), sqlite3 $(spread <"$work/plain"), $rounds rounds"
    done
}

records() {
    : >"$work/ours"
    : >"$work/plain"
    python3 - "$work/insert.sql" <<'PY'
import sys
with open(sys.argv[1], "w") as out:
    out.write("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; BEGIN;\n")
    out.write("CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT, c TEXT, d TEXT, e TEXT, f INTEGER, g INTEGER);\n")
    for i in range(30000):
        out.write(f"INSERT INTO t VALUES ({i}, 'pm-2zebench{100000 + i}', 'ACTIVATION', 'COMPLETED', "
                  f"'45D24263-7E3A-4140-9472-{100000000000 + i}', {1764000000000 + i}, {1764000000000 - i});\n")
    out.write("COMMIT;\n")
PY
    for round in $(seq "$rounds"); do
        "$programs/polarai-bench" record "$work/record-$round.db" --clusters 10000 >>"$work/ours"
        awk -v s="$(seconds sqlite3 "$work/plain-$round.db" ".read $work/insert.sql")" \
            'BEGIN { printf "%.0f\n", 30000 / s }' >>"$work/plain"
    done
    report "rows/s, 10,000 clusters changing at once / sqlite3 batch" "$(median <"$work/ours")" "$(median <"$work/plain")" \
        "$(ratio "$(median <"$work/ours")" "$(median <"$work/plain")")" ">= 0.33"
}

latency() {
    # Virtual time: the same on every machine. Goals: mean and p99 <= 0.10 of round robin with statuses in the list,
    # <= 0.50 by expected ends.
    "$programs/polarai-bench" latency --trials "$rounds" | sed 's/^latency //'
}

start_up() {
    "$programs/polarai-bench" fill "$work/waiting.db" --events 100000 --waiting 100000
    python3 "$here/ready.py" "$programs/polarai-daemon" "$work" "127.0.0.1:$port" "$work/cert.pem" "$rounds"
}

deliveries() {
    "$programs/polarai-bench" fill "$work/backlog.db" --events 206000 --waiting 206000
    python3 "$here/deliver.py" "$programs/polarai-daemon" "$work" "127.0.0.1:$port" "$work/cert.pem" "$rounds"
    rm -f "$work/backlog.db"*
}

commits() { python3 "$here/commits.py" "$programs/polarai-bench" "$rounds"; }

hosts() { python3 "$here/hosts.py" "$programs/polarai-daemon" "$work" "127.0.0.1:$port" "$work/cert.pem"; }

echo "polarai-daemon $("$programs/polarai-daemon" --version), $(nproc) cores, $(date -u +%FT%TZ)"
report "what" ours other ratio ""
server
for part in ${PARTS:-polls sdk history records commits start_up hosts deliveries latency peers}; do "$part"; done
