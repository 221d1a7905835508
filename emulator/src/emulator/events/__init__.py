"""The parts of EventBridge: patterns, transformations and retries, which know no world, and the courier."""
