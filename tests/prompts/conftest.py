"""Property tests here may take their time: the first one loads token tables, and the machine may be busy."""

from hypothesis import HealthCheck, settings

settings.register_profile("prompts", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("prompts")
