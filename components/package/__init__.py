"""The components for programs in other languages: one package, its schema, and the process that serves it."""
