"""What all tests share: the same examples on every run, and no failure because a machine is slow."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("steady", derandomize=True, deadline=None)
settings.load_profile("steady")
