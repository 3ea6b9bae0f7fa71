"""composeguard: a linter, policy engine and fixer for Compose files."""

__version__ = "0.1.0"
