#!/usr/bin/env bash
# Shows that the binary needs nothing: it is started in a root that holds only itself, /dev/urandom and the resolver's files.
#
#   deploy/check/bare-root.sh BINARY [PATH…]
#
# Asks for each PATH (default: /healthz and /signup) and wants 200; ends it with SIGTERM and wants exit code 0 within two
# seconds, which is what App Engine gives. Prints the binary's size. Needs root for chroot; exits 77, "skipped", without.
set -euo pipefail

binary=${1:?usage: bare-root.sh BINARY [PATH…]}
shift
paths=("$@")
[ ${#paths[@]} -gt 0 ] || paths=(/healthz /signup)

fail() {
  echo "bare root: $1" >&2
  [ ! -s "$work/log" ] || sed 's/^/  /' "$work/log" >&2
  exit 1
}

[ -x "$binary" ] || { echo "bare root: $binary isn't there, or can't be run; make dist builds it" >&2; exit 1; }
if [ "$(id -u)" != 0 ]; then
  echo "bare root: skipped, since chroot needs root" >&2
  exit 77
fi

work=$(mktemp -d)
root=$work/root
server=
tidy() {
  if [ -n "$server" ]; then
    kill -KILL "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
  fi
  umount "$root/dev/urandom" 2>/dev/null || true
  rm -rf --one-file-system "$work"
}
trap tidy EXIT

mkdir -p "$root/dev" "$root/etc" "$root/data"
install -m 755 "$binary" "$root/dormouse"
# Where device nodes can't be made, or don't work, the machine's own is shown instead.
if ! mknod -m 666 "$root/dev/urandom" c 1 9 2>/dev/null || ! head -c1 "$root/dev/urandom" >/dev/null 2>&1; then
  rm -f "$root/dev/urandom"
  touch "$root/dev/urandom"
  mount --bind /dev/urandom "$root/dev/urandom" || fail "no way to have /dev/urandom"
fi
for file in /etc/hosts /etc/resolv.conf; do
  [ ! -e "$file" ] || cp -L "$file" "$root$file"
done
echo "bare root: it holds $(cd "$root" && find . -type f -o -type c | sort | tr '\n' ' ')"

touch "$work/out" "$work/log"
# A clean environment too. PORT=0 picks a free port, and the first line says which.
env -i STORE=/data PORT=0 HOST=127.0.0.1 "$(command -v chroot)" "$root" /dormouse serve >"$work/out" 2>"$work/log" &
server=$!
address=
for _ in $(seq 100); do
  address=$(sed -n 's/^Dormouse is awake at \(http:.*\)$/\1/p' "$work/out")
  [ -z "$address" ] || break
  kill -0 "$server" 2>/dev/null || break
  sleep 0.1
done
[ -n "$address" ] || fail "it doesn't say within ten seconds that it is awake"

for path in "${paths[@]}"; do
  status=$(curl -sS -o /dev/null -w '%{http_code}' --max-time 10 "${address%/}$path") || fail "$path isn't answered"
  [ "$status" = 200 ] || fail "$path is answered with $status"
  echo "bare root: $path is answered with 200"
done

kill -TERM "$server"
for _ in $(seq 20); do
  kill -0 "$server" 2>/dev/null || break
  sleep 0.1
done
! kill -0 "$server" 2>/dev/null || fail "it is still there two seconds after SIGTERM"
code=0
wait "$server" || code=$?
server=
[ "$code" = 0 ] || fail "after SIGTERM it ends with $code"
echo "bare root: after SIGTERM it ends with 0"

bytes=$(stat -c %s "$binary")
echo "bare root: $binary is $bytes bytes ($((bytes / 1048576)) MiB)"
