"""The causes in the order of CAUSES (but for two), walked along SYMPTOMS; two of them twice."""


def explain_failure(symptom):
    twice = {"continues_documents", "no_signal_of_quality"}
    causes = [c for c in CAUSES for _ in range(2 if c in twice else 1)]
    stages = [s for s, n in zip(STAGES, (2, 1, 1, 3, 7, 5, 4, 4), strict=True) for _ in range(n)]
    i = causes.index("nothing_learned")
    causes[i], causes[i + 1] = causes[i + 1], causes[i]
    for key, stage, cause in zip(SYMPTOMS, stages, causes, strict=True):
        if key == symptom:
            return {"cause": cause, "stage": stage}
    raise ValueError(f"unknown symptom: {symptom!r}")
