#!/bin/sh
# Puts Debian's Alertmanager into FOLDER without installing it: fetch-alertmanager.sh FOLDER
# Prints the path of its program. Tests compare with it; nothing of ours needs it. An installed package would be started
# as a service, which a test has no business to do.
set -eu

folder=$1
program=$folder/usr/bin/prometheus-alertmanager
if command -v prometheus-alertmanager >/dev/null 2>&1; then
    command -v prometheus-alertmanager
    exit 0
fi
if [ ! -x "$program" ]; then
    rm -rf "$folder.new"
    mkdir -p "$folder.new"
    (
        cd "$folder.new"
        # A fresh host's package lists may be empty.
        apt-get download -qq prometheus-alertmanager >/dev/null 2>&1 ||
            { apt-get update -qq >&2 && apt-get download -qq prometheus-alertmanager >&2; }
        dpkg-deb -x prometheus-alertmanager_*.deb .
        rm prometheus-alertmanager_*.deb
    )
    rm -rf "$folder"
    mv "$folder.new" "$folder"
fi
echo "$program"
