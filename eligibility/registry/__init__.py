"""One patient against a whole registry: `Registry` is the noun (one file), `index` and `match_registry` the verbs."""
