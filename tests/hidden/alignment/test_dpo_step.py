"""Hidden checks of `dpo_step`."""

import math

import torch
from alignment_oracles import TOL_FP32, TOL_GPT2, log_p_of_tokens

from autograder import builders
from autograder.checks import exercise, expect_close, fail, probe


@probe
def gpt2_pairs(student, seeds, batch, beta):
    """One step of DPO with GPT-2s."""
    policy, reference = (builders.tiny_gpt2(seed, width=16, heads=2, layers=1) for seed in seeds)
    optimizer = torch.optim.SGD(policy.parameters(), lr=0.1)
    metrics = student.dpo_step(policy, reference, batch, optimizer, beta)
    untouched = builders.tiny_gpt2(seeds[1], width=16, heads=2, layers=1).state_dict()
    same = all(torch.equal(tensor, untouched[name]) for name, tensor in reference.state_dict().items())
    return {"metrics": metrics, "same": same, "graded": any(one.grad is not None for one in reference.parameters())}


@exercise("dpo_step")
def test_dpo_on_a_gpt2(student, rng):
    seeds, beta = [rng.randint(0, 1 << 30), rng.randint(0, 1 << 30)], 0.3
    batch, texts = {}, {}
    for side, lengths in (("chosen", (2, 4, 1)), ("rejected", (5, 1, 3))):
        longest = 3 + max(lengths) + 1
        input_ids = rng.randint(0, 53, (3, longest))
        mask, labels = torch.zeros_like(input_ids), torch.full_like(input_ids, -100)
        for row, length in enumerate(lengths):
            mask[row, : 3 + length] = 1
            labels[row, 3 : 3 + length] = input_ids[row, 3 : 3 + length]
        batch[side] = {"input_ids": input_ids, "attention_mask": mask, "labels": labels}
        texts[side] = [input_ids[row, : 3 + length] for row, length in enumerate(lengths)]
    result = student.run(gpt2_pairs, seeds, batch, beta)
    models = [builders.tiny_gpt2(seed, width=16, heads=2, layers=1) for seed in seeds]

    @torch.no_grad()
    def log_p(model, text):
        table = model(text[None]).logits[0].double().log_softmax(dim=-1)
        return sum(table[position - 1, text[position]] for position in range(3, len(text)))

    rewards = {
        side: torch.stack([beta * (log_p(models[0], text) - log_p(models[1], text)) for text in texts[side]])
        for side in texts
    }
    if not result["same"]:
        fail("The reference's weights change.")
    if result["graded"]:
        fail("The reference gets a gradient.")
    loss = -torch.nn.functional.logsigmoid(rewards["chosen"] - rewards["rejected"]).mean()
    expected = {
        "loss": loss.item(),
        "chosen_reward": rewards["chosen"].mean().item(),
        "rejected_reward": rewards["rejected"].mean().item(),
        "win_rate": (rewards["chosen"] > rewards["rejected"]).float().mean().item(),
        "chosen_length": 7 / 3,
        "rejected_length": 3.0,
    }
    for name, value in expected.items():
        expect_close(result["metrics"][name], value, what=f"The metric {name} of GPT-2s", **TOL_GPT2)


@probe
def repeated(student, tables, batch, steps):
    """Several steps of DPO on tables; the metrics of each and the reference at the end."""
    policy, reference = builders.TableLM(tables[0]), builders.TableLM(tables[1]).requires_grad_(False)
    optimizer = torch.optim.SGD(policy.parameters(), lr=0.5)
    metrics = [student.dpo_step(policy, reference, batch, optimizer, 0.5) for _ in range(steps)]
    return {"metrics": metrics, "reference": reference.table, "trainable": reference.table.requires_grad}


@exercise("dpo_step")
def test_steps_add_up_to_a_preference(student, rng):
    table = rng.randn(5, 5)
    prompt = rng.randint(0, 5, (3, 2))
    batch = {}
    for side, token in (("chosen", 1), ("rejected", 4)):
        rows = torch.cat([prompt, torch.full((3, 2), token)], dim=1)
        labels = rows.clone()
        labels[:, :2] = -100
        batch[side] = {"input_ids": rows, "attention_mask": torch.ones_like(rows), "labels": labels}
    result = student.run(repeated, [table, table], batch, 12)
    first, last = result["metrics"][0], result["metrics"][-1]
    expect_close(first["loss"], math.log(2), what="The first loss, policy and reference being equal,", **TOL_FP32)
    log_p = {side: log_p_of_tokens(table, rows["input_ids"])[:, 1:].sum(dim=1) for side, rows in batch.items()}
    expect_close(
        first["win_rate"],
        0.0,
        what="The first win rate: a tie is no win. It",
        mistakes={
            "win_rate counts ties as wins.": 1.0,
            "win_rate counts the pairs that are lost.": 1.0,
            "win_rate compares the policy's log-probabilities; it must compare the implicit rewards.": (
                (log_p["chosen"] > log_p["rejected"]).double().mean().item()
            ),
        },
        **TOL_FP32,
    )
    if not torch.equal(result["reference"], table) or result["trainable"]:
        fail("The reference's weights or its requires_grad change.")
    if last["win_rate"] < 1.0 or last["loss"] > first["loss"] - 0.1:
        fail("Twelve steps on the same pairs teach no preference.")
