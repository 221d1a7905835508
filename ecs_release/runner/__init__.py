"""Observe, plan, apply, confirm. Imports gateway and domain; knows nothing of Pulumi."""
