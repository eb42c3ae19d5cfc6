"""merge() must return an nn.Linear."""


class QLoRALinear(QLoRALinear):
    def merge(self):
        return (self._weight() + self.scale * (self.B @ self.A)).detach()
