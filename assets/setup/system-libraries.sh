#!/bin/sh
# Installs what the window needs from the system on Debian, Raspberry Pi OS and Ubuntu: the libraries Qt loads, a font
# for what the bundled one lacks, and venv. Where it may not, it prints one line to paste. Nothing else is changed.
#
#   assets/setup/system-libraries.sh            install what is missing, or print the line and end with 1
#   assets/setup/system-libraries.sh --check    only look: 0 if nothing is missing
#   ... --no-venv                               leave venv out, for installations that bring a pip of their own
#
# libxcb-cursor0: since Qt 6.5 the xcb platform needs it. The offscreen platform needs the first six.
set -eu

check=0 venv=1
for option in "$@"; do
    case $option in
        --check) check=1 ;;
        --no-venv) venv=0 ;;
        *) echo "$option is no option; there are --check and --no-venv." >&2 && exit 2 ;;
    esac
done

wanted="libegl1 libgl1 libglib2.0-0 libfontconfig1 libxkbcommon0 libdbus-1-3 fonts-dejavu-core"
if [ "${QT_QPA_PLATFORM:-}" != "offscreen" ]; then
    wanted="$wanted libxcb-cursor0 libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-randr0 libxcb-render-util0
        libxcb-shape0 libxcb-xinerama0 libxcb-xkb1 libxkbcommon-x11-0 libwayland-client0 libwayland-cursor0 libwayland-egl1"
fi

if ! command -v dpkg-query >/dev/null 2>&1; then
    echo "Not a Debian: make sure that the libraries of Qt 6 (EGL, GL, fontconfig, xkbcommon, xcb-cursor) are there." >&2
    exit 0
fi

present() {
    # Debian 13 renamed libglib2.0-0 to libglib2.0-0t64.
    for name in "$1" "$1t64"; do
        case "$(dpkg-query -W -f='${Status}' "$name" 2>/dev/null)" in
            *" installed") return 0 ;;
        esac
    done
    return 1
}

missing=""
for package in $wanted; do
    present "$package" || missing="$missing $package"
done
# ensurepip is what `python3 -m venv` lacks without the package python3-venv.
if [ "$venv" = 1 ] && [ -x /usr/bin/python3 ] && ! /usr/bin/python3 -c "import ensurepip, venv" 2>/dev/null; then
    missing="$missing python3-venv"
fi
missing=$(echo "$missing" | xargs)

[ -n "$missing" ] || exit 0
if [ "$check" = 1 ]; then
    echo "missing: $missing" >&2
    exit 1
fi

# shellcheck disable=SC2086 -- one word for each package
sh "$(dirname "$0")/packages.sh" "The window needs libraries of the system that are not there." $missing
