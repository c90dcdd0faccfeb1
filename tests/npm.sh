#!/usr/bin/env bash
# Installs the JavaScript packages that the tests use (ical.js, axe-core) into
# tests/node_modules, once per lock file.
set -euo pipefail
cd "$(dirname "$0")"
stamp=node_modules/.installed
if [ -f "$stamp" ] && [ "$stamp" -nt package.json ]; then exit 0; fi
timeout 180 npm install --no-audit --no-fund --no-package-lock --loglevel=error \
  --fetch-retries=1 --fetch-timeout=30000
touch "$stamp"
