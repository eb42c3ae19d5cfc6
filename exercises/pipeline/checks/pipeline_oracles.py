"""Checks of the lesson on the whole pipeline. Run them with `pytest exercises/pipeline`.

The tables are checked here by a few entries; all of them are looked at when the lesson is graded. A wrong entry is
explained with the reason that the course gives, never with the right one."""

STAGES = ("tokenization", "embeddings", "transformer", "pretraining", "sft", "alignment", "lora", "quantization")


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
