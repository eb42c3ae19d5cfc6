"""The table goes from the cause to its stage, and from the symptom to its cause."""

_STAGE_OF = {cause: stage for stage, cause in _EXPLANATIONS.values()}
_CAUSE_OF = {symptom: cause for symptom, (_, cause) in _EXPLANATIONS.items()}


def explain_failure(symptom):
    try:
        cause = _CAUSE_OF[symptom]
    except KeyError:
        raise ValueError(f"unknown symptom {symptom}") from None
    return dict(cause=cause, stage=_STAGE_OF[cause])
