# Read by `demo` and `test`: makes .venv from requirements.lock, once for each change of it,
# and sets $bin to the folder of its programs.

cd "$(dirname "$0")/.."

find_python() {
    for candidate in "${PYTHON:-}" python3.14 python3.13 python3.12 python3.11 python3 python; do
        if [ -n "$candidate" ] && command -v "$candidate" >/dev/null 2>&1 \
            && "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            echo "$candidate"
            return
        fi
    done
}

make_environment() {
    rm -rf .venv
    if command -v uv >/dev/null 2>&1; then
        echo "Making .venv with uv ..."
        uv venv --quiet --python "$python" .venv
        uv pip install --quiet --python .venv --require-hashes -r requirements.lock
        uv pip install --quiet --python .venv --no-deps -e .
    else
        echo "Making .venv with pip (some minutes the first time) ..."
        "$python" -m venv .venv
        set_bin
        "$bin/python" -m pip install --quiet --disable-pip-version-check \
            --require-hashes -r requirements.lock
        "$bin/python" -m pip install --quiet --disable-pip-version-check --no-deps -e .
    fi
}

set_bin() {
    bin=.venv/bin
    if [ -d .venv/Scripts ]; then bin=.venv/Scripts; fi
}

python=$(find_python)
if [ -z "$python" ]; then
    echo "No Python 3.11 or newer is on the PATH. Install one, or name it: PYTHON=/path/to/python3 $0" >&2
    exit 1
fi
stamp=$({ "$python" --version; pwd; cat requirements.lock pyproject.toml; } | cksum)
if [ "$(cat .venv/stamp 2>/dev/null)" != "$stamp" ]; then
    make_environment
    echo "$stamp" >.venv/stamp
fi
set_bin
