"""The policy pack: the domain's guardrails as rules that the Pulumi CLI runs (`--policy-pack policy`)."""
