"""What is said of each action, and the pages that say it."""
