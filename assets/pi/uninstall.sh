#!/bin/sh
# Removes Pneumoscope, with the options it was installed with: sudo sh uninstall.sh [--prefix DIR] [--bin DIR]
# [--share DIR] [--units DIR]. Settings and history stay where they are; it says where.
set -eu

if [ "$(id -u)" = 0 ]; then
    prefix=/opt/pneumoscope bin=/usr/local/bin share=/usr/local/share
else
    prefix=$HOME/.local/opt/pneumoscope bin=$HOME/.local/bin share=${XDG_DATA_HOME:-$HOME/.local/share}
fi
units=/etc/systemd/system
while [ $# -gt 0 ]; do
    [ $# -ge 2 ] || { sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p;}' "$0" >&2 && exit 2; }
    case $1 in
        --prefix) prefix=$2 ;;
        --bin) bin=$2 ;;
        --share) share=$2 ;;
        --units) units=$2 ;;
        *) echo "$1 is no option." >&2 && exit 2 ;;
    esac
    shift 2
done

if [ ! -e "$prefix/.pneumoscope" ]; then
    echo "Nothing removed: $prefix holds no installation of Pneumoscope. Give the folder with --prefix." >&2
    exit 1
fi
exec 9>"$prefix/.lock"
flock -w 300 9 || { echo "Nothing removed: an installation into $prefix is running. Wait until it has ended." >&2 && exit 1; }

unit=$units/pneumoscope-kiosk.service
desktop_unit=$(dirname -- "$units")/user/pneumoscope-kiosk-desktop.service
if [ -e "$unit" ] && grep -qF "$prefix/" "$unit"; then
    if [ -d /run/systemd/system ]; then
        systemctl disable --now pneumoscope-kiosk.service 2>/dev/null || true
        [ ! -s "$prefix/.target" ] || systemctl set-default "$(cat "$prefix/.target")" >/dev/null 2>&1 || true
    fi
    rm -f -- "$unit"
fi
if [ -e "$desktop_unit" ] && grep -qF "$prefix/" "$desktop_unit"; then
    rm -f -- "$desktop_unit" /etc/xdg/autostart/pneumoscope-kiosk.desktop
fi
# Only what leads here: another installation may have put its own in their place.
case $(readlink "$bin/pneumoscope" 2>/dev/null || true) in
    "$prefix"/*) rm -f -- "$bin/pneumoscope" ;;
esac
entry=$share/applications/pneumoscope.desktop
if [ -e "$entry" ] && grep -qF "Exec=$prefix/" "$entry"; then
    rm -f -- "$entry" "$share/icons/hicolor/scalable/apps/pneumoscope.svg"
fi
rm -rf -- "$prefix/versions" "$prefix/current" "$prefix/previous"
rm -f -- "$prefix/.lock" "$prefix/.pneumoscope" "$prefix/.target"
rmdir -- "$prefix" 2>/dev/null || true
echo "Removed. Settings and history are still there: ~/.config/pneumoscope and ~/.local/share/pneumoscope of each user,"
echo "/var/lib/pneumoscope of a kiosk, whose user pneumoscope stays too (userdel pneumoscope removes it)."
