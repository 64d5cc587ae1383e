"""Every word of the field, written once, in tables."""
