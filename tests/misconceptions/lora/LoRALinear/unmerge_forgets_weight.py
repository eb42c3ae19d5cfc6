"""unmerge() starts the adapter again but leaves the update in the weight."""


class LoRALinear(LoRALinear):
    def unmerge(self):
        self.merged = False
