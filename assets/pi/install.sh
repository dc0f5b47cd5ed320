#!/bin/sh
# Installs Pneumoscope from the folder this file lies in. Needs no network. Run it again after anything went wrong, a
# power cut included: a version that worked stays in use until the new one has passed its self-test, and the switch is one
# rename. Settings and history lie in the user's own folders and are never touched.
#
#   sudo sh install.sh                for everybody on this machine, in /opt/pneumoscope
#   sh install.sh                     for you alone, in ~/.local/opt/pneumoscope
#   sudo sh install.sh --kiosk cage   and full screen from the start, on a system without a desktop
#   sudo sh install.sh --rollback     back to the version before
#
# Options: --prefix DIR (versions), --bin DIR (command), --share DIR (menu entry and icon), --python PATH,
# --kiosk cage|desktop, --units DIR (systemd units of the kiosk), --archive DIR (another unpacked archive than the one this
# file lies in: an installer that is trusted looks at one that is not yet), --signers FILE (who may sign archives; default
# /etc/pneumoscope/archive-signers where there is one), --check (only look), --no-compile (the first start takes longer),
# --rollback, --help.
set -eu
umask 022

least_memory_mb=700
spare_disk_mb=100

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
if [ "$(id -u)" = 0 ]; then
    prefix=/opt/pneumoscope bin=/usr/local/bin share=/usr/local/share
else
    prefix=$HOME/.local/opt/pneumoscope bin=$HOME/.local/bin share=${XDG_DATA_HOME:-$HOME/.local/share}
fi
units=/etc/systemd/system
signers="" default_signers=/etc/pneumoscope/archive-signers
chosen_python="" kiosk="" check_only=0 rollback=0 compile=1

say() { printf '%s\n' "$*"; }
fail() {
    printf 'Not installed: %s\n' "$1" >&2
    [ -z "${2:-}" ] || printf '%s\n' "$2" >&2
    exit 1
}

while [ $# -gt 0 ]; do
    case $1 in
        --prefix | --bin | --share | --units | --python | --kiosk | --archive | --signers)
            [ $# -ge 2 ] || fail "$1 needs a value." "See sh install.sh --help."
            case $1 in
                --prefix) prefix=$2 ;;
                --bin) bin=$2 ;;
                --share) share=$2 ;;
                --units) units=$2 ;;
                --python) chosen_python=$2 ;;
                --kiosk) kiosk=$2 ;;
                --archive) here=$(CDPATH='' cd -- "$2" && pwd) || fail "$2 is no folder." ;;
                --signers) signers=$2 ;;
            esac
            shift 2
            ;;
        --check) check_only=1 && shift ;;
        --no-compile) compile=0 && shift ;;
        --rollback) rollback=1 && shift ;;
        --help | -h) sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p;}' "$0" && exit 0 ;;
        *) fail "$1 is no option." "See sh install.sh --help." ;;
    esac
done
case $prefix in /*) ;; *) prefix=$PWD/$prefix ;; esac
case $kiosk in "" | cage | desktop) ;; *) fail "--kiosk takes cage or desktop. Received: $kiosk." ;; esac
if [ -n "$kiosk" ] && [ "$(id -u)" != 0 ]; then
    fail "a kiosk is set up for the whole machine." "Run it with sudo."
fi

# Points a link elsewhere in one step: whoever looks sees the old target or the new one, never nothing.
point() { # LINK TARGET
    ln -sfn -- "$2" "$1.new" && mv -fT -- "$1.new" "$1"
}

# Writes standard input to a file that appears when it is whole.
place() { # FILE
    mkdir -p -- "$(dirname -- "$1")" && cat >"$1.new" && mv -f -- "$1.new" "$1"
}

take_turn() {
    mkdir -p -- "$prefix/versions" 2>/dev/null || fail "$prefix cannot be written." "Run it with sudo, or give --prefix."
    : >"$prefix/.pneumoscope" # uninstall.sh removes only folders that carry this
    # An installer that was killed may have left a child at work; it keeps the lock until it ends.
    exec 9>"$prefix/.lock"
    flock -w 300 9 || fail "another installation into $prefix is running." "Wait until it has ended."
}

restart_kiosk() {
    if [ -d /run/systemd/system ] && [ "$units" = /etc/systemd/system ] && [ "$(id -u)" = 0 ]; then
        systemctl try-restart pneumoscope-kiosk.service 2>/dev/null || true
    fi
}

if [ "$rollback" = 1 ]; then
    take_turn
    older=$(readlink "$prefix/previous" 2>/dev/null) || fail "there is no version to go back to in $prefix."
    newer=$(readlink "$prefix/current")
    [ -x "$prefix/$older/bin/pneumoscope" ] || fail "$prefix/$older is not complete." "Install the version you want."
    point "$prefix/current" "$older"
    point "$prefix/previous" "$newer"
    restart_kiosk
    say "In use now: $("$prefix/current/bin/pneumoscope" --version)"
    [ ! -e /etc/pneumoscope/bundle-key.pub ] ||
        say "Its model may be older than the one before. Then each user consents once: pneumoscope selftest --allow-older-model"
    exit 0
fi

# --- 1. Look before anything is changed -------------------------------------------------------------------------------

[ -f "$here/SHA256SUMS" ] || fail "$here is not the unpacked archive." "Unpack the .tar and run the install.sh in it."

# Nothing of the archive is run or read as shell before its list is known to be the maker's and its files to be the list's.
[ -n "$signers" ] || [ ! -e "$default_signers" ] || signers=$default_signers
if [ -n "$signers" ]; then
    command -v ssh-keygen >/dev/null 2>&1 ||
        fail "ssh-keygen, which checks who made the archive, is not installed." "Install the package openssh-client."
    [ -f "$here/SHA256SUMS.sig" ] || fail "the archive is not signed, and $signers says who may sign." \
        "Get it from its maker, built with --sign."
    ssh-keygen -Y verify -f "$signers" -I pneumoscope -n pneumoscope-archive -s "$here/SHA256SUMS.sig" \
        <"$here/SHA256SUMS" >/dev/null 2>&1 ||
        fail "the archive is not signed by anybody that $signers names." "Do not use it. Get it again from its maker."
fi
damaged="Copy the archive again, and unpack it again."
if grep -qvE '^[0-9a-f]{64}  [A-Za-z0-9][A-Za-z0-9_.+/-]*$' "$here/SHA256SUMS" || grep -qE '/\.\.?(/|$)' "$here/SHA256SUMS"; then
    fail "the archive's list of files is damaged." "$damaged"
fi
(cd "$here" && sha256sum -c --strict --quiet SHA256SUMS >/dev/null 2>&1) || fail "a file of the archive is damaged." "$damaged"
# Links and special files count too; a name with a line feed counts as several.
extra=$(cd "$here" && find . ! -type d | LC_ALL=C sed 's|^\./||' |
    LC_ALL=C awk 'NR == FNR {known[substr($0, 67)] = 1; next} !($0 in known)' SHA256SUMS - |
    grep -avxE 'SHA256SUMS(\.sig)?' | head -n 3 | tr '\n' ' ' | cat -v) || true
[ -z "$extra" ] || fail "files lie in $here that are not the archive's: $extra" \
    "Unpack the archive into an empty folder."
links=$(cd "$here" && find . ! -type d ! -type f | head -n 1)
[ -z "$links" ] || fail "$links in $here is no plain file." "$damaged"

version=$(cat "$here/VERSION")
machine=$(uname -m)
say "Pneumoscope $version: looks at this machine"

known=$(cd "$here/systems" && ls)
python="" tag="" seen=""
for candidate in ${chosen_python:-python3 python3.13 python3.11}; do
    path=$(command -v "$candidate" 2>/dev/null) || continue
    found=$("$path" -c 'import struct, sys, venv
print("cp%d%d" % sys.version_info[:2] + ("" if struct.calcsize("P") == 8 else "-32bit"))' 2>/dev/null) || continue
    seen="$seen $candidate=$found"
    if [ -f "$here/systems/$found-$machine/needs" ]; then
        python=$path tag=$found-$machine
        break
    fi
done
[ -n "$python" ] || fail "no Python here that the archive has packages for ($machine;${seen:- no python3 was found})." \
    "The archive serves: $(echo "$known" | xargs). A 32-bit system must be replaced by the 64-bit one."
title="" glibc="" installed_mb="" pip_wheel=""
# shellcheck source=/dev/null
. "$here/systems/$tag/needs"
wheels=$here/systems/$tag/wheels

has_glibc=$(getconf GNU_LIBC_VERSION 2>/dev/null | sed 's/^glibc //')
"$python" -c 'import sys
have, need = (tuple(map(int, text.split(".")[:2])) for text in sys.argv[1:])
sys.exit(have < need)' "${has_glibc:-0.0}" "$glibc" ||
    fail "the C library is glibc ${has_glibc:-none}; glibc $glibc or later is needed." "Use: $title."

memory_mb=$(awk '/^MemTotal:/ {print int($2 / 1024)}' /proc/meminfo)
[ "$memory_mb" -ge "$least_memory_mb" ] ||
    fail "this machine has $memory_mb MB of memory; $least_memory_mb MB are needed." "A Raspberry Pi 4 or 5 has enough."

place_of=$prefix
while [ ! -d "$place_of" ]; do place_of=$(dirname -- "$place_of"); done
free_mb=$(df -Pk -- "$place_of" | awk 'NR == 2 {print int($4 / 1024)}')
[ "$free_mb" -ge $((installed_mb + spare_disk_mb)) ] ||
    fail "$place_of has $free_mb MB free; $((installed_mb + spare_disk_mb)) MB are needed." "Make room, or give --prefix."

if grep -qi '^pyside6' "$wheels"; then
    if ! sh "$here/setup/system-libraries.sh" --no-venv --check 2>/dev/null && [ "$check_only" = 0 ]; then
        sh "$here/setup/system-libraries.sh" --no-venv || true
    fi
    # Without these no window opens anywhere; without the others it opens under Wayland, not under X11.
    missing=$(QT_QPA_PLATFORM=offscreen sh "$here/setup/system-libraries.sh" --no-venv --check 2>&1) ||
        fail "libraries of the system are not there ($missing)." "Install them where there is a network, then run this again."
    missing=$(sh "$here/setup/system-libraries.sh" --no-venv --check 2>&1) ||
        say "Note: under X11 the window would need more packages ($missing). Wayland works without them."
fi
if [ "$kiosk" = cage ] && ! command -v cage >/dev/null 2>&1; then
    fail "the kiosk needs the package cage." "Install it where there is a network: sudo apt-get install cage"
fi

say "  $title; $("$python" --version), glibc $has_glibc, $memory_mb MB memory, $free_mb MB free: good"
[ "$check_only" = 0 ] || exit 0

# --- 2. Build the new version beside the old one ----------------------------------------------------------------------

take_turn
current=$(readlink "$prefix/current" 2>/dev/null || true)
for old in "$prefix"/versions/*; do # what was interrupted
    if [ -d "$old" ] && [ ! -e "$old/complete" ] && [ "versions/${old##*/}" != "$current" ]; then rm -rf -- "$old"; fi
done

stamp=$(sha256sum "$here/SHA256SUMS" | cut -c 1-10)
number=1
while [ -e "$prefix/versions/$version-$stamp-$number" ]; do number=$((number + 1)); done
fresh=versions/$version-$stamp-$number
venv=$prefix/$fresh

give_up() {
    rm -rf -- "$venv"
    if [ -n "$current" ]; then fail "$1" "The version that was in use is still in use. ${2:-}"; else fail "$1" "${2:-}"; fi
}
ours() { # what is asked of the new version, untouched by the settings of whoever installs
    env -u PYTHONPATH -u PYTHONHOME "$@"
}

say "Installs $(wc -l <"$wheels" | xargs) packages (some minutes on a Raspberry Pi)"
"$python" -m venv --without-pip "$venv" || give_up "a Python environment could not be made in $venv."
set --
while read -r name; do set -- "$@" "$here/wheels/$name"; done <"$wheels"
pip=$here/wheels/$pip_wheel
ours "$venv/bin/python" "$pip/pip" --isolated --disable-pip-version-check install -q --no-index --no-deps --no-cache-dir \
    --no-compile --no-warn-script-location "$@" || give_up "the packages could not be installed."
ours "$venv/bin/python" "$pip/pip" --isolated --disable-pip-version-check check >/dev/null ||
    give_up "the archive lacks a package." "Build it again with make pi-bundle."
# Compiled now, on every core: the one who opens the window later may not write here.
[ "$compile" = 0 ] || ours "$venv/bin/python" -m compileall -q -j 0 -x '[/](tests?|testing)[/]' "$venv/lib" >/dev/null 2>&1 || true

say "Checks the model on this machine"
# With a home of its own: what root has set for itself does not count here, and nothing is left behind.
ours PNEUMOSCOPE_HOME="$venv/home" "$venv/bin/pneumoscope" selftest >"$venv/selftest.txt" 2>&1 || {
    cat "$venv/selftest.txt" >&2
    give_up "the self-test failed."
}
rm -rf -- "$venv/home"
sed 's/^/  /' "$venv/selftest.txt"
if grep -qi '^pyside6' "$wheels"; then
    problem=$(ours "$venv/bin/python" -c 'import cv2, PySide6.QtSvg, PySide6.QtWidgets' 2>&1) ||
        give_up "the window cannot be opened here: $(printf '%s' "$problem" | tail -n 1)"
fi

mkdir -p "$venv/share/pneumoscope"
cp "$here/install.sh" "$here/uninstall.sh" "$venv/share/pneumoscope/"
: >"$venv/complete"
# Everything is on the card before anything points to it: a power cut after the switch must find whole files.
sync -f "$venv" 2>/dev/null || sync

# --- 3. Switch --------------------------------------------------------------------------------------------------------

if [ -n "$current" ]; then point "$prefix/previous" "$current"; fi
point "$prefix/current" "$fresh"
sync -f "$prefix" 2>/dev/null || sync

mkdir -p -- "$bin"
point "$bin/pneumoscope" "$prefix/current/bin/pneumoscope"
place "$share/icons/hicolor/scalable/apps/pneumoscope.svg" <"$here/desktop/pneumoscope.svg"
sed "s|^Exec=pneumoscope|Exec=$prefix/current/bin/pneumoscope|" "$here/desktop/pneumoscope.desktop" |
    place "$share/applications/pneumoscope.desktop"
if command -v update-desktop-database >/dev/null 2>&1; then
    update-desktop-database -q "$share/applications" 2>/dev/null || true
fi

if [ "$kiosk" = cage ]; then
    id pneumoscope >/dev/null 2>&1 || useradd --system --create-home --home-dir /var/lib/pneumoscope \
        --shell /usr/sbin/nologin --groups video,render,input pneumoscope
    sed "s|@PREFIX@|$prefix|g" "$here/kiosk/pneumoscope-kiosk.service" | place "$units/pneumoscope-kiosk.service"
    if [ -d /run/systemd/system ]; then
        systemctl daemon-reload
        # For uninstall.sh, which gives it back.
        [ -e "$prefix/.target" ] || systemctl get-default >"$prefix/.target" 2>/dev/null || true
        systemctl set-default graphical.target >/dev/null 2>&1
        systemctl enable pneumoscope-kiosk.service
    fi
elif [ "$kiosk" = desktop ]; then
    sed "s|@PREFIX@|$prefix|g" "$here/kiosk/pneumoscope-kiosk-desktop.service" |
        place "$(dirname -- "$units")/user/pneumoscope-kiosk-desktop.service"
    place /etc/xdg/autostart/pneumoscope-kiosk.desktop <"$here/kiosk/pneumoscope-kiosk.desktop"
fi
restart_kiosk

for old in "$prefix"/versions/*; do # the one in use and the one before it stay
    case versions/${old##*/} in
        "$fresh" | "$current") ;;
        *) rm -rf -- "$old" ;;
    esac
done

say "Installed: $("$bin/pneumoscope" --version), started with $bin/pneumoscope or from the menu"
case ":$PATH:" in *":$bin:"*) ;; *) say "($bin is not in your PATH yet.)" ;; esac
