#!/bin/sh
# Puts Debian's Prometheus and promtool into FOLDER without installing them: fetch-prometheus.sh FOLDER
# Prints the folder of the two programs. Tests compare with them; nothing of ours needs them. An installed package would
# be started as a service, which a test has no business to do.
set -eu

folder=$1
if command -v prometheus >/dev/null 2>&1 && command -v promtool >/dev/null 2>&1; then
    dirname "$(command -v promtool)"
    exit 0
fi
if [ ! -x "$folder/usr/bin/promtool" ]; then
    rm -rf "$folder.new"
    mkdir -p "$folder.new"
    (
        cd "$folder.new"
        # A fresh host's package lists may be empty.
        apt-get download -qq prometheus >/dev/null 2>&1 ||
            { apt-get update -qq >&2 && apt-get download -qq prometheus >&2; }
        dpkg-deb -x prometheus_*.deb .
        rm prometheus_*.deb
    )
    rm -rf "$folder"
    mv "$folder.new" "$folder"
fi
echo "$folder/usr/bin"
