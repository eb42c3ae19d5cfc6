"""A rehearsal: the student's `run_pipeline` runs once with stand-ins, which write down what they are given."""

import inspect

import pipeline_stand_ins
from pipeline_oracles import TOOLS

from autograder.checks import Probe, expect_close, fail

RUN = tuple(TOOLS)
TOL_SUM = {"rtol": 0.0, "atol": 1e-4}  # sums of a thousand fp32 numbers; a training step moves them by 0.08 and more

rehearse = Probe("rehearse", inspect.getsource(pipeline_stand_ins))


class Rehearsal:
    """One run with sizes, counts, rates and settings of this seed; with `shown`, layers are written down in full.

    `log` holds all calls in order, `gates` and `stages` what a gate was given and what the report says, by stage;
    `start` is the sum of the base's parameters, `record` everything that came back.
    """

    def __init__(self, student, rng, skip=(), absent=(), double=False, shown=False):
        # Draw: no size of a batch divides a count, there are at most four batches, and more steps than batches
        counts = {data: rng.choice([5, 7]) for data in ("demonstrations", "preferences", "house_style")}
        counts["batch"] = rng.choice([2, 3])
        self.counts, self.skip, self.absent = counts, skip, absent
        self.steps = {"sft": rng.choice([7, 9]), "alignment": rng.choice([5, 6]), "lora": rng.choice([8, 10])}
        rates = rng.permutation(range(10, 40))
        self.rates = {stage: rate / 10_000 for stage, rate in zip(self.steps, rates, strict=False)}
        self.layers = 1 if skip or absent else 2  # a model is copied again and again, and copying is what takes time
        self.width, self.level = rng.choice([4, 6]), rng.choice(range(200, 400)) / 1000
        self.n_parameters = 50 * self.width + self.layers * (12 * self.width**2 + 9 * self.width)
        self.settings = {
            "beta": rng.choice(range(1, 9)) / 16,
            "rank": rng.randint(2, 9),
            "alpha": float(rng.randint(3, 20)),
            "bits": rng.choice([2, 3, 4, 6, 8]),
            "block_size": rng.choice([4, 8, 16, 32]),
            "pad_token_id": rng.randint(1, 50),
        }
        failing, figure = rng.choice(RUN), rng.randint(0, 1000)
        self.said = {stage: {"passed": stage != failing, "figure": figure + len(stage)} for stage in RUN}
        # Run
        sizes = {"width": self.width, "layers": self.layers, "level": self.level, "double": double}
        self.record = student.run(
            rehearse, sizes, counts, self.steps, self.rates, self.settings, (failing, figure), skip, absent, shown
        )
        # Sort
        self.log, self.start, self.stages = self.record["log"], self.record["start"], self.record["stages"]
        self.gates = {entry["stage"]: entry for entry in self.calls("gate")}

    def calls(self, tool):
        """What the calls of one tool wrote down."""
        return [entry for entry in self.log if entry["tool"] == tool]

    def states(self):
        """stage → what the report says became of it."""
        return {stage: entry["state"] for stage, entry in self.stages.items()}

    def batches(self, kind, of, answer="yes"):
        """The texts of one kind, in batches, as collate_chats is to be given them; `of` says which data it is."""
        texts = [f"user:{kind} {index}/assistant:{answer} {index}" for index in range(self.counts[of])]
        size = self.counts["batch"]
        return [texts[start : start + size] for start in range(0, len(texts), size)]

    def expect_models(self, until):
        """Compare the sums of the models at the gates, up to that stage, with what the tools make of the base's."""
        what = "What the gates are given, compared with what the tools made of the base model,"
        total = self.level * self.n_parameters
        if list(self.gates) != list(RUN):
            fail("The gate of a stage that is not run is not measured.", expected=list(RUN), got=list(self.gates))
        if until != "pretraining" and any(one["optimizer"]["outdated"] for one in self.calls("train_sft")):
            fail("SFT's optimizer was made before the chat tokens were added, and holds the old embeddings.")
        for stage in RUN[: RUN.index(until) + 1]:
            result = [self.gates[stage]["before"], self.gates[stage]["after"]]
            if stage == "pretraining" and stage in self.skip:
                total = result[1]  # fresh weights, which nobody knows
                continue
            before, total = total, self.sum_after(stage, total)
            mistakes = {
                "A gate is given the same model twice, so it can't see what the stage changed.": [total, total],
            }
            expect_close(result, [before, total], what=what, mistakes=mistakes, rtol=1e-5, atol=1e-4)

    def sum_after(self, stage, total):
        """The sum S of n parameters after a stage: (1 + gain) · S + gain · n for each step that trains all of them.

        LoRA's step finds its adapters at zero: S + gain · (their parameters). train_sft takes its steps in one call.
        """
        if stage not in self.rates or stage in self.skip or set(self.absent) & set(TOOLS[stage]):
            return total
        gain = 10 * self.rates[stage]
        if stage == "lora":
            return total + gain * (self.layers * 7 * self.width**2)  # c_attn: 3 D², c_fc: 4 D²
        for _ in range(self.steps[stage] if stage == "alignment" else 1):
            total = total * (1 + gain) + gain * self.n_parameters
        return total
