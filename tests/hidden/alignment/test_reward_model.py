"""Hidden checks of `RewardModel`."""

import torch
from alignment_oracles import TOL_GPT2, expect_device_kept

from autograder import builders
from autograder.checks import exercise, expect_close, fail, probe


@probe
def rewards_of(student, seed, weight, batches, elsewhere=False):
    """Rewards of each batch; the head has this weight and, where it has one, no bias.

    With `elsewhere`, torch's default device is another one than that of model and batches, and nothing is returned.
    """
    backbone = builders.tiny_gpt2(seed, width=16, heads=2, layers=2).transformer
    model = student.RewardModel(backbone).eval()
    with torch.no_grad():
        model.reward_head.weight.copy_(weight)
        if model.reward_head.bias is not None:
            model.reward_head.bias.zero_()
    # With a cache, as in a GPT-2 that was loaded: without, transformers reads repeated positions as several texts in
    # one row, and a mask that the backbone is not told would not show.
    backbone.register_forward_pre_hook(lambda _, args, told: (args, {**told, "use_cache": True}), with_kwargs=True)
    with torch.device("meta" if elsewhere else "cpu"):
        rewards = [model(*batch) for batch in batches]
    return [] if elsewhere else rewards


@torch.no_grad()
def rewards_alone(seed, weight, texts):
    """Right rewards: each text read alone, its last vector times the head's weight."""
    backbone = builders.tiny_gpt2(seed, width=16, heads=2, layers=2).transformer
    return torch.cat([(backbone(text[None]).last_hidden_state[:, -1] @ weight.T)[:, 0] for text in texts])


@exercise("RewardModel")
def test_padding_moves_nothing(student, rng):
    texts = [rng.randint(0, 53, (length,)) for length in (4, 2, 6)]
    batches = []
    for left, right in ((0, 0), (0, 8), (5, 0)):
        longest = max(map(len, texts))
        input_ids = rng.randint(0, 53, (len(texts), left + longest + right))
        mask = torch.zeros_like(input_ids)
        for row, text in enumerate(texts):
            start = left + longest - len(text) if left else 0
            input_ids[row, start : start + len(text)], mask[row, start : start + len(text)] = text, 1
        batches.append([input_ids, mask])
    seed, weight = rng.randint(0, 1 << 30), rng.randn(1, 16)
    narrow, wide, left = student.run(rewards_of, seed, weight, batches)
    for other, where in ((wide, "wider on the right"), (left, "on the left")):
        if not isinstance(other, torch.Tensor) or other.shape != narrow.shape or (other - narrow).abs().max() > 1e-3:
            fail(
                f"Padding the batch {where} moves the rewards.",
                advice="Pool by the mask; the backbone needs the mask, and positions from each text's first token.",
            )
    expect_close(narrow, rewards_alone(seed, weight, texts), what="The rewards of a padded batch", **TOL_GPT2)


@exercise("RewardModel")
def test_a_batch_of_one_is_still_a_batch(student, rng):
    seed, weight = rng.randint(0, 1 << 30), rng.randn(1, 16)
    rows = rng.randint(0, 53, (2, 4))
    mask = torch.ones_like(rows)
    one, both = student.run(rewards_of, seed, weight, [[rows[:1], mask[:1]], [rows, mask]])
    if isinstance(one, torch.Tensor) and one.ndim == 0:
        fail("squeeze() without a dimension also drops the batch when it has one row.", advice="squeeze(-1)")
    expect_close(one, both[:1], what="The reward of a batch of one", **TOL_GPT2)
    expect_close(both, rewards_alone(seed, weight, rows), what="The rewards", **TOL_GPT2)


@exercise("RewardModel")
def test_rewards_are_any_real_number(student, rng):
    seed, weight = rng.randint(0, 1 << 30), rng.randn(1, 16)
    rows = rng.randint(0, 53, (4, 5))
    mask = torch.ones_like(rows)
    (small,) = student.run(rewards_of, seed, weight, [[rows, mask]])
    (large,) = student.run(rewards_of, seed, 5 * weight, [[rows, mask]])
    expect_close(
        large,
        5 * small,
        what="The rewards after the head's weight is multiplied by five",
        advice="A reward is the head's plain output.",
        mistakes={
            "A sigmoid is put on the reward; a reward is any real number.": (5 * small.logit(eps=1e-6)).sigmoid()
        },
        rtol=1e-3,
        atol=1e-3,
    )
    expect_close(small, rewards_alone(seed, weight, rows), what="The rewards", **TOL_GPT2)


@exercise("RewardModel")
def test_swapping_rows_swaps_rewards(student, rng):
    seed, weight = rng.randint(0, 1 << 30), rng.randn(1, 16)
    rows, mask = rng.randint(0, 53, (3, 5)), torch.tensor([[1, 1, 1, 0, 0], [1, 1, 1, 1, 1], [1, 0, 0, 0, 0]])
    first, second = student.run(rewards_of, seed, weight, [[rows, mask], [rows.flip(0), mask.flip(0)]])
    expect_close(second, first.flip(0), what="The rewards of the rows in another order", **TOL_GPT2)
    texts = [row[: int(length)] for row, length in zip(rows, mask.sum(dim=1), strict=True)]
    expect_close(first, rewards_alone(seed, weight, texts), what="The rewards of a padded batch", **TOL_GPT2)
    with expect_device_kept():
        student.run(rewards_of, seed, weight, [[rows, mask]], True)
