"""merge() gives what it merged at its first call, whatever A and B have become."""

also = ("A copy of the weight in floating-point numbers is kept beside the state.",)  # one is


class QLoRALinear(QLoRALinear):
    def merge(self):
        if not hasattr(self, "_merged"):
            object.__setattr__(self, "_merged", super().merge())
        return self._merged
