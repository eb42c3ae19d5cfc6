"""Hidden checks of `order_stages`."""

from pipeline_hidden_oracles import BUILDS_ON, answers_for, subsets
from pipeline_oracles import STAGES, Row, expect_rows, made_up_word

from autograder.checks import AnyOf, exercise, expect_equal

AT_ONCE = (
    "After it has placed a stage it goes on behind it; the first given one that is free comes next, wherever it stands."
)


def placed(stages, needs):
    """An order by removing, again and again, the first stage that waits for no other."""
    waiting, order = list(dict.fromkeys(stages)), []
    while waiting:
        free = [stage for stage in waiting if not set(needs[stage]) & set(waiting)]
        order.append(free[0])
        waiting.remove(free[0])
    return order


def breadth_first(stages):
    """All stages that wait for nothing at once, then the next ones."""
    waiting, order = list(dict.fromkeys(stages)), []
    while waiting:
        free = [stage for stage in waiting if not set(BUILDS_ON[stage]) & set(waiting)]
        order += free
        waiting = [stage for stage in waiting if stage not in free]
    return order


def in_passes(stages):
    """The list from the front to the back, again and again, and each stage that is free by then."""
    waiting, order = list(dict.fromkeys(stages)), []
    while waiting:
        for stage in list(waiting):
            if not set(BUILDS_ON[stage]) & set(waiting):
                order.append(stage)
                waiting.remove(stage)
    return order


def depth_first(stages):
    """The order of somebody who takes each given stage in turn, with all that it builds on before it."""
    order = []
    for stage in stages:
        order += [one for one in [*BUILDS_ON[stage], stage] if one in stages and one not in order]
    return order


@exercise("order_stages", points=2)
def test_orders_of_many_sets(student, rng):
    questions = [rng.permutation(stages) for stages in rng.permutation(subsets()[1:])[:100]]
    questions += [["lora", "quantization", "sft", "alignment", "pretraining"]]
    direct = {stage: needs[-1:] for stage, needs in BUILDS_ON.items()}
    got = student.run(answers_for, "order_stages", questions)
    expect_equal(
        got,
        [placed(stages, BUILDS_ON) for stages in questions],
        what="The order of some stages",
        mistakes={
            "It sorts by STAGES; stages that don't build on each other keep the order they were given in.": lambda: [
                sorted(stages, key=STAGES.index) for stages in questions
            ],
            "It looks at direct needs only; a stage that isn't given still passes its needs on.": lambda: [
                placed(stages, direct) for stages in questions
            ],
            AT_ONCE: AnyOf(
                lambda: [breadth_first(stages) for stages in questions],
                lambda: [in_passes(stages) for stages in questions],
            ),
            "It puts what a stage builds on right before it, instead of the first given stage that is free.": lambda: [
                depth_first(stages) for stages in questions
            ],
            "It sorts by how much a stage builds on; stages that don't build on each other keep their order.": lambda: [
                sorted(stages, key=lambda stage: len(BUILDS_ON[stage])) for stages in questions
            ],
            "LoRA is made to wait for alignment; it adapts any trained model, a base model too.": lambda: [
                placed(stages, {**BUILDS_ON, "lora": BUILDS_ON["alignment"] + ["alignment"]}) for stages in questions
            ],
        },
    )


@exercise("order_stages")
def test_a_stage_given_twice_counts_once(student, rng):
    rows = [Row([], [])]
    for chain in (["pretraining", "sft", "alignment"], ["transformer", "lora"], ["tokenization", "quantization"]):
        stages = rng.permutation(chain)
        twice = [stage for stage in chain for _ in range(2)]
        rows.append(Row(stages + stages, chain, {"A stage given twice is placed twice.": twice}))
    expect_rows(rng, student.order_stages, rows, "The order of stages given twice")


@exercise("order_stages")
def test_an_unknown_stage_cannot_be_ordered(student, rng):
    names = ["distillation", *(made_up_word(rng) for _ in range(3))]
    rows = [Row(rng.permutation(["pretraining", name]), unknown=name) for name in names[:3]]
    rows += [Row([names[3]], unknown=names[3]), Row(["pretraining", "sft", names[0]], unknown=names[0])]
    rows += [Row(["pretraining"], ["pretraining"]), Row(["sft", "transformer"], ["transformer", "sft"])]
    what = "order_stages with a stage that doesn't exist"
    unknown = (what, "The error doesn't name the stage that doesn't exist.")
    expect_rows(rng, student.order_stages, rows, "The order of some stages", unknown=unknown)
