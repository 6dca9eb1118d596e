#!/bin/bash
# setup.sh [GROUP...]: installs what packaging/debian-packages.txt lists for these groups
# (all of them unless told). Quick when nothing is missing. Installing needs root.
# The group "newer" is the judge of the differential tests; without it they are skipped.
set -euo pipefail
cd "$(dirname "$0")/.."
list=packaging/debian-packages.txt
groups=" ${*:-build run test peer newer} "
export DEBIAN_FRONTEND=noninteractive
apt=(apt-get -qq -o DPkg::Lock::Timeout=300 -o APT::Sandbox::User=root)
updated=

say() { echo "setup: $*"; }

# wanted GROUP...: the packages of these groups whose program is not there by other means
wanted() {
  local group package unless program
  while read -r group package unless program; do
    [[ " $* " == *" $group "* ]] || continue
    [[ "$unless" == unless ]] && type -P "$program" >/dev/null && continue
    echo "$package"
  done < <(grep -v '^#' "$list")
}

# missing PACKAGE...: those that are not installed
missing() {
  [[ $# -gt 0 ]] || return 0
  comm -23 <(printf '%s\n' "$@" | sort) \
    <(dpkg-query -W -f '${Package} ${db:Status-Status}\n' "$@" 2>/dev/null | sed -n 's/ installed$//p' | sort)
}

update_once() {
  [[ -z "$updated" ]] || return 0
  [[ $EUID -eq 0 ]] || { say "these packages are missing, and only root can install them: $*" >&2; exit 1; }
  say "apt-get update"
  "${apt[@]}" update
  updated=1
}

install_packages() {
  local -a packages
  local wished=${groups/ peer / }
  wished=${wished/ newer / }
  # shellcheck disable=SC2046,SC2086  # words are what is wanted here
  mapfile -t packages < <(missing $(wanted $wished))
  if [[ ${#packages[@]} -eq 0 ]]; then return 0; fi
  update_once "${packages[@]}"
  say "installing ${#packages[@]} packages: ${packages[*]}"
  "${apt[@]}" install -y --no-install-recommends "${packages[@]}" >/dev/null
}

# Peers bring services that would start at once: their files go to build/peers instead.
unpack_peers() {
  local package
  local -a lacking=()
  for package in $(wanted peer); do
    [[ -e "build/peers/.$package" ]] || lacking+=("$package")
  done
  [[ ${#lacking[@]} -gt 0 ]] || return 0
  update_once "${lacking[@]}"
  say "unpacking ${lacking[*]} into build/peers"
  mkdir -p build/peers/debs
  (cd build/peers/debs && "${apt[@]}" download "${lacking[@]}")
  for package in "${lacking[@]}"; do
    dpkg -x build/peers/debs/"$package"_*.deb build/peers
    touch "build/peers/.$package"
  done
  rm -rf build/peers/debs
}

# A current Docker out of a newer Debian release, beside the system: build/peers/newer.
unpack_newer() {
  local place=$PWD/build/peers/newer release=forky source
  [[ ! -e "$place/.complete" ]] || return 0
  source=$(sed -n 's/^URIs: *//p' /etc/apt/sources.list.d/*.sources 2>/dev/null | head -1)
  [[ -n "$source" ]] || source=$(sed -n 's/^deb \(\[[^]]*\] \)\?\([^ ]*\) .*/\2/p' /etc/apt/sources.list | head -1)
  say "unpacking Debian $release's docker into build/peers/newer"
  rm -rf "$place"
  mkdir -p "$place"/{lists/partial,cache/archives/partial,debs}
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $source $release main" >"$place/sources"
  local -a own=("${apt[@]}" -o "Dir::Etc::sourcelist=$place/sources" -o Dir::Etc::sourceparts=/dev/null
    -o "Dir::State::Lists=$place/lists" -o "Dir::Cache=$place/cache")
  local -a packages
  mapfile -t packages < <(wanted newer)
  "${own[@]}" update && (cd "$place/debs" && "${own[@]}" download "${packages[@]}") || return 1
  local deb
  for deb in "$place"/debs/*.deb; do dpkg -x "$deb" "$place"; done
  rm -rf "$place"/{lists,cache,debs,sources}
  touch "$place/.complete"
}

# Debian's kernel and AppArmor's parser for ./dev machine, not installed: build/machine/kernel.
unpack_kernel() {
  local place=$PWD/build/machine/kernel name
  [[ ! -e "$place/.complete" ]] || return 0
  update_once linux-image-amd64
  name=$(apt-cache depends linux-image-amd64 | sed -n 's/.*Depends: \(linux-image-[^ ]*\)$/\1/p' | head -1)
  say "unpacking $name into build/machine/kernel"
  rm -rf "$place"
  mkdir -p "$place"
  (cd "$place" && "${apt[@]}" download "$name" apparmor && for deb in *.deb; do dpkg -x "$deb" .; done && rm ./*.deb)
  touch "$place/.complete"
}

# The init of the peers is a link to tini's in their own folder, which is not unpacked.
link_init() {
  local link
  for link in build/peers/usr/bin/docker-init build/peers/newer/usr/bin/docker-init; do
    [[ ! -L "$link" ]] || ln -sfn /usr/bin/tini-static "$link"
  done
}

install_packages
[[ "$groups" != *" peer "* ]] || unpack_peers
[[ "$groups" != *" newer "* ]] || unpack_newer || say "no newer docker could be had: the differential tests will be skipped"
link_init
[[ "$groups" != *" machine "* ]] || unpack_kernel
