#!/bin/sh
# Starts the role that the command names. `exec` gives it the place of this script, so that it gets
# the signals itself.
set -eu

role=${1:-help}
[ $# -eq 0 ] || shift

# Without API_KEYS the gateway takes a key that was made up for this volume: it works at once, and
# nobody knows the key who cannot read the volume. A key for everyone would be an open door.
ensure_api_key() {
  [ -z "${API_KEYS:-}" ] || return 0
  file=$VESTNIK_DATA_DIR/api-key
  if [ ! -s "$file" ]; then
    (umask 077 && node -p 'crypto.randomBytes(24).toString("base64url")' > "$file.new")
    mv "$file.new" "$file"
  fi
  echo "API_KEYS is not set: the key is in $file" >&2
  API_KEYS=operator:$(cat "$file")
  export API_KEYS
}

case $role in
  processors | connectors) exec node "$role/main.ts" "$@" ;;
  gateway)
    ensure_api_key
    exec node gateway/main.ts "$@"
    ;;
  deploy) exec node runtime/deploy/main.ts "$@" ;;
  admin) exec node gateway/admin/main.ts "$@" ;;
  redrive) exec node analyst/main.ts "$@" ;;
  inbox | samples) exec node "dev/container/$role.ts" "$@" ;;
  *)
    echo 'Name a role: processors [names] | connectors [names] | gateway | deploy | redrive | admin' >&2
    exit 2
    ;;
esac
