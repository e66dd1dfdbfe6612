"""What is fixed before any paper is scanned: definition, rules, template, and the shared nouns."""
