#!/bin/sh
# Prints the Python to make an environment with; where there is none, standard error says in a sentence what to do.
#   find_python.sh        the newest that pyproject.toml allows: on the PATH or among pyenv's
#   find_python.sh all    one of each version that it allows, the newest first
#   find_python.sh NAME   that one, if it is allowed
range=$(sed -n 's/^requires-python = ">=3\.\([0-9]*\),<3\.\([0-9]*\)".*/\1 \2/p' "$(dirname "$0")/../pyproject.toml")
oldest=${range% *} newest=$((${range#* } - 1))

# "fits 12", or why not. Any Python should understand it, so that it can say that it is too old.
LOOK='
import sys, sysconfig
def look(oldest, newest):
    minor = sys.version_info[1] if sys.version_info[0] == 3 else 0
    version = "is Python %d.%d.%d, which " % sys.version_info[:3]
    if minor < oldest:
        return version + "is too old"
    if minor > newest:
        return version + "Qt for Python does not support yet"
    if sys.implementation.name != "cpython" or sys.maxsize < 2**32 or sysconfig.get_config_var("Py_GIL_DISABLED"):
        return version + "is not the usual CPython of 64 bits"
    if sys.prefix == sys.base_prefix:
        try:
            import ensurepip, venv
        except ImportError:
            return version + "lacks venv (on Debian and Ubuntu: sudo apt-get install python3.%d-venv)" % minor
    return "fits %d" % minor
print(look(int(sys.argv[1]), int(sys.argv[2])))
'
look() {
    "$1" -c "$LOOK" "$oldest" "$newest" 2>/dev/null || echo "cannot be run"
}

# The first Python of a minor version. A name on the PATH may be a shim of pyenv that fails, so all of them are tried.
find_minor() {
    IFS=:
    for folder in $PATH; do
        for python in "$folder/python3.$1" "$folder/python3"; do
            [ -x "$python" ] && [ "$(look "$python")" = "fits $1" ] && echo "$python" && return
        done
    done
    for python in "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3."$1".*/bin/python; do
        [ -x "$python" ] && [ "$(look "$python")" = "fits $1" ] && echo "$python" && return
    done
}

case $1 in
all)
    minor=$newest
    while [ "$minor" -ge "$oldest" ]; do
        find_minor "$minor"
        minor=$((minor - 1))
    done
    ;;
'')
    seen=
    command -v python3 >/dev/null && seen="python3 $(look python3)"
    minor=$newest python=
    while [ -z "$python" ] && [ "$minor" -ge "$oldest" ]; do
        python=$(find_minor "$minor")
        minor=$((minor - 1))
    done
    if [ -z "$python" ]; then
        echo "micrograd-gui needs Python 3.$oldest to 3.$newest, and none was found${seen:+ ($seen)}:" \
            "install Python 3.$newest, or name one that is elsewhere: make PYTHON=/path/to/python run" >&2
        exit 1
    fi
    case $seen in
    '' | *fits*) ;;
    *) echo "$seen; $python serves instead." >&2 ;;
    esac
    echo "$python"
    ;;
*)
    found=$(look "$1")
    case $found in
    fits*) echo "$1" ;;
    *)
        echo "$1 $found; micrograd-gui needs Python 3.$oldest to 3.$newest." >&2
        exit 1
        ;;
    esac
    ;;
esac
