"""Checks of `verify`."""

import torch
from pretrained_weights_oracles import checkpoint
from pretrained_weights_verify_oracles import (
    SWALLOWED,
    draw_prompt,
    expect_left_after_error,
    expect_report,
    nearly,
    same_text_elsewhere,
    sizes_of_heads,
    table_of,
    with_other_heads,
)

from autograder.checks import exercise, fail

MODES = [[False, False], [True, True], [True, False], [False, True]]


@exercise("verify")
def test_the_same_model_passes(student, rng):
    table = table_of(rng, 12, 5)
    ids, prompt = rng.randint(0, 5, (2, 6)), rng.randint(0, 5, (3, 2))
    expect_report(student, [{"table": nearly(rng, table)}, {"table": table}], ids, prompt, 5)


@exercise("verify")
def test_parameters_are_counted(student, rng):
    table, few = table_of(rng, 8, 4), rng.randint(2, 6)
    more, ids, prompt = few + rng.randint(3, 9), rng.randint(0, 4, (2, 5)), rng.randint(0, 4, (2, 3))
    one, other = {"table": table, "extra": [few]}, {"table": table, "extra": [1, more]}
    for models in ([one, other], [other, one]):
        expect_report(student, models, ids, prompt, 3)
    beside = {"table": table, "extra": [few], "twice": True, "buffers": [3, 4], "frozen": True}
    for models in rng.permutation([[beside, one], [one, beside]]):
        expect_report(student, models, ids, prompt, 3)
    expect_report(student, [beside, other], ids, prompt, 3)
    expect_report(student, [{"table": table_of(rng, 8 + few, 4)}, {"table": table}], ids, prompt, 3)


@exercise("verify")
def test_8_heads_for_4(student, rng):
    models, ids, prompt = with_other_heads(rng, [8, 4], lambda sizes: checkpoint(rng, sizes), sizes_of_heads(rng))
    expect_report(student, models, ids, prompt, 4)
    expect_report(student, [models[0], models[0]], ids, prompt, 4)


@exercise("verify")
def test_numbers_a_little_off(student, rng):
    table = table_of(rng, 9, 4)
    ids, prompt = rng.randint(0, 4, (2, 5)), rng.randint(0, 4, (2, 2))
    row, place = rng.randint(0, 2), rng.randint(0, 4)
    for gap in rng.permutation([2e-4, 5e-3, 0.05, 0.8e-4]):
        moved = table.clone()
        moved[place, ids[row, place], rng.randint(0, 4)] += gap
        expect_report(student, [{"table": moved}, {"table": table}], ids, prompt, 4)


@exercise("verify")
def test_the_text_is_the_last_level(student, rng):
    ids, prompt, new = rng.randint(0, 6, (2, 4)), draw_prompt(rng, 3, 3, 6), rng.randint(5, 8)
    other, table = same_text_elsewhere(rng, 6, 4, prompt, new)
    expect_report(student, [{"table": other}, {"table": table}], ids, prompt, new)
    expect_report(student, [{"table": table}, {"table": other}], ids, prompt, new)


@exercise("verify")
def test_eight_tokens_where_none_are_given(student, rng):
    ids, prompt = rng.randint(0, 6, (1, 4)), draw_prompt(rng, 3, 4, 6)
    other, table = same_text_elsewhere(rng, 6, 4, prompt, 8)
    expect_report(student, [{"table": other}, {"table": table}], ids, prompt)


@exercise("verify")
def test_modes_and_gradients_stay(student, rng):
    table, ids, prompt = table_of(rng, 8, 4), rng.randint(0, 4, (2, 5)), rng.randint(0, 4, (2, 3))
    for number, (one, other) in enumerate(zip(MODES, rng.permutation(MODES), strict=True)):
        models = [{"table": nearly(rng, table), "train": one}, {"table": table, "train": other}]
        expect_report(student, models, ids, prompt, 3, switched=number % 2 == 0)
    wrong = table.clone()
    wrong[0, ids[0, 0]] += 1.5 + rng.rand(4)
    expect_report(student, [{"table": wrong, "train": MODES[2]}, {"table": table}], ids, prompt, 3)


@exercise("verify")
def test_logits_of_different_shapes(student, rng):
    six, four = table_of(rng, 4, 6), table_of(rng, 9, 4)  # 144 numbers each
    ids, prompt = rng.randint(0, 4, (2, 4)), rng.randint(0, 4, (1, 2))
    for models in rng.permutation([[six, four], [four, six]]):
        models = [{"table": one, "train": mode} for one, mode in zip(models, rng.permutation(MODES[2:]), strict=True)]
        report = expect_left_after_error(student, models, ids, prompt, 2)
        if not isinstance(report, list) or report[0] != "ValueError":
            fail(SWALLOWED, got=report)
        right = models[0] | {"table": nearly(rng, models[0]["table"])}
        expect_report(student, [right, models[0]], ids, prompt, 2)
