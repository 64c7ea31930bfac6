class Registry:
    def __init__(self):
        self.stages = {}
        self.served = []

    def register(self, version):
        if version in self.stages:
            raise ValueError(f"{version} is already registered")
        self.stages[version] = "staging"

    def promote(self, version):
        if self.stage(version) == "production":
            return
        if self.served:
            self.stages[self.served[-1]] = "archived"
        self.served.append(version)
        self.stages[version] = "production"

    def rollback(self):
        if len(self.served) < 2:
            raise ValueError("there is nothing to return to")
        self.stages[self.served.pop()] = "archived"
        self.stages[self.served[-1]] = "production"
        return self.served[-1]

    def stage(self, version):
        if version not in self.stages:
            raise ValueError(f"{version} is not registered")
        return self.stages[version]

    def production(self):
        return self.served[-1] if self.served else None

    def latest(self):
        return max(self.stages, default=None)
