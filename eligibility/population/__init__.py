"""Many patients at once: `Chunk` is the noun, `read_population` the verb, tables and single patients are the ways."""
