"""A working policy of each template, and of an expression, with its test: what `policy new` starts from."""

from __future__ import annotations

from msgspec import Struct


class Sample(Struct, frozen=True):
    """`body` is the part of a policy that its kind decides; `CODE` stands for the code in the tests."""

    body: str
    description: str
    bad: str
    good: str


EXPRESSION = Sample(
    """\
for: service.ports
when: item.reach != "loopback"
assert: "!has(item.published) || item.published >= 1024"
message: "{service.name} publishes the privileged host port {item.published}"
""",
    "Services publish no host port below 1024.",
    """\
services:
  web:
    image: nginx:1.27
    ports:
      - "80:80"  # expect: CODE
      - "127.0.0.1:81:81"  # ok: CODE
""",
    """\
services:
  web:
    image: nginx:1.27
    ports: ["8080:80"]
""",
)

TEMPLATES: dict[str, Sample] = {
    "require-label": Sample(
        "use: require-label\nwith:\n  key: owner\n  pattern: ^team-\n",
        "Every service says whose it is.",
        """\
services:
  web:  # expect: CODE
    image: nginx:1.27
  db:
    image: postgres:17
    labels:
      owner: me  # expect: CODE
""",
        "services:\n  web:\n    image: nginx:1.27\n    labels: [owner=team-a]\n",
    ),
    "require-key": Sample(
        "use: require-key\nwith:\n  key: healthcheck\n",
        "Every service can tell whether it works.",
        "services:\n  web:  # expect: CODE\n    image: nginx:1.27\n",
        "services:\n  web:\n    image: nginx:1.27\n    healthcheck:\n      test: [CMD, curl, -f, http://localhost]\n",
    ),
    "forbid-key": Sample(
        "use: forbid-key\nwith:\n  key: network_mode\n  values: [host]\n",
        "No container shares the network of the host.",
        "services:\n  web:\n    image: nginx:1.27\n    network_mode: host  # expect: CODE\n",
        "services:\n  web:\n    image: nginx:1.27\n    network_mode: none\n",
    ),
    "allowed-values": Sample(
        "use: allowed-values\nwith:\n  key: logging.driver\n  values: [local, journald]\n",
        "Logs go to drivers that rotate them.",
        "services:\n  web:\n    image: nginx:1.27\n    logging:\n      driver: json-file  # expect: CODE\n",
        "services:\n  web:\n    image: nginx:1.27\n    logging: {driver: local}\n",
    ),
    "allowed-registries": Sample(
        "use: allowed-registries\nwith:\n  registries: [ghcr.io/acme, docker.io/library]\n",
        "Images come from registries that we trust.",
        "services:\n  web:\n    image: ghcr.io/acme-evil/web:1  # expect: CODE\n",
        "services:\n  web:\n    image: ghcr.io/acme/web:${TAG}\n  db:\n    image: postgres:17\n",
    ),
    "image-pattern": Sample(
        "use: image-pattern\nwith:\n  part: tag\n  pattern: ^\\d+\\.\\d+\n",
        "Images have a version as their tag.",
        "services:\n  web:\n    image: nginx:stable  # expect: CODE\n",
        "services:\n  web:\n    image: nginx:1.27-alpine\n  api:\n    image: api:${TAG}\n",
    ),
    "port-range": Sample(
        "use: port-range\nwith:\n  min: 8000\n  max: 8999\n  ports: [443]\n",
        "Services publish the ports that the firewall lets through.",
        """\
services:
  web:
    image: nginx:1.27
    ports:
      - "80:80"  # expect: CODE
      - "8990-9010:90-110"  # expect: CODE
""",
        'services:\n  web:\n    image: nginx:1.27\n    ports: ["8080:80", "443:443", "9"]\n',
    ),
    "required-limits": Sample(
        "use: required-limits\nwith:\n  resources: [memory]\n  max_memory: 2g\n",
        "No service can take all of the host's memory.",
        """\
services:
  web:  # expect: CODE
    image: nginx:1.27
  db:
    image: postgres:17
    mem_limit: 4g  # expect: CODE
""",
        """\
services:
  web:
    image: nginx:1.27
    mem_limit: ${LIMIT}
  db:
    image: postgres:17
    deploy: {resources: {limits: {memory: 1g}}}
""",
    ),
    "forbidden-env": Sample(
        "use: forbidden-env\nwith:\n  names: [DEBUG, '*_INSECURE']\n",
        "Nothing runs with its debugging aids on.",
        "services:\n  web:\n    image: nginx:1.27\n    environment:\n      DEBUG: '1'  # expect: CODE\n",
        "services:\n  web:\n    image: nginx:1.27\n    environment: [LOG=debug]\n",
    ),
    "forbidden-mount": Sample(
        "use: forbidden-mount\nwith:\n  paths: [/etc, /home/*/.ssh]\n",
        "No container sees the accounts of the host.",
        "services:\n  web:\n    image: nginx:1.27\n    volumes:\n      - /etc/passwd:/users:ro  # expect: CODE\n",
        "services:\n  web:\n    image: nginx:1.27\n    volumes: ['./etc:/etc', '/etcetera:/e']\n",
    ),
    "network-allow-list": Sample(
        "use: network-allow-list\nwith:\n  networks: [front, back]\n",
        "Services join the networks that we watch.",
        """\
services:
  web:
    image: nginx:1.27
    networks:
      - front
      - other  # expect: CODE
networks: {front: {}, other: {}}
""",
        "services:\n  web:\n    image: nginx:1.27\n    networks: [front]\nnetworks: {front: {}}\n",
    ),
    "naming": Sample(
        "use: naming\nwith:\n  of: services\n  pattern: ^[a-z][a-z0-9-]*$\n",
        "Names of services are also names of hosts.",
        "services:\n  web_app:  # expect: CODE\n    image: nginx:1.27\n",
        "services:\n  web-app:\n    image: nginx:1.27\n",
    ),
    "required-profile": Sample(
        "use: required-profile\nwith:\n  images: [adminer, phpmyadmin/*]\n  profiles: [debug]\n",
        "Tools for the database run only when somebody asks for them.",
        "services:\n  admin:  # expect: CODE\n    image: adminer:5\n",
        "services:\n  admin:\n    image: adminer:5\n    profiles: [debug]\n  web:\n    image: nginx:1.27\n",
    ),
}
