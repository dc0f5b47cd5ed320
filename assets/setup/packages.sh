#!/bin/sh
# Installs packages of Debian, Raspberry Pi OS or Ubuntu where rights allow: packages.sh "WHAT IS NOT THERE" PACKAGE...
# Else it prints the one line to paste, and ends with 1.
set -eu
lacking=$1
shift
line="apt-get install -y --no-install-recommends $*"

if [ "$(id -u)" = 0 ]; then
    as_root=""
elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
    as_root="sudo"
else
    echo "$lacking Paste this, then run the command again:" >&2
    echo "  sudo apt-get update && sudo $line" >&2
    exit 1
fi

echo "Installing from the system's packages: $*"
# The lists of a fresh image are empty; where there is no network the packages may still be at hand.
$as_root apt-get update -qq || true
if ! $as_root env DEBIAN_FRONTEND=noninteractive $line; then
    echo "They could not be installed. Once there is a network, paste this:" >&2
    echo "  sudo apt-get update && sudo $line" >&2
    exit 1
fi
