#!/usr/bin/env bash
# Starts Google's two Datastore emulators, runs a command that finds them in TEST_DATASTORE_EMULATOR and
# TEST_LEGACY_EMULATOR (host:port), and stops them. If one isn't available, its variable stays unset: its tests then
# fail under CI, and are skipped elsewhere.
#
#   tests/emulators.sh cargo nextest run
#   tests/emulators.sh --suite cargo nextest run …    the service's integration tests use the emulator as well
set -euo pipefail
cd "$(dirname "$0")/.."

sdk=$(gcloud info --format='value(installation.sdk_root)' 2>/dev/null || true)
work=$(mktemp -d)
pids=()
stop() {
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  wait 2>/dev/null || true
  rm -rf "$work"
}
trap stop EXIT

free_port() {
  python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# Waits until a port accepts connections, for at most a minute.
answers() {
  for _ in $(seq 240); do
    if curl -sf -o /dev/null "http://127.0.0.1:$1/"; then return 0; fi
    sleep 0.25
  done
  return 1
}

firestore=$sdk/platform/cloud-firestore-emulator/cloud-firestore-emulator.jar
legacy=$sdk/platform/cloud-datastore-emulator/CloudDatastore.jar
if command -v java >/dev/null && [ -n "$sdk" ]; then
  if [ -f "$firestore" ]; then
    port=$(free_port)
    java -Xmx768m -Duser.language=en -cp "$firestore" com.google.cloud.datastore.emulator.firestore.CloudFirestore \
      start --host=127.0.0.1 --port="$port" --database-mode=datastore-mode >"$work/firestore.log" 2>&1 &
    pids+=($!)
    firestore_port=$port
  fi
  if [ -f "$legacy" ]; then
    # One index list for this emulator: the product's indexes and those of the conformance suite.
    mkdir -p "$work/legacy/WEB-INF"
    { cat index.yaml; grep -v '^indexes:' tests/it/conformance/index.yaml; } >"$work/index.yaml"
    port=$(free_port)
    java -Xmx512m -cp "$legacy" com.google.cloud.datastore.emulator.CloudDatastore \
      start --testing --require_indexes --index_file="$work/index.yaml" --host=127.0.0.1 --port="$port" \
      "$work/legacy" >"$work/legacy.log" 2>&1 &
    pids+=($!)
    legacy_port=$port
  fi
fi
if [ -n "${firestore_port:-}" ] && answers "$firestore_port"; then
  export TEST_DATASTORE_EMULATOR=127.0.0.1:$firestore_port
fi
if [ -n "${legacy_port:-}" ] && answers "$legacy_port"; then
  export TEST_LEGACY_EMULATOR=127.0.0.1:$legacy_port
fi
if [ "${1:-}" = --suite ]; then
  shift
  if [ -z "${TEST_DATASTORE_EMULATOR:-}" ]; then
    if [ -n "${CI:-}" ]; then echo "the Firestore emulator is missing" >&2; exit 1; fi
    echo "skipped: the whole suite on the Firestore emulator, which isn't there"
    exit 0
  fi
  export TEST_STORE=firestore
elif [ -z "${CI:-}" ] && [ "${2:-}" = nextest ]; then
  # Tests that need a missing emulator pass without doing anything: print how many.
  judged() { cargo nextest list 2>/dev/null | grep -c "$1" || true; }
  [ -n "${TEST_DATASTORE_EMULATOR:-}" ] || echo "skipped: $(judged '_firestore::\|cases::firestore::\|faults::') cases, for want of the Firestore emulator"
  [ -n "${TEST_LEGACY_EMULATOR:-}" ] || echo "skipped: $(judged 'cases::legacy::\|googles') cases, for want of the Datastore emulator"
fi
"$@"
