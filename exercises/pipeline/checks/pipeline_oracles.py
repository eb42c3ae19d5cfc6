"""What several checks of the lesson on the whole pipeline share. Run them with `pytest exercises/pipeline`.

The tables are checked here by a few entries; all of them are looked at when the lesson is graded. A wrong entry is
explained with the reason that the course gives, never with the right one."""

from contextlib import contextmanager

from autograder.checks import NotWritten, StudentError, expect_error, fail, probe

STAGES = ("tokenization", "embeddings", "transformer", "pretraining", "sft", "alignment", "lora", "quantization")

CHAT_TOOLS = dict.fromkeys(("add_chat_tokens", "encode_chat", "collate_chats"), "instruction_tuning")
TOOLS = {  # what each stage of run_pipeline is run with, and the lesson that it is written in
    "pretraining": {},
    "sft": {**CHAT_TOOLS, "train_sft": "instruction_tuning"},
    "alignment": {**CHAT_TOOLS, "dpo_step": "alignment"},
    "lora": {**CHAT_TOOLS, "train_sft": "instruction_tuning", "apply_lora": "lora"},
    "quantization": {"QuantizedLinear": "quantization"},
}


def card(family, version, parameters, stage="pretraining", bits=16, method=None, active=None):
    """What decode_model_name returns."""
    return {
        "family": family,
        "version": version,
        "parameters": parameters,
        "active_parameters": active,
        "stage": stage,
        "bits": bits,
        "method": method,
    }


@contextmanager
def expect_named(sentence, name, what):
    """The student's code must raise ValueError inside the block, and its message must hold the name; else the sentence.

    How the message puts it, and in which case, is the student's.
    """
    with expect_error("ValueError", what=what):
        try:
            yield
        except StudentError as error:
            if error.type == "ValueError" and name.lower() not in error.message.lower():
                fail(sentence, expected=name, got=error.message or "no message")
            raise


@probe
def read_table(student):
    return {stage: dict(entry) for stage, entry in student.PIPELINE.items()}


def table_of(student):
    """The student's PIPELINE; as it stands in the stub, it is still to do."""
    table = student.run(read_table)
    if not any("adds" in entry or "cannot_provide" in entry for entry in table.values()):
        raise NotWritten("PIPELINE")
    return table


def expect_explained(student, symptom, explanations, mixed_up):
    """Check explain_failure on one symptom.

    explanations: symptom → stage, cause, the reason that the course gives. mixed_up: (symptom, the stage that was
    taken for it) → why that one isn't it.
    """
    stage, cause, reason = explanations[symptom]
    result = student.explain_failure(symptom)
    if not isinstance(result, dict) or result.keys() != {"stage", "cause"}:
        fail("explain_failure must return a dict with stage and cause.", got=result)
    if result["stage"] != stage:
        fail(mixed_up.get((symptom, result["stage"]), reason), expected=stage, got=result["stage"])
    if result["cause"] != cause:
        fail(f"The stage is right, the cause isn't. {reason}", expected=cause, got=result["cause"])


def gpt2_parameters(width, layers, vocabulary, positions):
    """Parameters of a GPT-2, counted by hand: embeddings, 12 D² + 13 D in a block, the final norm."""
    return (vocabulary + positions) * width + layers * (12 * width**2 + 13 * width) + 2 * width
