# Sourced by the commands in bin/. Callers set `root` to the project's folder and `name` to their own.
# POSIX sh.

# find_python: sets `python` to a Python that can make a virtual environment, or says why and exits 1.
find_python() {
    too_old=""
    no_venv=""
    for python in ${SOUQNA_PYTHON:+"$SOUQNA_PYTHON"} \
        python3 python3.14 python3.13 python3.12 python3.11; do
        command -v "$python" >/dev/null 2>&1 || continue
        if ! "$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))' \
            2>/dev/null; then
            too_old=$("$python" --version 2>&1 | head -n 1)
        elif ! "$python" -c 'import venv, ensurepip, fcntl' 2>/dev/null; then
            no_venv=$python
        else
            return 0
        fi
    done
    if [ -n "$no_venv" ]; then
        echo "$name: $no_venv can't make virtual environments: install the package python3-venv" >&2
    elif [ -n "$too_old" ]; then
        echo "$name: Python 3.11 to 3.14 is needed, found $too_old" >&2
    else
        echo "$name: Python 3.11 or later is needed, with the package python3-venv" >&2
    fi
    exit 1
}

# ensure_venv embedded|dev: $root/.venv holds what requirements/$1.txt asks for, or exits 1.
ensure_venv() {
    find_python
    "$python" "$root/bin/lib/venv.py" "$name" "$1" || exit $?
}
