#!/bin/sh
# Makes the secrets that docker-compose.yml needs, in the folder `secrets` beside it: passwords where there are none yet, and addresses
# with them. Run it again after you have changed a password. Postgres takes its passwords only when its volume is new.
set -eu
cd "$(dirname "$0")/.."
# Nobody else of this machine comes into the folder. The users of the images have to be able to read what is mounted of it.
mkdir -p secrets
chmod 700 secrets

write() {
  printf '%s\n' "$2" >"secrets/$1"
  chmod 644 "secrets/$1"
}

for name in postgres-password owner-password siaran-password audience-password redis-password; do
  [ -s "secrets/$name" ] || write "$name" "$(od -An -tx1 -N24 /dev/urandom | tr -d ' \n')"
done
write owner-database-url "postgres://siaran_owner:$(cat secrets/owner-password)@postgres:5432/siaran"
write database-url "postgres://siaran:$(cat secrets/siaran-password)@postgres:5432/siaran"
write audience-database-url "postgres://siaran_audience:$(cat secrets/audience-password)@postgres:5432/audiences"
write redis-url "redis://:$(cat secrets/redis-password)@redis:6379"
echo 'The secrets are in ./secrets.'
