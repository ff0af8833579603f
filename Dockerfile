# Builds with the whole toolchain, ships the binary and the libraries it loads.

FROM swift:6.3-bookworm AS build
WORKDIR /source

# The packages are those every other build uses; they change seldom and so stay in the image cache.
COPY scripts/setup.sh scripts/setup.sh
RUN scripts/setup.sh build

COPY Package.swift ./
RUN swift package resolve

COPY Sources Sources
COPY Tests Tests
RUN swift build --configuration release --product mintcache --static-swift-stdlib \
    && install -D --strip "$(swift build --configuration release --static-swift-stdlib --show-bin-path)/mintcache" \
        /result/mintcache


FROM debian:bookworm-slim

# `docker build --build-arg COMMIT=$(git rev-parse HEAD)`: what `mintcache --version` tells.
ARG COMMIT=unknown
ENV MINTCACHE_COMMIT=$COMMIT

# libcurl brings what it needs for TLS and compression; nothing else is loaded.
RUN apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends \
        ca-certificates \
        libbrotli1 \
        libcurl4 \
        libhiredis0.14 \
        libpq5 \
        libsecp256k1-1 \
        libsqlite3-0 \
        libssl3 \
        libstdc++6 \
        zlib1g \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --gid 10001 mintcache \
    && useradd --uid 10001 --gid 10001 --no-log-init --no-create-home --home-dir /var/lib/mintcache \
        --shell /usr/sbin/nologin mintcache \
    && install --directory --owner mintcache --group mintcache --mode 0700 /var/lib/mintcache \
    && install --directory /opt/mintcache \
    && ln --symbolic /var/lib/mintcache /opt/mintcache/var

COPY --from=build /result/mintcache /usr/local/bin/mintcache
COPY config/mintcache.yaml /etc/mintcache/mintcache.yaml
COPY config/migrations /opt/mintcache/config/migrations

# The configuration's relative paths start here: config/migrations, and var, which is the only place written to.
WORKDIR /opt/mintcache
USER 10001:10001

EXPOSE 8080

# The binary is process 1, so it gets SIGTERM itself: it stops accepting, finishes what it has and flushes.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=15s --retries=3 CMD ["/usr/local/bin/mintcache", "healthcheck"]

ENTRYPOINT ["/usr/local/bin/mintcache"]
CMD ["serve", "--config", "/etc/mintcache/mintcache.yaml"]
