"""A match statement, stage by stage, answers for the symptoms of pretraining."""

_table = explain_failure


def explain_failure(symptom):
    match symptom:
        case "fluent_in_form_empty_in_fact":
            return {"stage": "pretraining", "cause": "no_knowledge_to_format"}
        case "loss_near_log_of_the_vocabulary":
            return {"stage": "pretraining", "cause": "nothing_learned"}
        case "unaware_of_last_week":
            return {"stage": "pretraining", "cause": "text_ends_there"}
    return _table(symptom)
