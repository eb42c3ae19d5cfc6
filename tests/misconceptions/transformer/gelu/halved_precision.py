"""What comes out has another dtype than what went in."""


def gelu(x):
    answer = 0.5 * x * (1 + torch.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))
    return answer.half()
