# The Python of the tests: an environment of its own in target/python, with exactly end2end/sdk/requirements.txt.
# To be sourced after common.sh.
python_home=$root/target/python
python_wanted=$root/end2end/sdk/requirements.txt

# A Python the packages are made for, which can make environments: SYNAPSE_PYTHON, or one that is installed.
python_base() {
  local candidate
  for candidate in "${SYNAPSE_PYTHON:-}" python3.11 python3.12 python3.13 python3; do
    if [ -n "$candidate" ] &&
      "$candidate" -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' >/dev/null 2>&1; then
      "$candidate" -c 'import sys; print(sys.executable)'
      return
    fi
  done
  return 1
}

python_stamp() { cksum <"$python_wanted"; }

# Is it there, with what is wanted now?
python_ready() { [ -x "$python_home/bin/python" ] && [ "$(cat "$python_home/stamp" 2>/dev/null)" = "$(python_stamp)" ]; }

# python_make <base>: makes it anew. The stamp comes last, so what was broken off is made again.
python_make() {
  rm -rf "$python_home"
  "$1" -m venv "$python_home" &&
    "$python_home/bin/python" -m pip install --quiet --disable-pip-version-check --requirement "$python_wanted" &&
    python_stamp >"$python_home/stamp"
}
