"""Checks of `sample_responses`."""

import torch
from alignment_oracles import added_up, expect_device_kept, said
from torch import nn

from autograder import builders
from autograder.checks import AnyOf, exercise, expect_equal, fail, probe


@probe
def responses_of(student, table, prompts, max_new_tokens, stop_id, seeds):
    """Responses of a table of logits, once per seed of the generator (None: the global one)."""
    found = []
    for seed in seeds:
        generator = None if seed is None else torch.Generator().manual_seed(seed)
        found.append(
            student.sample_responses(builders.TableLM(table), prompts, max_new_tokens, stop_id, generator=generator)
        )
    return found


@probe
def run_and_left(student, table, prompts, max_new_tokens, stop_id, training):
    """Responses of a table of logits with dropout, how it was run, and what it is like afterwards."""
    graphs, masks = [], []

    def grad_mode_after(student, model, prompts, stop_id):
        with torch.no_grad():
            student.sample_responses(model, prompts, 1, stop_id, torch.Generator().manual_seed(0))
            return torch.is_grad_enabled()

    class Watched(builders.TableLM):
        def forward(self, input_ids, attention_mask=None, **more):
            output = super().forward(input_ids, attention_mask, **more)
            graphs.append(output.logits.requires_grad)
            masks.append(attention_mask is not None)
            return output

    model = Watched(table, dropout=0.5).train(training)
    model.frozen = nn.Parameter(torch.zeros(1), requires_grad=False)
    model.table.grad = 2 * table
    return {
        "found": student.sample_responses(model, prompts, max_new_tokens, stop_id, torch.Generator().manual_seed(0)),
        "training": model.training,
        "grad": torch.is_grad_enabled(),
        "without_grad": grad_mode_after(student, model, prompts, stop_id),
        "graphs": any(graphs),
        "masks": all(masks),
        "trainable": [name for name, parameter in model.named_parameters() if parameter.requires_grad],
        "table": model.table,
        "gradient": model.table.grad,
    }


def follow(following, start, stop_id, most):
    """The response after `start` where `following` says which token comes after each: a list of ids."""
    said = []
    while len(said) < most and (not said or said[-1] != stop_id):
        start = following[start]
        said.append(start)
    return said


def certain_table(following, vocabulary):
    """Logits (V, V) that make `following[token]` certain after each token."""
    table = torch.zeros(vocabulary, vocabulary)
    for token, after in enumerate(following):
        table[token, after] = 60.0
    return table


# 0 → 1 → 2 → 5 (stop); 3 → 4 → 3 → ... for ever; 5 (the stop id, inside a prompt) → 0; 6 → 5
FOLLOWING = [1, 2, 5, 4, 3, 0, 5]


def response_mistakes(prompts, expected, most, following=FOLLOWING, stop=5):
    """Sentence → the responses with that mistake, of a model that `following` describes."""
    starts, shortest = prompts[:, -1].tolist(), min(map(len, expected))
    mistakes = {
        "The prompt is returned with the response.": [
            [*prompt, *row] for prompt, row in zip(prompts.tolist(), expected, strict=True)
        ],
        "It ends one token too early.": [row[: most - 1] for row in expected],
        "The first new token of each row is lost.": [row[1:] for row in expected],
    }
    if following is None:
        return mistakes
    return {
        **mistakes,
        "All rows end when the first one does.": [row[:shortest] for row in expected],
        "The stop id that ends a response is left out.": [row[:-1] if row[-1] == stop else row for row in expected],
        "A row that has ended goes on.": [follow(following, start, None, most) for start in starts],
        "A stop id inside the prompt ends the response.": AnyOf(
            *(
                [row[:most] if stop in prompt else row for prompt, row in zip(prompts.tolist(), expected, strict=True)]
                for most in (0, 1)
            )
        ),
        "It goes on one token too long.": [follow(following, start, stop, most + 1) for start in starts],
    }


@exercise("sample_responses")
def test_each_response_ends_at_its_own_stop_id(student, rng):
    prompts = torch.tensor([[6, 0], [0, 3], [5, 2], [1, 5], [4, 6]])[torch.randperm(5, generator=rng)]
    starts = prompts[:, -1].tolist()
    expected = [follow(FOLLOWING, start, 5, 6) for start in starts]
    (got,) = student.run(responses_of, certain_table(FOLLOWING, 7), prompts, 6, 5, [0])
    if not isinstance(got, list) or not all(isinstance(row, list) for row in got):
        fail("It must return a list with a list of ids for each row.", got=type(got).__name__)
    expect_equal(
        got,
        expected,
        what="The responses of a model with one certain next token",
        mistakes=response_mistakes(prompts, expected, 6),
        advice="Each row has a list of its own, which takes no more once it ends in stop_id.",
    )
    (none,) = student.run(responses_of, certain_table(FOLLOWING, 7), prompts, 0, 5, [0])
    one = [row[:1] for row in expected]
    sentence = "max_new_tokens=0 gives a token; it allows none."
    expect_equal(none, [[]] * 5, what="The responses without a new token", mistakes={sentence: one})


@exercise("sample_responses")
def test_every_token_before_counts(student, rng):
    prompts = torch.tensor([[3, 1], [0, 2], [2, rng.randint(1, 4)]])
    expected = added_up(prompts, 3, 9, 5)
    expect_equal(
        student.run(said, prompts, 3, 9, 5),
        expected,
        what="The responses of a model that adds up all tokens before",
        mistakes={
            "The model is shown the last token only; it needs everything before.": [
                [row[-1]] * 3 for row in prompts.tolist()
            ],
            **response_mistakes(prompts, expected, 3, None),
        },
    )
    stopped = torch.tensor([[3, rng.randint(0, 3)], [3, 3]])  # a stop id inside a prompt is a token like any other
    expect_equal(
        student.run(said, stopped, 2, 3, 5),
        added_up(stopped, 2, 3, 5),
        what="The responses to prompts with a stop id in them",
        mistakes={
            "A stop id inside the prompt is masked as if it were padding.": added_up(
                stopped.masked_fill(stopped == 3, 0), 2, 3, 5
            ),
        },
    )
    with expect_device_kept():
        student.run(said, prompts, 3, 9, 5, "meta")


@exercise("sample_responses")
def test_draws_follow_the_models_distribution(student, rng):
    # 15 times 60 rows, one token each. Six standard deviations of a count, 6 · sqrt(900 · p · (1 - p)), are passed less
    # than once in 10**8 times.
    probabilities = torch.tensor([0.5, 0.25, 0.15, 0.1])[torch.randperm(4, generator=rng)]
    table = torch.zeros(4, 4)
    table[2] = probabilities.log() + 1.5
    seeds = rng.randint(0, 1 << 30, (15,)).tolist()
    found = student.run(responses_of, table, torch.full((60, 1), 2), 1, 3, seeds)
    if all(row[:1] == [2] and len(row) == 2 for batch in found for row in batch):
        fail("The prompt is returned with the response.")
    if any(len(row) != 1 for batch in found for row in batch):
        fail("Responses of one token don't have one token.")
    draws = [[row[0] for row in batch] for batch in found]
    tokens = [token for batch in draws for token in batch]
    counts = torch.tensor([tokens.count(token) for token in range(4)])
    shown = {"expected": 900 * probabilities, "got": counts}
    if counts[probabilities.argmax()] == 900:
        fail("It always takes the likeliest token instead of drawing.", **shown)
    if all(len(set(batch)) == 1 for batch in draws):
        fail("Every row gets the same draw.", **shown)
    if (counts == 0).any():
        fail("Some tokens are never drawn: every token has its chance.", **shown)
    tolerance = 6 * (900 * probabilities * (1 - probabilities)).sqrt()
    if (counts - 900 * probabilities).abs().gt(tolerance).any():
        flat = (counts - 225).abs().max() < 80
        fail(
            "It draws without looking at the probabilities."
            if flat
            else "The draws do not follow the model's own distribution (temperature 1).",
            **shown,
        )
    # 900 draws from 120 tokens that are almost equally likely: ten that never come are less likely than 1 in 10**12.
    # Five more are as good as ruled out.
    start, never = torch.full((900, 1), rng.randint(0, 125)), rng.permutation(range(125))[:5]
    table = 0.01 * rng.randn(125, 125)
    table[:, never] = -30.0
    (many,) = student.run(responses_of, table, start, 1, 125, seeds[:1])
    drawn = {row[0] for row in many}
    if drawn & set(never):
        fail("The draws do not follow the model's own distribution (temperature 1).")
    if len(drawn) < 110:
        fail(
            "Some tokens are never drawn: every token has its chance.",
            expected="about 120 different tokens",
            got=len(drawn),
        )


def likeliest_ways(prompts, responses, stop, most):
    """What `follow` wants for each prompt, with the response that was given."""
    return [((start, stop, most), row) for start, row in zip(prompts[:, -1].tolist(), responses, strict=True)]


@exercise("sample_responses")
def test_the_generator_decides_the_draws(student, rng):
    table, prompts = 0.5 * rng.randn(6, 6), rng.randint(0, 6, (8, 2))
    table[:, 5] = -30.0
    never = rng.randint(0, 5, (6,)).tolist()  # what never follows each token
    table[range(6), never] = -30.0
    seeds = [3, 3, 4, None, None]
    first, again, other, loose, looser = student.run(responses_of, table, prompts, 6, 5, seeds)
    if first != again:
        fail("The generator is not used: the same seed gives different responses.")
    if all(follow(table.argmax(dim=1).tolist(), *one) == row for one, row in likeliest_ways(prompts, first, 5, 6)):
        fail("It always takes the likeliest token instead of drawing.")
    if first == other:
        fail("Different generators give the same responses: something is seeded inside.")
    if loose == looser:
        fail("Without a generator two calls give the same responses: something is seeded inside.")
    for batch in (first, other, loose, looser):
        for prompt, row in zip(prompts.tolist(), batch, strict=True):
            if len(row) != 6 or any(after == never[token] for token, after in zip([*prompt[1:], *row], row)):  # noqa: B905
                fail("The responses hold what the model never says.")


@exercise("sample_responses")
def test_sampling_restores_mode_and_gradients(student, rng):
    prompts = torch.tensor([[6, 0], [0, 3], [5, 2], [1, 4], [2, 6]])[torch.randperm(5, generator=rng)]
    expected = [follow(FOLLOWING, start, 5, 4) for start in prompts[:, -1].tolist()]
    table = certain_table(FOLLOWING, 7) + rng.rand(7, 7)
    (got,) = student.run(responses_of, table, prompts, 4, 5, [0])  # without dropout first
    mistakes = response_mistakes(prompts, expected, 4)
    expect_equal(got, expected, what="The responses of a model with one certain next token", mistakes=mistakes)
    for training in rng.permutation([True, False]):
        result = student.run(run_and_left, table, prompts, 4, 5, training)
        if result["found"] != expected:
            fail("Dropout is on while the model responds.", expected=expected, got=result["found"])
        if training and not result["training"]:
            fail("The model is left in eval mode; it came in train mode.")
        if result["training"] and not training:
            fail("The model is left in train mode; it came in eval mode.")
        if not result["grad"]:
            fail("Gradients stay switched off after the call.")
        if result["without_grad"]:
            fail("Gradients are switched on after the call, although they were off before.")
        if result["graphs"]:
            fail(
                "The model runs with a graph: with every token memory grows, for gradients that nobody asks for.",
                advice="with torch.no_grad(): around the model's calls.",
            )
        if not result["masks"]:
            fail("The model is called without attention_mask; it is a mask of ones here.")
        if result["trainable"] != ["table"]:
            fail(
                "What is trainable in the model has changed.",
                expected=["table"],
                got=result["trainable"],
                advice="torch.no_grad() is enough; no flag of the model has to change.",
            )
        expect_equal(result["table"].detach(), table, what="The model's weight after sampling")
        expect_equal(
            result["gradient"],
            2 * table,
            what="A gradient of the model that was there before",
            mistakes={"Sampling clears the model's gradients.": AnyOf(None, torch.zeros(7, 7))},
        )


@probe
def drawn_globally(student, table, prompts, seed):
    """Responses without a generator, twice after torch's global one got the same seed."""
    found = []
    with torch.random.fork_rng(devices=[]):
        for _ in range(2):
            torch.manual_seed(seed)
            found.append(student.sample_responses(builders.TableLM(table), prompts, 6, 5))
    return found


@exercise("sample_responses")
def test_torchs_global_generator_draws_where_none_is_given(student, rng):
    table = 0.5 * rng.randn(6, 6)
    table[:, 5] = -30.0
    table[4] = -60.0
    table[4, 5] = 60.0  # behind 4 comes the stop id for sure
    prompts = rng.randint(0, 6, (9, 2))
    prompts[:, 1] = torch.tensor(rng.permutation([4, 4, 4, 0, 1, 2, 3, 5, 0]))
    first, again = student.run(drawn_globally, table, prompts, rng.randint(0, 1 << 30))
    for response, last in zip(first, prompts[:, 1].tolist(), strict=True):
        before = [last, *response]
        if not response or any((one == 4) != (after == 5) for one, after in zip(before, response)):  # noqa: B905
            fail("The responses hold what the model never says.")
    if first != again:
        fail(
            "Without a generator torch's global one must decide: after the same manual_seed the responses differ.",
            advice="torch.multinomial(..., generator=None) draws from it.",
        )
