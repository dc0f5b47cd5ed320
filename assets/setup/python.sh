#!/bin/sh
# Makes a virtual environment: python.sh PYTHON FOLDER. On a fresh Debian `python3 -m venv` lacks ensurepip; then the
# package python3-venv is installed where rights allow, else one line to paste is printed.
set -eu
python=$1
folder=$2

if ! "$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null; then
    found=$("$python" --version 2>&1 || echo "none")
    echo "Pneumoscope needs Python 3.11, 3.12 or 3.13; $python is: $found. Give another one: make PYTHON=python3.11 ..." >&2
    exit 1
fi

if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    line="apt-get install -y --no-install-recommends python3-venv"
    if [ "$(id -u)" = 0 ]; then
        as_root=""
    elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
        as_root="sudo"
    else
        echo "Python's venv is not installed. Paste this, then run the command again:" >&2
        echo "  sudo apt-get update && sudo $line" >&2
        exit 1
    fi
    $as_root apt-get update -qq || true
    DEBIAN_FRONTEND=noninteractive $as_root $line
fi
"$python" -m venv "$folder"
