#!/bin/sh
# Checks the subject of a commit message: "area: imperative", at most 72 characters.
subject=$(grep -v '^#' "$1" | head -n 1)
case $subject in
    "Merge "* | "Revert "* | "fixup! "* | "squash! "*) exit 0 ;;
esac
if [ "${#subject}" -gt 72 ]; then
    echo "The subject has ${#subject} characters, more than 72: $subject"
    exit 1
fi
if ! echo "$subject" | grep -Eq '^[a-z][a-z0-9_/ -]*: [a-z].*[^.]$'; then
    echo "The subject is not \"area: imperative\" in lower case without a full stop: $subject"
    exit 1
fi
