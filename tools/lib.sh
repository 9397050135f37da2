# What setup, check, .ci/run and tools/dev share. Sourced by bash, from the root of the tree.

say() { printf '%s\n' "$*"; }

# step WHAT COMMAND…: runs it quietly, says how long it took; on failure shows what it printed and ends.
step() {
  local what=$1 log began
  shift
  log=$(mktemp)
  began=$SECONDS
  if "$@" >"$log" 2>&1; then
    printf '  %-52s %4d s\n' "$what" "$((SECONDS - began))"
    rm -f "$log"
  else
    local status=$?
    printf '  %-52s failed after %d s\n' "$what" "$((SECONDS - began))"
    tail -n 60 "$log"
    rm -f "$log"
    exit "$status"
  fi
}

packages_of() {
  local group
  for group in "$@"; do awk -v group="$group" '$1 == group { print $2 }' tools/packages.txt; done
}

# install_packages GROUP…: what is missing, with apt, as root or through sudo.
install_packages() {
  local missing=() package as_root=()
  for package in $(packages_of "$@"); do
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null; then
      say "these Debian packages are missing and there is no sudo; install them as root:"
      say "  apt-get install ${missing[*]}"
      return 1
    fi
    as_root=(sudo)
  fi
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -y update &&
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -y --no-install-recommends install "${missing[@]}"
}

jobs_count() { nproc; }

# The time of the newest commit, so that what is built twice is the same; the release date without git.
source_date() { git log -1 --format=%ct 2>/dev/null || say 1763769600; }
