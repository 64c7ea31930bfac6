def number(version):
    return [int(part) for part in version.split(".")]


class Registry:
    def __init__(self):
        self.stages = {}
        self.current = None

    def register(self, version):
        if version in self.stages:
            raise ValueError(f"{version} is already registered")
        self.stages[version] = "staging"

    def promote(self, version):
        self.stage(version)
        if self.current is not None:
            self.stages[self.current] = "archived"
        self.stages[version] = "production"
        self.current = version

    def rollback(self):
        lower = [v for v in self.stages if self.current and number(v) < number(self.current)]
        if not lower:
            raise ValueError("there is nothing to return to")
        self.promote(max(lower, key=number))
        return self.current

    def stage(self, version):
        if version not in self.stages:
            raise ValueError(f"{version} is not registered")
        return self.stages[version]

    def production(self):
        return self.current

    def latest(self):
        return max(self.stages, key=number, default=None)
