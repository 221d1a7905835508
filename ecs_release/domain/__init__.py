"""The rules. Pure: imports the standard library only, and is imported by everybody."""
