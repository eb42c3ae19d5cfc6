"""The bias of the first map is missing."""


class FeedForward(FeedForward):
    def forward(self, x):
        return self.layers[3](self.layers[2](self.layers[1](F.linear(x, self.layers[0].weight))))
