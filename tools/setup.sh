#!/bin/bash
# setup.sh [GROUP...]: installs what packaging/debian-packages.txt lists for these groups
# (all of them unless told). Quick when nothing is missing. Installing needs root.
set -euo pipefail
cd "$(dirname "$0")/.."
list=packaging/debian-packages.txt
groups=" ${*:-build run test peer} "
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

install_packages
[[ "$groups" != *" peer "* ]] || unpack_peers
