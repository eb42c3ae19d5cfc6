"""Hidden checks of `sample_responses`."""

import torch
from alignment_oracles import added_up, expect_device_kept, said

from autograder import builders
from autograder.checks import exercise, expect_equal, fail, probe


@exercise("sample_responses")
def test_the_whole_context_counts(student, rng):
    prompts = torch.tensor([[1, 2, 2], [3, 0, 1], [2, 2, 2], [0, 0, 1]])[torch.randperm(4, generator=rng)]
    last_only = [[last] * 5 for last in prompts[:, -1].tolist()]
    expect_equal(
        student.run(said, prompts, 5, 0, 7),
        added_up(prompts, 5, 0, 7),
        what="The responses of a model that adds up all tokens before",
        mistakes={"The model is shown the last token only; it needs everything before.": last_only},
    )
    with expect_device_kept():
        student.run(said, prompts, 5, 0, 7, "meta")


@exercise("sample_responses")
def test_no_new_tokens(student, rng):
    # Whoever begins with a sum of 17 ends at once, the others never: their sums double.
    ends = rng.randint(1, 17)
    prompts = torch.tensor(rng.permutation([[ends, 17 - ends], [rng.randint(0, 8), 8], [rng.randint(0, 8), 7], [5, 4]]))
    for most in rng.permutation([0, 1 + rng.randint(1, 4)]):
        expect_equal(
            student.run(said, prompts, most, 0, 17),
            added_up(prompts, most, 0, 17),
            what="Responses of few tokens, or none,",
            mistakes={"max_new_tokens=0 gives a token; it allows none.": added_up(prompts, most or 1, 0, 17)},
        )


@exercise("sample_responses")
def test_one_new_token(student, rng):
    prompts = torch.tensor([[1, 2], [3, 4], *rng.randint(0, 7, (4, 2)).tolist()])
    expected = [[sum(row) % 7] for row in prompts.tolist()]
    expect_equal(student.run(said, prompts, 1, 0, 7), expected, what="Responses of one token")


@probe
def from_gpt2(student, seed, prompts, most, stop_id, draws):
    """Responses of a random GPT-2, twice with the same seed, and of one that takes its likeliest token for certain.

    Beside them whether the global random state is as before.
    """
    model = builders.tiny_gpt2(seed, width=16, heads=2, layers=1)
    before = torch.get_rng_state()
    found = [
        student.sample_responses(model, prompts, most, stop_id, torch.Generator().manual_seed(draws)) for _ in range(2)
    ]

    def sharpen(module, arguments, output):
        output.logits = 1e5 * output.logits
        return output

    model.register_forward_hook(sharpen)
    certain = student.sample_responses(model, prompts, most, stop_id, torch.Generator().manual_seed(draws))
    return {"found": found, "certain": certain, "same": torch.equal(before, torch.get_rng_state())}


@exercise("sample_responses")
def test_a_real_gpt2_responds(student, rng):
    seed, likeliest = rng.randint(0, 1 << 30), [0, 0, 0]
    model = builders.tiny_gpt2(seed, width=16, heads=2, layers=1)
    while len(set(likeliest)) == 1:  # where the model is sure, a row says the stop id at once, and another one doesn't
        prompts = rng.randint(0, 53, (3, 4))
        with torch.no_grad():
            likeliest = model(prompts).logits[:, -1].argmax(dim=-1).tolist()
    stop = likeliest[0]
    result = student.run(from_gpt2, seed, prompts, 5, stop, rng.randint(0, 1 << 30))
    first, again = result["found"]
    if first != again:
        fail("The generator is not used: the same seed gives different responses.")
    if not result["same"]:
        fail("Torch's global generator is used although another one was given.")
    for row in (*first, *result["certain"]):
        if not (0 < len(row) <= 5 and stop not in row[:-1] and (len(row) == 5 or row[-1] == stop)):
            fail("A response must end at the first stop id or after max_new_tokens.")
    for prompt, row in zip(prompts, result["certain"], strict=True):
        with torch.no_grad():
            logits = model(torch.cat([prompt, torch.tensor(row)])[None]).logits[0, len(prompt) - 1 : -1]  # (T, V)
        said = logits[torch.arange(len(row)), torch.tensor(row)]
        # Times 1e5, a logit that is 3e-4 behind the largest is drawn less than once in 10**12 times.
        if (said < logits.amax(dim=1) - 3e-4).any():
            fail("A GPT-2 that is sure of its next token is not followed.")
