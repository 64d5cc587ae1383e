"""What all tests share: the same examples on every run, and no failure because a machine is slow."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

# nothing here is judged by the clock: how fast examples are drawn depends on what else the machine does
settings.register_profile("steady", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("steady")
