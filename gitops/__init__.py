"""What every pipeline calls: one script for preview, plan, up, check and destroy of a stack."""
