"""Joins the parts: options and plan, the actors of the cases, the reports; imported by nobody."""

import pytest

pytest.register_assert_rewrite("suites.expect", "fixtures")

pytest_plugins = [
    "fixtures.options",
    "fixtures.yours",
    "fixtures.tabs.asked",
    "fixtures.afar.asked",
    "fixtures.afar.limits",
    "fixtures.plan",
    "fixtures.versions",
    "fixtures.schedule",
    "fixtures.interruption",
    "fixtures.pauses",
    "fixtures.starvation",
    "fixtures.deadlines",
    "fixtures.certificates",
    "fixtures.site",
    "fixtures.afar.deployment",
    "fixtures.builder",
    "fixtures.actors",
    "fixtures.trouble",
    "fixtures.margin",
    "fixtures.session_end",
    "fixtures.outage",
    "reports.plugin",
]
