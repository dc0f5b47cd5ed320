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
    sh "$(dirname "$0")/packages.sh" "Python's venv is not installed." python3-venv
fi
"$python" -m venv "$folder"
