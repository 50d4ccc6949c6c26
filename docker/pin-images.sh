#!/bin/sh
# Asks the registry which images the tags of Node, Postgres and Redis mean today, and names them with their digests in .env, which counts
# more than docker-compose.yml. Run it before the first start, with each version of Siaran, and when one of them was mended; then
# docker compose up --build --detach. A tag that .env names, such as that of a mirror of yours, stays.
set -eu
cd "$(dirname "$0")/.."
if ! [ -f .env ]; then
  echo 'There is no .env: copy .env.example first.' >&2
  exit 1
fi

# Each is known before anything is written.
pinned=''
for default in NODE_IMAGE=node:24-slim POSTGRES_IMAGE=postgres:18-alpine REDIS_IMAGE=redis:8-alpine; do
  name=${default%%=*}
  tag=$(sed -n "s/^$name=\([^@]*\).*/\1/p" .env | tail -n 1)
  tag=${tag:-${default#*=}}
  # The digest of the index, which all platforms have in common. Without `json`, buildx can print more than it is asked for.
  digest=$(docker buildx imagetools inspect "$tag" --format '{{json .Manifest.Digest}}' | tr -d '"')
  if ! expr "$digest" : 'sha256:[0-9a-f]\{64\}$' >/dev/null; then
    echo "No registry told the digest of $tag. .env is as it was." >&2
    exit 1
  fi
  pinned="$pinned$name=$tag@$digest
"
done

# As a copy first, which keeps who may read it: nobody finds half of it.
cp -p .env .env.new
{
  grep -Ev '^(NODE|POSTGRES|REDIS)_IMAGE=' .env || true
  printf '%s' "$pinned"
} >.env.new
mv .env.new .env
printf '%s' "$pinned"
