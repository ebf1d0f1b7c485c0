"""The doctor: what one URL tells, from outside and without any set-up, about its streams."""

from proxyproof.doctor.application import Application, Wishes
from proxyproof.doctor.examination import examined
from proxyproof.doctor.findings import Diagnosis, Finding, Level, Part

__all__ = ["Application", "Diagnosis", "Finding", "Level", "Part", "Wishes", "examined"]
