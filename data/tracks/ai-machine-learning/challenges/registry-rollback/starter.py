class Registry:
    """Versions of one model: at most one in production, and the way back."""

    def register(self, version: str) -> None:
        """Add a version in stage "staging"."""

    def promote(self, version: str) -> None:
        """Put a version into production and archive the one before."""

    def rollback(self) -> str:
        """Undo the last promotion and return the version that serves now."""
        return ""

    def stage(self, version: str) -> str:
        """Return "staging", "production" or "archived"."""
        return ""

    def production(self) -> str | None:
        """Return the version that serves now."""

    def latest(self) -> str | None:
        """Return the highest version."""
