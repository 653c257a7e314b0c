#!/bin/sh
# Installs, by name, those of the given Debian packages that are missing: install-packages.sh PACKAGE...
# As root, or through sudo.
set -eu

missing=""
for package in "$@"; do
    status=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
    [ "$status" = installed ] || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

sudo=""
if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || {
        echo "These Debian packages are missing:$missing" >&2
        echo "Install them as root: apt-get install$missing" >&2
        exit 1
    }
    sudo=sudo
fi
echo "Installing missing packages:$missing"
# Package lists of a fresh host may be empty or old; a list that cannot be refreshed need not stop the install.
$sudo apt-get update -qq || true
# shellcheck disable=SC2086 # a list of names
DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq --no-install-recommends $missing >/dev/null
