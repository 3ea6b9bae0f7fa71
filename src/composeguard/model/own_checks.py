"""Images that bring a health check of their own, so that a file need not write one."""

from __future__ import annotations

from composeguard.compose.unresolved import Unresolved
from composeguard.model.image import image_name

_SOURCES = {
    "b4bz/homer": "https://github.com/bastienwirtz/homer/blob/main/Dockerfile",
    "authelia/authelia": "https://github.com/authelia/authelia/blob/master/Dockerfile",
    "cadvisor/cadvisor": "https://github.com/google/cadvisor/blob/master/deploy/Dockerfile",
    "gethomepage/homepage": "https://github.com/gethomepage/homepage/blob/main/Dockerfile",
    "gitlab/gitlab-ce": "https://gitlab.com/gitlab-org/omnibus-gitlab/-/blob/master/docker/Dockerfile",
    "gitlab/gitlab-ee": "https://gitlab.com/gitlab-org/omnibus-gitlab/-/blob/master/docker/Dockerfile",
    "goauthentik/server": "https://github.com/goauthentik/authentik/blob/main/Dockerfile",
    "google/cadvisor": "https://github.com/google/cadvisor/blob/master/deploy/Dockerfile",
    "gotify/server": "https://github.com/gotify/server/blob/master/docker/Dockerfile",
    "immich-app/immich-machine-learning": "https://github.com/immich-app/immich/blob/main/machine-learning/Dockerfile",
    "immich-app/immich-server": "https://github.com/immich-app/immich/blob/main/server/Dockerfile",
    "itzg/minecraft-bedrock-server": "https://github.com/itzg/docker-minecraft-bedrock-server/blob/master/Dockerfile",
    "itzg/minecraft-server": "https://github.com/itzg/docker-minecraft-server/blob/master/Dockerfile",
    "jellyfin/jellyfin": "https://github.com/jellyfin/jellyfin-packaging/blob/master/docker/Dockerfile",
    "louislam/uptime-kuma": "https://github.com/louislam/uptime-kuma/blob/master/docker/dockerfile",
    "matrixdotorg/synapse": "https://github.com/element-hq/synapse/blob/develop/docker/Dockerfile",
    "mattermost/mattermost-enterprise-edition": "https://github.com/mattermost/mattermost/blob/master/server/build/Dockerfile",
    "mattermost/mattermost-team-edition": "https://github.com/mattermost/mattermost/blob/master/server/build/Dockerfile",
    "mysql/mysql-server": "https://github.com/mysql/mysql-docker",
    "netdata/netdata": "https://github.com/netdata/netdata/blob/master/packaging/docker/Dockerfile",
    "open-webui/open-webui": "https://github.com/open-webui/open-webui/blob/main/Dockerfile",
    "paperless-ngx/paperless-ngx": "https://github.com/paperless-ngx/paperless-ngx/blob/main/Dockerfile",
    "pihole/pihole": "https://github.com/pi-hole/docker-pi-hole/blob/master/src/Dockerfile",
    "plexinc/pms-docker": "https://github.com/plexinc/pms-docker/blob/master/Dockerfile",
    "qdm12/gluetun": "https://github.com/qdm12/gluetun/blob/master/Dockerfile",
    "qmcgaw/gluetun": "https://github.com/qdm12/gluetun/blob/master/Dockerfile",
    "vaultwarden/server": "https://github.com/dani-garcia/vaultwarden/blob/main/docker/Dockerfile.alpine",
    "wg-easy/wg-easy": "https://github.com/wg-easy/wg-easy/blob/master/Dockerfile",
    "willfarrell/autoheal": "https://github.com/willfarrell/docker-autoheal/blob/main/Dockerfile",
}
"""The file in which the image is told to check itself (`HEALTHCHECK`), by the name without its registry."""


def checks_itself(image: str | Unresolved | None) -> bool:
    """Whether an image is known to bring a health check."""
    name = image_name(image) if image else None
    return name is not None and name.path.lower() in _SOURCES
