#!/bin/sh
# Fails if one of the files given has more than 1 MB: generated and binary files do not belong into the repository.
large=$(find "$@" -maxdepth 0 -type f -size +1024k)
[ -z "$large" ] && exit 0
echo "Larger than 1 MB:" $large
exit 1
