"""The activation is ReLU; it is GELU in the tanh form."""


class FeedForward(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(config.width, 4 * config.width),
            nn.ReLU(),
            nn.Linear(4 * config.width, config.width),
            nn.Dropout(config.dropout),
        )

    forward = FeedForward.forward
