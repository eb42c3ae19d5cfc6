"""The output is dropped twice."""


class FeedForward(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(config.width, 4 * config.width),
            nn.GELU(approximate="tanh"),
            nn.Linear(4 * config.width, config.width),
            nn.Sequential(nn.Dropout(config.dropout), nn.Dropout(config.dropout)),
        )

    forward = FeedForward.forward
