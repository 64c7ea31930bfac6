class Registry:
    """Versions of one model: at most one in production, and the way back."""

    def __init__(self) -> None:
        self.stages: dict[str, str] = {}
        self.served: list[str] = []  # the last one serves now

    def register(self, version: str) -> None:
        """Add a version in stage "staging"."""
        if version in self.stages:
            raise ValueError(f"{version} is already registered")
        self.stages[version] = "staging"

    def promote(self, version: str) -> None:
        """Put a version into production and archive the one before."""
        if self.stage(version) == "production":
            return
        if self.served:
            self.stages[self.served[-1]] = "archived"
        self.served.append(version)
        self.stages[version] = "production"

    def rollback(self) -> str:
        """Undo the last promotion and return the version that serves now."""
        if len(self.served) < 2:
            raise ValueError("there is nothing to return to")
        self.stages[self.served.pop()] = "archived"
        self.stages[self.served[-1]] = "production"
        return self.served[-1]

    def stage(self, version: str) -> str:
        """Return "staging", "production" or "archived"."""
        if version not in self.stages:
            raise ValueError(f"{version} is not registered")
        return self.stages[version]

    def production(self) -> str | None:
        """Return the version that serves now."""
        return self.served[-1] if self.served else None

    def latest(self) -> str | None:
        """Return the highest version."""
        return max(self.stages, key=lambda version: [int(part) for part in version.split(".")], default=None)
