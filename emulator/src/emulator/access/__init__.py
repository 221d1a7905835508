"""Who may do what: policy documents, conditions, and the judgement over them."""
