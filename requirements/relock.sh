#!/bin/sh
# Resolves the locks anew from pyproject.toml (minutes). Run it with the oldest Python supported, so that every package
# exists for it; the same versions are then used on newer ones. pip-tools comes from the network, unpinned, for this only.
set -eu
cd "$(dirname -- "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${KETWORKS_PYTHON:-python3}" -c 'import sys; assert sys.version_info[:2] == (3, 11), "needs Python 3.11"'
"${KETWORKS_PYTHON:-python3}" -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet pip-tools
compile() {
    CUSTOM_COMPILE_COMMAND=- "$work/venv/bin/pip-compile" --quiet --strip-extras --allow-unsafe --generate-hashes \
        --no-emit-options --no-header --no-annotate "$@"
}
compile --extra test --all-build-deps --output-file "$work/test.lock" pyproject.toml
compile --constraint "$work/test.lock" --output-file "$work/run.lock" pyproject.toml
compile --constraint "$work/test.lock" --only-build-deps --all-build-deps --output-file "$work/build.lock" pyproject.toml
# Brian2 needs an older numpy than the rest, so this environment stands apart; all else is as in run.lock
sed -n 's/^\([a-z0-9-]*==[^ ]*\).*/\1/p' "$work/run.lock" | grep -v '^numpy==' >"$work/run.pins"
compile --constraint "$work/run.pins" --extra spiking --all-build-deps --output-file "$work/spiking.lock" pyproject.toml
sed -i '/^#/d; /^$/d' "$work/spiking.lock" # pip-compile's word on setuptools, which Brian2 needs
mv "$work/test.lock" "$work/run.lock" "$work/build.lock" "$work/spiking.lock" requirements/
