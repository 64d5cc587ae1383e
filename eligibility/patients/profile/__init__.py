"""The own profile format: its shape, its facts and values, and what is wrong with them, in plain words."""
