#!/usr/bin/env bash
# Both commands of the README in an empty Debian 12, as a new user would: ./run chat (one question, then again, which must
# start without set-up), then ./run test. Needs root, debootstrap and some 8 GB; says what is missing and ends with 77.
#
#   debootstrap.sh [chat|test|both]
#
# The new system takes from this one what says how packages are reached (apt's and pip's settings, certificates), and
# nothing else. OCTET_ROOT_FS keeps it in a folder of your choice for another run; otherwise it goes when the test ends.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
repository=$(cd "$here/../.." && pwd)
what=${1:-both}

skip() {
  echo "SKIPPED: $*"
  exit 77
}
[ "$(id -u)" -eq 0 ] || skip "making a new system needs root"
command -v debootstrap >/dev/null || skip "debootstrap is not installed"
root=${OCTET_ROOT_FS:-$(mktemp -d /var/tmp/octet-debian-XXXXXX)}
available=$(df --output=avail -k "$(dirname "$root")" | tail -n 1)
[ "$available" -gt $((8 << 20)) ] || skip "needs 8 GiB beside $root"

mounted=()
leave() {
  for place in "${mounted[@]}"; do umount -l "$place" || true; done
  [ -n "${OCTET_ROOT_FS:-}" ] || rm -rf --one-file-system "$root"
}
trap leave EXIT

# Either of the two places may be missing, which grep calls an error.
mirror=$({ grep -rhoE 'https?://[^ ]*/debian/?( |$)' /etc/apt/sources.list /etc/apt/sources.list.d 2>/dev/null || true; } | head -n 1 | tr -d ' ')
mkdir -p "$root"
chmod 755 "$root"  # mktemp gives it to root alone; it is the new system's /
[ -d "$root/etc" ] || debootstrap --variant=minbase --include=ca-certificates,sudo,git bookworm "$root" "$mirror" >"$root.log" 2>&1 ||
  { tail -n 20 "$root.log"; exit 1; }
for settings in apt/sources.list apt/sources.list.d apt/apt.conf.d apt/trusted.gpg.d apt/keyrings pip.conf ssl/certs resolv.conf hosts npmrc; do
  [ -e "/etc/$settings" ] || continue
  mkdir -p "$root/etc/$(dirname "$settings")"
  cp -rLT "/etc/$settings" "$root/etc/$settings" 2>/dev/null || true
done
for place in proc dev; do
  mount --rbind "/$place" "$root/$place" && mount --make-rslave "$root/$place"
  mounted+=("$root/$place")
done

# A user like others: no root, sudo with a password that need not be typed.
chroot "$root" sh -c 'id user >/dev/null 2>&1 || useradd -m -s /bin/bash user; echo "user ALL=(ALL) NOPASSWD: ALL" >/etc/sudoers.d/user'
mkdir -p "$root/home/user/.config/pip"
for file in .npmrc .config/pip/pip.conf; do
  if [ -f "$HOME/$file" ]; then cp "$HOME/$file" "$root/home/user/$file"; fi
done
rm -rf "$root/home/user/octet"
git clone -q "$repository" "$root/home/user/octet"
chroot "$root" chown -R user:user /home/user
as_user() {
  # Settings of pip, npm and proxies that stand in the environment go along; the rest of it does not.
  local kept=()
  while IFS= read -r line; do kept+=("$line"); done < <(env | grep -E '^(https?_proxy|HTTPS?_PROXY|no_proxy|NO_PROXY|PIP_[A-Z_]*|npm_config_[a-z_]*)=' || true)
  chroot "$root" sudo -u user env -i HOME=/home/user PATH=/usr/local/bin:/usr/bin:/bin TERM=dumb LANG=C.UTF-8 "${kept[@]}" \
    sh -c "cd /home/user/octet && $1"
}

took() { echo "$1 took $(($(date +%s) - began)) s"; }
began=$(date +%s)
if [ "$what" != test ]; then
  answer=$(as_user "echo 'What is 12 + 30?' | ./run chat")
  echo "chat answered: $answer"
  grep -q 42 <<<"$answer" || { echo "expected an answer with 42"; exit 1; }
  took "./run chat, the first time,"
  second=$(as_user "echo 'What is 12 + 30?' | ./run chat" 2>&1)
  [ "$second" = "$answer" ] || { echo "the second start said more than the answer: $second"; exit 1; }
fi
began=$(date +%s)
if [ "$what" != chat ]; then
  as_user "./run test"
  took "./run test"
fi
echo "all held"
