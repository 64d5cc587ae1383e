"""The published shapes of what other programs read and write: JSON Schema, draft 2020-12, one file a shape."""
