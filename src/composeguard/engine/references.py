"""The sources that rules cite, each with the address where a reader finds it."""

from __future__ import annotations

from composeguard.engine.rule import Reference

_OWASP = "https://cheatsheetseries.owasp.org/cheatsheets/Docker_Security_Cheat_Sheet.html"


def cis(number: str) -> Reference:
    """A recommendation of the CIS Docker Benchmark v1.6.0, by its number."""
    return Reference(f"CIS Docker {number}", "https://www.cisecurity.org/benchmark/docker", f"cis-docker-{number}")


def owasp(rule: str | int) -> Reference:
    """A rule of the OWASP Docker Security Cheat Sheet, by its number."""
    return Reference(f"OWASP Docker rule {rule}", _OWASP, f"owasp-docker-{rule}")


def cwe(number: int) -> Reference:
    """A weakness of the Common Weakness Enumeration."""
    return Reference(
        f"CWE-{number}", f"https://cwe.mitre.org/data/definitions/{number}.html", f"external/cwe/cwe-{number}"
    )


def pss(level: str) -> Reference:
    """A level of the Kubernetes Pod Security Standards ("baseline", "restricted"), by analogy."""
    return Reference(
        f"Pod Security Standards, {level}",
        "https://kubernetes.io/docs/concepts/security/pod-security-standards/",
        "pss",
    )


def compose(page: str) -> Reference:
    """A page of the Compose file reference, such as "services.md#cap_drop"."""
    name = page.partition("#")[2] or page.partition(".")[0]
    return Reference(f"Compose specification: {name}", f"https://github.com/compose-spec/compose-spec/blob/main/{page}")


def docker(page: str, label: str) -> Reference:
    """A page of the Docker manuals, below `docs.docker.com`."""
    return Reference(label, f"https://docs.docker.com/{page}")
