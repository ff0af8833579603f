#!/usr/bin/env bash
# Rules for Dockerfile and docker-compose.yml that can be read off the files, hadolint's among them, and Docker's own
# opinion where it is there.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

status=0
complain() {
    printf '%s\n' "$*"
    status=1
}

# One instruction a line, comments gone, continued lines joined.
dockerfile=$(sed -E '/^ *#/d' Dockerfile | sed -E ':join; /\\$/ { N; s/\\\n */ /; b join }')
# The image that ships begins with the last FROM.
final=$(awk '/^FROM / { stage = "" } { stage = stage $0 "\n" } END { printf "%s", stage }' <<<"$dockerfile")

while read -r _ image rest; do
    [[ "$image" == *:* && "$image" != *:latest ]] || complain "Dockerfile: FROM $image names no version"
    [[ -n "$rest" || "$image" == *-slim* ]] || complain "Dockerfile: the last stage starts from $image, which is not slim"
done < <(grep '^FROM ' <<<"$dockerfile")

grep -qE '^USER [0-9]+(:[0-9]+)?$' <<<"$final" || complain "Dockerfile: the last stage needs a numeric USER"
grep -qE '^USER 0' <<<"$final" && complain "Dockerfile: the image runs as root"
grep -qE '^ENTRYPOINT \["' <<<"$final" || complain "Dockerfile: ENTRYPOINT must be in exec form, so that signals arrive"
grep -qE '^CMD \["' <<<"$final" || complain "Dockerfile: CMD must be in exec form"
grep -qE '^HEALTHCHECK ' <<<"$final" || complain "Dockerfile: no HEALTHCHECK"
grep -qE '^ADD ' <<<"$dockerfile" && complain "Dockerfile: COPY instead of ADD"
grep -qE '^VOLUME ' <<<"$dockerfile" && complain "Dockerfile: Railway refuses VOLUME; docker-compose.yml declares volumes"
grep -qiE '^(ENV|ARG) .*(password|secret|token|key)[a-z_]*=' <<<"$dockerfile" && complain "Dockerfile: a secret in the image"
grep -E 'apt-get install' <<<"$dockerfile" | grep -qv -- '--no-install-recommends' &&
    complain "Dockerfile: apt-get install without --no-install-recommends"
sed -n '/^USER /,$p' <<<"$final" | grep -qE '^(RUN|COPY) ' && complain "Dockerfile: the user may write what ships"

while read -r source; do
    [[ -e "$source" ]] || complain "Dockerfile: COPY $source: no such file"
done < <(grep '^COPY ' <<<"$dockerfile" | grep -v -- '--from=' |
    awk '{ for (i = 2; i < NF; i++) if ($i !~ /^--/) print $i }')

# Every library the binary loads must come with a package of the last stage.
while read -r library package; do
    grep -q "^build|$library|" scripts/setup.sh || complain "scripts/check-containers.sh: $library is no longer built against"
    if ! grep -qE "(^| )$package( |\$)" <<<"$final"; then
        complain "Dockerfile: $library is built against, but $package is not installed in the last stage"
    fi
done <<'LIBRARIES'
libhiredis-dev libhiredis0.14
libcurl4-openssl-dev libcurl4
libssl-dev libssl3
libpq-dev libpq5
libsecp256k1-dev libsecp256k1-1
libsqlite3-dev libsqlite3-0
zlib1g-dev zlib1g
libbrotli-dev libbrotli1
LIBRARIES

# Services whose data or commands the outside must not reach.
if awk '/^  [a-z]+:/ { service = $1 } /^    ports:/ && service ~ /^(redis|postgres):/ { found = 1 } END { exit !found }' docker-compose.yml; then
    complain "docker-compose.yml: a database publishes its port"
fi
services=$(awk '/^services:/ { inside = 1; next } /^[a-z]/ { inside = 0 } inside && /^  [a-z]+:$/' docker-compose.yml | wc -l)
checks=$(grep -cE '^    healthcheck:' docker-compose.yml || true)
[[ "$services" -gt 0 && "$services" == "$checks" ]] || complain "docker-compose.yml: $services services, $checks health checks"

.build/lint/bin/hadolint Dockerfile || status=1
if command -v docker >/dev/null && docker compose version >/dev/null 2>&1; then
    docker compose --file docker-compose.yml config --quiet || complain "docker-compose.yml: refused by docker compose"
fi
exit "$status"
