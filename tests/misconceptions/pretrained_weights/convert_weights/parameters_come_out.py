"""What comes out carries a graph, or is a parameter."""

_right = convert_weights


def convert_weights(state):
    return {name: nn.Parameter(one) for name, one in _right(state).items()}
