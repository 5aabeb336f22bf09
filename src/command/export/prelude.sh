#!/bin/sh
# Written by boxlab: the lines of one session, with the tools of util-linux. As the same user:
#   sh FILE [CMD [ARG]...]
# CMD, or a shell, runs where the session's next line would have run.
set -eu
[ -n "${BOX_SCRIPT-}" ] || BOX_SCRIPT=$(cat "$0")
export BOX_SCRIPT

# The same flags for a mount and, with -r, for all below it; what it has already stays.
flags() {
  recursive=; [ "$1" != -r ] || { recursive=-R; shift; }
  findmnt $recursive -rno TARGET --target "$1" | while read -r mount; do
    case $mount in "${1%/}"|"${1%/}"/*|"$1") mount -o "remount,bind,$(findmnt -rno VFS-OPTIONS --mountpoint "$mount" | tail -n 1),$2" "$mount" ;; esac
  done
}
