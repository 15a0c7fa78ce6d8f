#!/usr/bin/env bash
# Puts the binary and what belongs to it where systems look: lay-out.sh BINARY DESTDIR PREFIX
set -euo pipefail
binary=$(realpath "$1") root=$2 prefix=$3
here=$(cd "$(dirname "$0")/.." && pwd)
share=$root$prefix/share
install -D -m 755 "$binary" "$root$prefix/bin/dormouse"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$binary" man "$work/man" >/dev/null
for page in "$work"/man/*.1; do
  gzip -9n "$page"
  install -D -m 644 "$page.gz" "$share/man/man1/$(basename "$page").gz"
done
completes() {
  "$binary" completions "$1" >"$work/completions"
  install -D -m 644 "$work/completions" "$share/$2"
}
completes bash bash-completion/completions/dormouse
completes zsh zsh/site-functions/_dormouse
completes fish fish/vendor_completions.d/dormouse.fish
# A package's units are in /usr/lib; what an administrator installs, beside their own.
case $prefix in
  /usr) units=/usr/lib/systemd/system ;;
  *) units=/etc/systemd/system ;;
esac
for unit in "$here"/systemd/*; do
  sed "s|/usr/bin/dormouse|$prefix/bin/dormouse|" "$unit" >"$work/unit"
  install -D -m 644 "$work/unit" "$root$units/$(basename "$unit")"
done
# What is set stays set. The scheduler's calls need a secret.
env=$root/etc/dormouse/env
if [ ! -e "$env" ]; then
  install -d -m 755 "$root/etc/dormouse"
  secret=$(od -An -N24 -tx1 /dev/urandom | tr -d ' \n')
  (umask 077; printf '# See docs/settings.md. After a change: systemctl restart dormouse\nCRON_SECRET=%s\n#BASE_URL=https://read.example.org\n#TRUSTED_PROXIES=127.0.0.1,::1\n' "$secret" >"$env")
fi
