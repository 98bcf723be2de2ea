#!/bin/sh
# Lays files into a folder of /etc, and leaves those alone that are there: install_etc.sh FOLDER FILE...
# A packager's empty DESTDIR gets all of them, and the package manager keeps a site's changes from then on. A schema is the
# program's and not the site's: it is replaced.
set -eu

folder=${DESTDIR-}$1
shift
[ -d "$folder" ] || install -d -m 0755 "$folder"
for file in "$@"; do
    target=$folder/${file##*/}
    if [ "${target%.schema.json}" = "$target" ] && { [ -e "$target" ] || [ -L "$target" ]; }; then
        echo "Left as it is: $target"
    else
        install -m 0644 "$file" "$target"
        echo "Installed: $target"
    fi
done
