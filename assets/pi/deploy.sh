#!/bin/sh
# Copies the archive to a Raspberry Pi and installs it there: deploy.sh USER@HOST ARCHIVE [OPTION OF install.sh]...
# A copy that was interrupted is begun again; one that is complete is not made twice. More options for ssh, such as
# another port, go into SSH_OPTIONS.
set -eu

if [ $# -lt 2 ]; then
    sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p;}' "$0" >&2
    exit 2
fi
host=$1 archive=$2
shift 2
case $host in
    "" | -*) echo "HOST is a name such as pi@raspberrypi.local. Received: $host" >&2 && exit 2 ;;
esac
[ -f "$archive" ] || { echo "There is no $archive. Build it: make pi-bundle" >&2 && exit 1; }

# One connection for all steps, so that a password is asked for once.
line=$(mktemp -d)
remote() {
    # shellcheck disable=SC2086,SC2029
    ssh -o ControlMaster=auto -o ControlPath="$line/%C" -o ControlPersist=60 ${SSH_OPTIONS:-} $terminal -- "$host" "$@"
}
terminal=""
hang_up() {
    # shellcheck disable=SC2086
    ssh -o ControlPath="$line/%C" ${SSH_OPTIONS:-} -O exit -- "$host" 2>/dev/null || true
    rm -rf -- "$line"
}
trap hang_up EXIT
trap 'exit 130' INT TERM

quoted() { # each argument in quotes that the other side's shell takes away
    for word in "$@"; do printf " '%s'" "$(printf '%s' "$word" | sed "s/'/'\\\\''/g")"; done
}

file=$(basename -- "$archive")
folder=.cache/pneumoscope-deploy
sum=$(sha256sum -- "$archive" | cut -d ' ' -f 1)
echo "$host: looks"
there=$(remote "mkdir -p $folder && cd $folder && sha256sum -- $(quoted "$file") 2>/dev/null | cut -d ' ' -f 1") || {
    echo "$host cannot be reached by ssh. Try: ssh $host" >&2
    exit 1
}
if [ "$there" != "$sum" ]; then
    echo "$host: copies $(du -m -- "$archive" | cut -f 1) MB"
    dd if="$archive" bs=1M status=progress |
        remote "cd $folder && cat > $(quoted "$file.part") && mv -f -- $(quoted "$file.part" "$file")"
    there=$(remote "cd $folder && sha256sum -- $(quoted "$file") | cut -d ' ' -f 1")
    [ "$there" = "$sum" ] || { echo "The copy on $host is damaged; run this again, or try another cable or card." >&2 && exit 1; }
fi

echo "$host: unpacks and installs"
[ ! -t 0 ] || terminal=-t # sudo may ask for a password
remote "cd $folder && rm -rf $(quoted "${file%.tar}") && tar -xf $(quoted "$file") &&
    if [ \"\$(id -u)\" = 0 ]; then root=; else root=sudo; fi && \$root sh $(quoted "${file%.tar}/install.sh" "$@")"
remote "rm -rf -- $folder"
