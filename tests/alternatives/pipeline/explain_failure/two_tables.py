"""The symptoms and the causes are paired by their order, the stage is found from the cause, and match decides."""


def explain_failure(symptom):
    if symptom not in SYMPTOMS:
        raise ValueError(f"unknown symptom {symptom}")
    causes = list(CAUSES)
    causes.insert(causes.index("continues_documents"), "continues_documents")
    causes.insert(causes.index("no_signal_of_quality"), "no_signal_of_quality")
    cause = causes[list(SYMPTOMS).index(symptom)]
    match cause:
        case "sees_pieces" | "ids_of_another_table":
            stage = "tokenization"
        case "no_positions":
            stage = "embeddings"
        case "no_causal_mask":
            stage = "transformer"
        case "nothing_learned" | "no_knowledge_to_format" | "text_ends_there":
            stage = "pretraining"
            if symptom == "fluent_in_form_empty_in_fact":
                cause = "no_knowledge_to_format"
            elif symptom == "loss_near_log_of_the_vocabulary":
                cause = "nothing_learned"
        case "preferred_is_not_true" | "reward_hacked" | "pushed_too_far" | "no_signal_of_quality":
            stage = "alignment"
        case "optimizer_for_every_weight" | "not_adapted" | "merged_and_still_running" | "not_a_refinement":
            stage = "lora"
        case "too_many_bits" | "too_few_bits" | "outlier_sets_the_scale" | "cache_in_16_bits":
            stage = "quantization"
        case _:
            stage = "sft"
    return Explanation(stage=stage, cause=cause)
