#!/usr/bin/env bash
# A package for Debian and its kin: build.sh BINARY writes dist/dormouse_VERSION_ARCHITECTURE.deb.
set -euo pipefail
binary=$(realpath "$1")
cd "$(dirname "$0")/../.."
version=$("$binary" --version | cut -d' ' -f2)
architecture=$(dpkg --print-architecture)
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
chmod 755 "$root"
deploy/debian/lay-out.sh "$binary" "$root" /usr
# Each machine makes its own secret.
rm -r "$root/etc"
for file in LICENSE-MIT LICENSE-APACHE CHANGELOG.md docs/settings.md docs/deployment.md; do
  install -D -m 644 "$file" "$root/usr/share/doc/dormouse/$(basename "$file")"
done
install -d "$root/DEBIAN"
cat >"$root/DEBIAN/control" <<END
Package: dormouse
Version: $version
Architecture: $architecture
Maintainer: Dormouse <dormouse@localhost>
Depends: curl
Recommends: systemd
Section: web
Priority: optional
Installed-Size: $(du -sk "$root/usr" | cut -f1)
Description: The feed reader that sleeps
 A reader of RSS, Atom and JSON feeds for many people, in plain pages. It is
 started by the first connection and ends itself when nobody reads.
END
cat >"$root/DEBIAN/postinst" <<'END'
#!/bin/sh
set -e
if [ "$1" = configure ]; then
  if [ ! -e /etc/dormouse/env ]; then
    mkdir -p /etc/dormouse
    secret=$(od -An -N24 -tx1 /dev/urandom | tr -d ' \n')
    (umask 077; printf '# See /usr/share/doc/dormouse/settings.md. After a change: systemctl restart dormouse\nCRON_SECRET=%s\n#BASE_URL=https://read.example.org\n#TRUSTED_PROXIES=127.0.0.1,::1\n' "$secret" >/etc/dormouse/env)
  fi
  if [ -d /run/systemd/system ]; then
    systemctl daemon-reload
    systemctl enable --now dormouse.socket dormouse-refresh.timer dormouse-daily.timer
    systemctl try-restart dormouse.service
  fi
fi
END
cat >"$root/DEBIAN/prerm" <<'END'
#!/bin/sh
set -e
if [ "$1" = remove ] && [ -d /run/systemd/system ]; then
  systemctl disable --now dormouse-refresh.timer dormouse-daily.timer dormouse.socket dormouse.service
fi
END
cat >"$root/DEBIAN/postrm" <<'END'
#!/bin/sh
set -e
# The store in /var/lib/private/dormouse stays: it is its readers'.
if [ "$1" = purge ]; then
  rm -rf /etc/dormouse
fi
END
chmod 755 "$root/DEBIAN/postinst" "$root/DEBIAN/prerm" "$root/DEBIAN/postrm"
mkdir -p dist
package=dist/dormouse_${version}_$architecture.deb
dpkg-deb --root-owner-group --build "$root" "$package" >/dev/null
echo "$package"
