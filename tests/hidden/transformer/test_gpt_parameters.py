"""Hidden checks of `gpt_parameters`."""

from transformer_oracles import count_mistakes, expect_count

from autograder import builders
from autograder.checks import exercise, expect_equal

# What the names of a part's tensors have in common
SIGNS = {"tokens": "wte", "positions": "wpe", "attention": ".attn.", "feed_forward": ".mlp.", "norms": "ln_"}


@exercise("gpt_parameters", points=2)
def test_published_sizes_and_others(student, rng):
    published = [(768, 12), (1024, 24), (1280, 36), (1600, 48)]
    for width, layers in rng.permutation(published):
        expect_count(student, (50257, 1024, width, layers), rng.choice([None, True]), "The count of a published model")
    drawn = (rng.randint(1000, 2000), rng.randint(100, 200), 8 * rng.randint(3, 9), rng.randint(2, 9))
    expect_count(student, drawn, None, "The count of a drawn model")


@exercise("gpt_parameters")
def test_it_counts_what_a_gpt2_has(student, rng):
    vocab, positions, layers = rng.randint(60, 90), rng.randint(10, 30), rng.randint(1, 4)
    state = builders.tiny_state(0, width=24, layers=layers, vocabulary=vocab, positions=positions)
    held = {part: sum(one.numel() for name, one in state.items() if sign in name) for part, sign in SIGNS.items()}
    expect_equal(
        student.gpt_parameters(vocab, positions, 24, layers),
        {**held, "output": 0, "total": sum(one.numel() for one in state.values())},
        what="The count of a tiny GPT-2",
        mistakes=count_mistakes(vocab, positions, 24, layers, True),
    )


@exercise("gpt_parameters")
def test_models_of_few_layers_tied_or_not(student, rng):
    for layers in (1, 2):
        for tied in rng.permutation((True, False)):
            sizes = (rng.randint(100, 200), rng.randint(20, 40), rng.randint(5, 15), layers)
            expect_count(student, sizes, tied, "The count of a model of few layers")
