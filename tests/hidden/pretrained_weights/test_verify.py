"""Hidden checks of `verify`."""

from pretrained_weights_hidden_oracles import hugging_face, numbers_of
from pretrained_weights_verify_oracles import (
    draw_prompt,
    expect_left_after_error,
    expect_report,
    nearly,
    same_text_elsewhere,
    sizes_of_heads,
    table_of,
    with_other_heads,
)

from autograder.checks import exercise

MODES = [[False, False], [True, True], [True, False], [False, True]]


@exercise("verify")
def test_heads_with_hugging_faces_numbers(student, rng):
    numbers = rng.choice([[4, 8], [2, 4], [8, 1]])
    models, ids, prompt = with_other_heads(
        rng, numbers, lambda sizes: numbers_of(hugging_face(rng, sizes)), sizes_of_heads(rng)
    )
    expect_report(student, models, ids, prompt, 4)
    expect_report(student, models[1:] * 2, ids, prompt, 4)


@exercise("verify")
def test_every_level_fails_at_once(student, rng):
    ids, prompt, new = rng.randint(0, 6, (2, 5)), draw_prompt(rng, 2, 3, 6), 6
    other, table = same_text_elsewhere(rng, 6, 2, prompt, new)
    other[3] += 3 + rng.rand(1)  # the largest difference, which moves no first choice
    few = rng.randint(2, 6)
    models = [{"table": other, "extra": [few]}, {"table": table}]
    expect_report(student, models, ids, prompt, new)
    expect_report(student, models[::-1], ids, prompt, new)
    expect_report(student, [models[0], models[1] | {"extra": [1, few - 1]}], ids, prompt, new)


@exercise("verify")
def test_frozen_and_shared_parameters_on_either_side(student, rng):
    table = table_of(rng, 8, 4)
    ids, prompt = rng.randint(0, 4, (2, 5)), rng.randint(0, 4, (2, 3))
    plain = {"table": table, "extra": [3, rng.randint(4, 9)]}
    for change in ({"twice": True}, {"frozen": True}, {"buffers": [rng.randint(2, 9)]}):
        for models in rng.permutation([[plain | change, plain], [plain, plain | change]]):
            expect_report(student, models, ids, prompt, 2)
        expect_report(student, [plain | change, {"table": table, "extra": [2]}], ids, prompt, 2)


@exercise("verify")
def test_texts_of_other_lengths(student, rng):
    for new, length in ((1, 4), (3, 1), (11, 2)):
        ids, rows = rng.randint(0, 6, (1, 1 if length == 1 else 2)), rng.randint(4, 7)
        prompt = draw_prompt(rng, rows, length, 6)
        other, table = same_text_elsewhere(rng, 6, ids.shape[1], prompt, new)
        expect_report(student, [{"table": other}, {"table": table}], ids, prompt, new)


@exercise("verify")
def test_one_token_of_many_is_another(student, rng):
    table = table_of(rng, 12, 6)
    ids, prompt, new = rng.randint(0, 6, (2, 4)), rng.randint(0, 6, (1, 3)), 8
    other = nearly(rng, table)
    other[9] = other[9].roll(1, dims=-1)  # the last token is read off place 9
    expect_report(student, [{"table": other}, {"table": table}], ids, prompt, new)
    expect_report(student, [{"table": other}, {"table": table}], ids, prompt, new - 1)


@exercise("verify")
def test_the_largest_difference_stands_anywhere(student, rng):
    table = table_of(rng, 9, 4)
    ids, prompt = rng.randint(0, 4, (3, 6)), rng.randint(0, 4, (2, 2))
    for place in rng.permutation([0, 2, 5]):
        for gap in (3e-4 + 1e-4 * rng.rand(()), 0.5 + rng.rand(())):
            moved = table + 2e-5
            moved[place, ids[rng.randint(0, 3), place], rng.randint(0, 4)] -= gap
            expect_report(student, [{"table": moved}, {"table": table}], ids, prompt, 3)


@exercise("verify")
def test_modes_after_every_end(student, rng):
    table, ids, prompt = table_of(rng, 9, 4), rng.randint(0, 4, (2, 5)), rng.randint(0, 4, (2, 3))
    other = table.clone()
    other[5:] = other[5:].roll(1, dims=-1)
    ends = [{"table": table}, {"table": other}, {"table": table * 0.5}, {"table": table, "extra": [5]}]
    for number, end in enumerate(rng.permutation(ends)):
        modes = [MODES[(number + shift) % 4] for shift in (1, 3)]
        models = [end | {"train": modes[0]}, {"table": table, "train": modes[1]}]
        expect_report(student, models, ids, prompt, 4, switched=number % 2 == 1)


@exercise("verify")
def test_modes_after_an_error(student, rng):
    table, ids, prompt = table_of(rng, 9, 4), rng.randint(0, 4, (2, 4)), rng.randint(0, 4, (2, 4))
    for out, which in rng.permutation([(2, 0), (2, 1), (5, 0), (5, 1)]):
        tables = [nearly(rng, table), table]
        models = [{"table": one, "train": mode} for one, mode in zip(tables, rng.permutation(MODES[2:]), strict=True)]
        broken = [dict(one, out=out) if number == which else one for number, one in enumerate(models)]
        expect_left_after_error(student, broken, ids, prompt, 4)
        expect_report(student, models, ids, prompt, 4)
