#!/bin/sh
# Installs what a lock file names, each wheel checked by its hash, and this checkout: install.sh PYTHON app|dev|all EXTRAS
# Other systems than those that were locked get what pyproject.toml allows, by its EXTRAS.
set -eu
pip="$1 -m pip --disable-pip-version-check install -q"
unset PIP_CONSTRAINT

case $(uname -s)-$(uname -m) in
    Linux-x86_64 | Linux-aarch64)
        $pip --require-hashes -r "$(dirname -- "$0")/$2.lock"
        # What builds it is in the lock too: nothing is fetched that has no hash.
        $pip --no-deps --no-build-isolation -e .
        ;;
    *) $pip -c constraints.txt -e ".[$3]" ;;
esac
