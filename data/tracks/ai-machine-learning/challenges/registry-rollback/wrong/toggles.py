class Registry:
    def __init__(self):
        self.stages = {}
        self.current = None
        self.previous = None

    def register(self, version):
        if version in self.stages:
            raise ValueError(f"{version} is already registered")
        self.stages[version] = "staging"

    def promote(self, version):
        if self.stage(version) == "production":
            return
        if self.current is not None:
            self.stages[self.current] = "archived"
        self.previous, self.current = self.current, version
        self.stages[version] = "production"

    def rollback(self):
        if self.previous is None:
            raise ValueError("there is nothing to return to")
        self.promote(self.previous)
        return self.current

    def stage(self, version):
        if version not in self.stages:
            raise ValueError(f"{version} is not registered")
        return self.stages[version]

    def production(self):
        return self.current

    def latest(self):
        return max(self.stages, key=lambda version: [int(part) for part in version.split(".")], default=None)
