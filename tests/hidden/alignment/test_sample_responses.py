"""Hidden checks of `sample_responses`."""

import torch
from alignment_oracles import expect_device_kept, said

from autograder import builders
from autograder.checks import exercise, expect_equal, fail, probe


@exercise("sample_responses")
def test_the_whole_context_counts(student, rng):
    prompts = torch.tensor([[1, 2, 2], [3, 0, 1], [2, 2, 2], [0, 0, 1]])[torch.randperm(4, generator=rng)]
    expected = []
    for row in prompts.tolist():
        text = list(row)
        while len(text) < 8 and (len(text) == 3 or text[-1] != 0):
            text.append(sum(text) % 7)
        expected.append(text[3:])
    got = student.run(said, prompts, 5, 0, 7)
    last_only = []
    for row in prompts.tolist():
        last_only.append([row[-1]] * 5)
    expect_equal(
        got,
        expected,
        what="The responses of a model that adds up all tokens before",
        mistakes={"The model is shown the last token only; it needs everything before.": last_only},
    )
    with expect_device_kept():
        student.run(said, prompts, 5, 0, 7, "meta")


@exercise("sample_responses")
def test_no_new_tokens(student):
    prompts = torch.tensor([[1, 2], [3, 4]])
    got = student.run(said, prompts, 0, 0, 7)
    if isinstance(got, list) and any(got):
        fail("max_new_tokens=0 gives a token; it allows none.", expected=[[], []], got=got)
    expect_equal(got, [[], []], what="Responses of no tokens")


@exercise("sample_responses")
def test_one_new_token(student, rng):
    prompts = torch.tensor([[1, 2], [3, 4], *rng.randint(0, 7, (4, 2)).tolist()])
    expected = [[sum(row) % 7] for row in prompts.tolist()]
    expect_equal(student.run(said, prompts, 1, 0, 7), expected, what="Responses of one token")


@probe
def from_gpt2(student, seed, prompts, most, stop_id, draws):
    """Responses of a random GPT-2, twice with the same seed, and the global random state before and after."""
    model = builders.tiny_gpt2(seed, width=16, heads=2, layers=1)
    before = torch.get_rng_state()
    found = [
        student.sample_responses(model, prompts, most, stop_id, torch.Generator().manual_seed(draws)) for _ in range(2)
    ]
    return {"found": found, "same": torch.equal(before, torch.get_rng_state())}


@exercise("sample_responses")
def test_a_real_gpt2_responds(student, rng):
    prompts = rng.randint(0, 53, (3, 4))
    result = student.run(from_gpt2, rng.randint(0, 1 << 30), prompts, 5, 0, rng.randint(0, 1 << 30))
    first, again = result["found"]
    if first != again:
        fail("The generator is not used: the same seed gives different responses.")
    if not result["same"]:
        fail("Torch's global generator is used although another one was given.")
    if not all(0 < len(row) <= 5 and 0 not in row[:-1] and (len(row) == 5 or row[-1] == 0) for row in first):
        fail("A response must end at the first stop id or after max_new_tokens.")
