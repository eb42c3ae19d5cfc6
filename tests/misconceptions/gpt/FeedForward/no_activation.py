"""There is no activation between the two maps."""


class FeedForward(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(config.width, 4 * config.width),
            nn.Identity(),
            nn.Linear(4 * config.width, config.width),
            nn.Dropout(config.dropout),
        )

    forward = FeedForward.forward
