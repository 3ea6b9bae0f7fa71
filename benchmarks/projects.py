"""The Compose files that the benchmarks read."""

from __future__ import annotations

SERVICE = """\
  service{index}:
    image: "registry.example.org/team/app{index}:${{TAG:-1.{index}.0}}"  # the application
    restart: unless-stopped
    environment:
      LOG_LEVEL: info
      DATABASE_URL: postgres://db{index}/app
      FEATURE_{index}: "true"
    ports:
      - "127.0.0.1:{port}:8080"
      - "{other}:9090/tcp"
    volumes:
      - data{index}:/var/lib/app
      - ./config/{index}.yml:/etc/app/config.yml:ro
    depends_on: [service0]
    networks:
      - backend
    healthcheck:
      test: ["CMD", "wget", "-q", "-O-", "http://localhost:8080/health"]
      interval: 30s
      retries: 3
"""


def project(services: int) -> str:
    """A Compose file of so many services, about 700 bytes each."""
    body = "".join(SERVICE.format(index=index, port=1024 + index, other=20000 + index) for index in range(services))
    volumes = "".join(f"  data{index}:\n" for index in range(services))
    return f"services:\n{body}networks:\n  backend:\nvolumes:\n{volumes}".replace("    depends_on: [service0]\n", "", 1)
