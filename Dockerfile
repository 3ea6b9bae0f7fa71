# composeguard in a container:
#   docker build -t composeguard .
#   docker run --rm -v "$PWD:/work:ro" --network none --read-only composeguard
# It has no git: `--since` needs an installation beside git.
ARG PYTHON=3.13

FROM python:${PYTHON}-slim AS build
WORKDIR /source
COPY pyproject.toml README.md LICENSE ./
COPY src ./src
COPY rules ./rules
RUN python -m venv /opt/composeguard \
    && /opt/composeguard/bin/python -m pip install --no-cache-dir --disable-pip-version-check '.[html]' \
    && /opt/composeguard/bin/python -m compileall -q /opt/composeguard

FROM python:${PYTHON}-slim
LABEL org.opencontainers.image.title="composeguard" \
      org.opencontainers.image.description="A linter, policy engine and fixer for Compose files" \
      org.opencontainers.image.source="https://github.com/composeguard/composeguard" \
      org.opencontainers.image.licenses="Apache-2.0"
COPY --from=build /opt/composeguard /opt/composeguard
ENV PATH=/opt/composeguard/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1
WORKDIR /work
# A number, so that `runAsNonRoot` can tell; it owns nothing.
USER 65532:65532
ENTRYPOINT ["composeguard"]
CMD ["check"]
