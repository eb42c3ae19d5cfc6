"""Hidden checks of the lesson on the whole pipeline: every stage, symptom and need, and names of published models.

What is right stands here as data, entry by entry, or is worked out in another way than by the rules of the stub.
Feedback shows the sentences only: each gives the reason that the course gives. None repeats a visible check."""

from pipeline_oracles import STAGES

from autograder.checks import probe

# Everything that each stage builds on, directly or through others.
BUILDS_ON = {
    "tokenization": "",
    "embeddings": "tokenization",
    "transformer": "tokenization embeddings",
    "pretraining": "tokenization embeddings transformer",
    "sft": "tokenization embeddings transformer pretraining",
    "alignment": "tokenization embeddings transformer pretraining sft",
    "lora": "tokenization embeddings transformer pretraining",
    "quantization": "tokenization embeddings transformer pretraining",
}
BUILDS_ON = {stage: needs.split() for stage, needs in BUILDS_ON.items()}


@probe
def answers_for(student, function, questions):
    return [getattr(student, function)(question) for question in questions]


def subsets():
    """Every set of stages, 256 of them, each in the order of the pipeline."""
    return [[stage for index, stage in enumerate(STAGES) if number >> index & 1] for number in range(256)]
