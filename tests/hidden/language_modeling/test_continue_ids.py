"""Hidden checks of `continue_ids`."""

import torch
from language_modeling_oracles import DEVIATIONS, continued, deviation, drawn_on, loop_mistakes, windows, written

from autograder import builders
from autograder.checks import exercise, expect_equal, fail, probe


@exercise("continue_ids")
def test_other_lengths_and_block_sizes(student, rng):
    size, weights = 31, torch.tensor(rng.permutation(range(1, 31))[:30])
    ids = rng.randint(1, size, (2, 9))
    ids[1, -1] = (ids[0, -1] + 1) % size
    calls = [
        (ids, 12, {"block_size": 7, "temperature": 0}),
        (ids[:1], 9, {"block_size": 2, "temperature": 0.5}),
        (ids[:, :2], 20, {"block_size": None, "temperature": 0}),
        (ids, 8, {"block_size": 9, "temperature": 0}),
        (ids, 0, {"block_size": 4}),
    ]
    for (prompt, new, options), found in zip(calls, student.run(written, weights, size, calls), strict=True):
        block_size = options["block_size"]
        expect_equal(
            found["ids"],
            continued(prompt, new, weights.tolist(), size, windows(block_size)),
            what="The tensor of prompts and what was written",
            mistakes=loop_mistakes(prompt, new, weights.tolist(), size, block_size),
        )
        if len(found["shown"]) != new:
            fail("The model is asked more often than once for each new token.", expected=new, got=len(found["shown"]))


@probe
def with_gpt2(student, seed, ids, new, positions):
    """What a small GPT-2 writes, greedily, with no more positions than it has."""
    model = builders.tiny_gpt2(seed, positions=positions)
    return student.continue_ids(lambda shown: model(shown).logits[:, -1], ids, new, block_size=positions, temperature=0)


@exercise("continue_ids")
def test_a_gpt2_beyond_its_positions(student, rng):
    positions, new = 6, 5
    while True:
        seed, ids = rng.randint(0, 100_000), rng.randint(0, 53, (2, 4))
        model, expected, alone, lead = builders.tiny_gpt2(seed, positions=positions), ids, ids, []
        with torch.no_grad():
            for _ in range(new):
                best = model(expected[:, -positions:]).logits[:, -1].topk(2, dim=-1)
                lead.append(float((best.values[:, 0] - best.values[:, 1]).min()))
                expected = torch.cat([expected, best.indices[:, :1]], dim=1)
                alone = torch.cat([alone, model(alone[:, -1:]).logits[:, -1].argmax(dim=-1, keepdim=True)], dim=1)
        if min(lead) > 1e-3 and not torch.equal(alone, expected):  # what stands before the last token counts
            break
    found = student.run(with_gpt2, seed, ids, new, positions)
    expect_equal(found, expected, what="The tensor of prompts and what a small GPT-2 wrote")


@exercise("continue_ids")
def test_every_step_is_drawn(student, rng):
    table, temperature, new = 2 * rng.randn(1500, 6), rng.choice([0.5, 2.0]), 3
    (found, other) = student.run(drawn_on, table, new, temperature, [rng.randint(0, 10_000), None])
    probs, plain = (table / temperature).softmax(dim=1), table.softmax(dim=1)
    for ids in (found, other):
        if ids.shape != (1500, 2 + new):
            fail("The text has not the length of the prompt and what was to be written.")
        columns = ids[:, 2:]
        if torch.equal(columns[:, 0], table.argmax(dim=1)):
            fail("It always takes the likeliest token; it must draw.")
        if len(columns[:, 0].unique()) == 1:
            fail("Every row is continued as the first one is.")
        if all(torch.equal(columns[:, 0], column) for column in columns.T):
            fail("Every step draws the same: the generator begins anew each time.")
        for drawn in columns.T:
            if abs(deviation(probs, drawn, probs.log())) > DEVIATIONS:
                ignored = abs(deviation(plain, drawn, plain.log())) < DEVIATIONS
                fail("The temperature is ignored." if ignored else "What is written doesn't follow the model.")
