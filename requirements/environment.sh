# Sourced by run and test: makes sure that $root/.venv holds what the locks say.
#
# .venv/ready-KIND repeats, byte for byte, what the environment was made from: the folder it stands in (scripts name it),
# the locks and pyproject.toml. While they agree a start costs one comparison; otherwise environment.py makes or mends it.

unset PYTHONHOME PYTHONPATH # modules of another Python must not leak in

inputs() {
    printf '%s\n' "$root"
    cat "$root/requirements/build.lock" "$root/requirements/$1.lock" "$root/pyproject.toml"
}

stop() {
    printf '%s\n' "$@" >&2
    exit 1
}

# Sets $python to the first Python that is new enough; KETWORKS_PYTHON names one.
find_python() {
    found=''
    set -- python3 python3.13 python3.12 python3.11
    [ -n "${KETWORKS_PYTHON-}" ] && set -- "$KETWORKS_PYTHON"
    for python in "$@"; do
        command -v "$python" >/dev/null 2>&1 || continue
        "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && return
        [ -n "$found" ] || found=$("$python" --version 2>&1)
    done
    [ -n "$found" ] && stop "ketworks: $found is too old" \
        "  expected: Python 3.11 or newer (Debian 12 has it)" \
        "  try: KETWORKS_PYTHON=/path/to/python3.11 ./run"
    stop "ketworks: no Python found (looked for $*)" \
        "  expected: Python 3.11 or newer" \
        "  try: apt-get install python3 python3-venv"
}

environment() {
    inputs "$1" | cmp -s - "$root/.venv/ready-$1" && [ -x "$root/.venv/bin/python" ] && return
    find_python
    "$python" -c 'import ensurepip, venv' 2>/dev/null || stop \
        "ketworks: $("$python" --version) cannot make a virtual environment: its venv or ensurepip module is missing" \
        "  expected: the Debian package python3-venv" \
        "  try: apt-get install python3-venv"
    "$python" "$root/requirements/environment.py" "$root" "$1" || exit $?
}
