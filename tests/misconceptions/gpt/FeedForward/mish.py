"""The activation is another one; it is GELU in the tanh form."""


class FeedForward(FeedForward):
    def __init__(self, config):
        super().__init__(config)
        self.layers[1] = nn.Mish()
