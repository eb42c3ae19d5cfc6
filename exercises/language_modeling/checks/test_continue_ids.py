"""Checks of `continue_ids`."""

import torch
from language_modeling_oracles import (
    DEVIATIONS,
    continued,
    deviation,
    drawn_on,
    loop_mistakes,
    windows,
    written,
)
from torch.nn import functional as F

from autograder.checks import StudentError, exercise, expect_close, expect_equal, expect_error, fail, probe

SIZE = 23


def model_of(rng, most=12):
    """Weights of a model that is sure of a weighted sum modulo SIZE, no two alike and none 0."""
    return torch.tensor(rng.permutation(range(1, SIZE))[:most])


def expect_written(student, calls, weights):
    """Fail unless every call gives what the model is sure of, and shows it what it should."""
    for (ids, new, options), result in zip(calls, student.run(written, weights, SIZE, calls), strict=True):
        see = windows(options.get("block_size"))
        expected = continued(ids, new, weights.tolist(), SIZE, see)
        expect_equal(
            result["ids"],
            expected,
            what="The tensor of prompts and what was written",
            mistakes=loop_mistakes(ids, new, weights.tolist(), SIZE, options.get("block_size")),
            advice="Show the last block_size ids, draw, and append to the whole text.",
        )
        length = ids.shape[1]
        seen = [torch.tensor([see(row[: length + step]) for row in expected.tolist()]) for step in range(new)]
        if len(result["shown"]) > new:
            fail("The model is asked more often than once for each new token.", expected=new, got=len(result["shown"]))
        expect_equal(result["shown"], seen, what="What the model was shown")


@exercise("continue_ids")
def test_every_token_is_appended_and_shown(student, rng):
    weights, ids = model_of(rng), rng.randint(0, SIZE, (3, 3))
    ids[:, 0] = torch.tensor(rng.permutation(range(SIZE))[:3])
    calls = [(ids, 5, {"temperature": 0}), (ids[:, :1], 4, {"temperature": 0}), (ids[:1], 6, {})]
    expect_written(student, calls, weights)
    expect_written(student, [(ids, 0, {}), (ids, 1, {"temperature": 0.5})], weights)


@exercise("continue_ids")
def test_no_more_than_block_size_is_shown(student, rng):
    weights, ids = model_of(rng), rng.randint(1, SIZE, (3, 6))
    ids[:, 0] = torch.tensor(rng.permutation(range(1, SIZE))[:3])
    calls = [
        (ids, 6, {"temperature": 0, "block_size": rng.choice([3, 4, 5])}),  # cut from the start
        (ids, 5, {"temperature": 0, "block_size": 8}),  # cut on the way
        (ids, 4, {"temperature": 0, "block_size": 6}),
        (ids, 3, {"temperature": 0, "block_size": 1}),
        (ids, 3, {"temperature": 0, "block_size": 40}),
    ]
    expect_written(student, calls, weights)


@probe
def with_block_size(student, weights, size, ids, block_size, new=2):
    """Two ids, or `new`, written behind each prompt, greedily."""

    def next_logits(some):
        return 60.0 * F.one_hot((some.flip(1) * weights[: some.shape[1]]).sum(dim=1) % size, size).float()

    return student.continue_ids(next_logits, ids, new, block_size=block_size, temperature=0)


@exercise("continue_ids")
def test_a_block_size_of_nothing(student, rng):
    weights, ids = model_of(rng), rng.randint(0, SIZE, (2, 4))
    for block_size in rng.permutation([0, -rng.randint(1, 4), 1]):
        if block_size < 1:
            with expect_error("ValueError", what="A block_size below 1", explained=True):
                student.run(with_block_size, weights, SIZE, ids, block_size)
            with expect_error(
                "ValueError", what="A block_size below 1, where nothing is to be written,", explained=True
            ):
                student.run(with_block_size, weights, SIZE, ids, block_size, 0)
            continue
        try:
            found = student.run(with_block_size, weights, SIZE, ids, 1)
        except StudentError as error:
            fail("A block_size of 1 is rejected; only a smaller one is an error.", got=str(error))
        expected = continued(ids, 2, weights.tolist(), SIZE, windows(1))
        mistakes = loop_mistakes(ids, 2, weights.tolist(), SIZE, 1)
        expect_equal(found, expected, what="The tensor of prompts and what was written", mistakes=mistakes)


@exercise("continue_ids")
def test_temperature_and_generator_reach_the_draws(student, rng):
    # 7,000 rows of their own logits; a temperature that is off by a tenth lies 10 standard deviations away.
    rows, table, temperature = 7000, 2 * rng.randn(7000, 30), rng.choice([0.6, 1.7])
    first, other = rng.permutation(range(10_000))[:2]
    (cold,) = student.run(drawn_on, table, 1, temperature, [first])
    (usual,) = student.run(drawn_on, table, 1, None, [other])
    prompts = torch.arange(rows)[:, None].expand(-1, 2)
    expect_equal(cold[:, :2], prompts, what="The prompts in front of what was written")
    plain = table.softmax(dim=1)
    for drawn, at in ((cold[:, 2], temperature), (usual[:, 2], 1.0)):
        probs = (table / at).softmax(dim=1)
        if torch.equal(drawn, table.argmax(dim=1)):
            fail("It always takes the likeliest token; it must draw.")
        if len(drawn.unique()) == 1:
            fail("Every row is continued as the first one is.")
        if abs(deviation(probs, drawn, probs.log())) > DEVIATIONS:
            ignored = at != 1 and abs(deviation(plain, drawn, plain.log())) < DEVIATIONS
            fail("The temperature is ignored." if ignored else "The draws don't follow the temperature.")
    some, again, different = student.run(drawn_on, table[:300], 1, temperature, [first, first, other])
    few = (table[:300] / temperature).softmax(dim=1)
    for found in (some, different):
        expect_equal(found[:, :2], prompts[:300], what="The prompts in front of what was written")
        if abs(deviation(few, found[:, 2], few.log())) > DEVIATIONS:
            fail("What is written doesn't follow the model.")
    if not torch.equal(some, again):
        fail("The generator is not used: with the same seed something else is written.")
    if torch.equal(some, different):
        fail("Different generators give the same text: something is seeded inside.")
    greedy, _ = student.run(drawn_on, table[:50], 3, 0, [first, other])
    expected = torch.cat([torch.arange(50)[:, None].expand(-1, 2), table[:50].argmax(dim=1)[:, None].expand(-1, 3)], 1)
    if greedy.shape == expected.shape and torch.equal(greedy[:, :2], expected[:, :2]) and not greedy.equal(expected):
        fail("At temperature 0 other tokens than the likeliest are written.", expected=expected, got=greedy)
    expect_equal(greedy, expected, what="What is written at temperature 0")


@probe
def with_gradients(student, table, steps, enabled, seed):
    """What is written where gradients are on or off, whether the model ran with a graph, and what is on afterwards."""
    table, graphs = table.clone().requires_grad_(True), []

    def next_logits(shown):
        logits = 5 * table[shown[:, -1]]
        graphs.append(logits.requires_grad)
        return logits

    with torch.set_grad_enabled(enabled):
        ids = torch.arange(len(table))[:, None]
        written = student.continue_ids(next_logits, ids, steps, generator=torch.Generator().manual_seed(seed))
        return {"ids": written, "graphs": any(graphs), "enabled": torch.is_grad_enabled()}


@exercise("continue_ids")
def test_no_graph_is_built(student, rng):
    following = rng.permutation(range(9))
    table = torch.full((9, 9), -30.0)
    table[range(9), following] = 30.0
    expected = [[start] for start in range(9)]
    for row in expected:
        for _ in range(3):
            row.append(following[row[-1]])
    for enabled in rng.permutation([True, False]):
        found = student.run(with_gradients, table, 3, enabled, rng.randint(0, 10_000))
        expect_equal(found["ids"], torch.tensor(expected), what="What a model with one certain next token writes")
        if found["graphs"]:
            fail(
                "The model runs with a graph: with every token memory grows, for gradients that nobody asks for.",
                advice="with torch.no_grad(): around the model's calls.",
            )
        if found["enabled"] != enabled:
            fail("Gradients are not switched on or off afterwards as they were before.", expected=enabled)


@probe
def after_an_error(student, ids, weights, enabled):
    """A loss that is computed after the model raised an error, and its gradient; None where it has no graph."""
    weights = weights.clone().requires_grad_(True)

    def next_logits(shown):
        raise KeyError("the model fails")

    with torch.set_grad_enabled(enabled):
        try:
            student.continue_ids(next_logits, ids, 2)
        except KeyError:
            pass
        loss = weights.square().sum()
    gradient = torch.autograd.grad(loss, weights)[0] if loss.requires_grad else None
    return {"loss": loss.detach(), "gradient": gradient}


@exercise("continue_ids")
def test_gradients_after_an_error_of_the_model(student, rng):
    ids, weights = rng.randint(0, SIZE, (2, 3)), rng.randn(5)
    for enabled in rng.permutation([True, False]):
        found = student.run(after_an_error, ids, weights, enabled)
        if (found["gradient"] is not None) != enabled:
            fail(
                "After an error of the model gradients are not switched on or off as they were before.",
                expected=enabled,
                advice="with torch.no_grad(): switches back also where an error comes.",
            )
        expect_close(found["loss"], weights.square().sum(), what="A loss that is computed after an error of the model")
        if enabled:
            expect_close(found["gradient"], 2 * weights, what="The gradient of a loss after an error of the model")
