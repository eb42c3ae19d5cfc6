"""The bias of the second map is missing."""


class FeedForward(FeedForward):
    def forward(self, x):
        return self.layers[3](F.linear(self.layers[1](self.layers[0](x)), self.layers[2].weight))
