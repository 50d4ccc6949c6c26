#!/bin/sh
# In the place of the published image's own script: makes the database where the volume is new, with the administrator's password out of
# its file, runs what stands in docker-entrypoint-initdb.d, and then Postgres, as its own user.
set -eu
export PGDATA=/var/lib/postgresql/18/docker
if [ "$(id -u)" = 0 ]; then
  mkdir -p "$PGDATA" /var/run/postgresql
  chown -R postgres:postgres /var/lib/postgresql /var/run/postgresql
  exec setpriv --reuid=postgres --regid=postgres --clear-groups "$0" "$@"
fi
if ! [ -s "$PGDATA/PG_VERSION" ]; then
  initdb --username=postgres --pwfile="$POSTGRES_PASSWORD_FILE" --auth-local=trust --auth-host=scram-sha-256
  echo 'host all all all scram-sha-256' >>"$PGDATA/pg_hba.conf"
  pg_ctl --options="-c listen_addresses=''" --wait start
  for file in /docker-entrypoint-initdb.d/*.sql; do
    psql --variable ON_ERROR_STOP=1 --username postgres --no-psqlrc --file "$file"
  done
  pg_ctl --mode fast --wait stop
fi
exec postgres -c listen_addresses='*' "$@"
