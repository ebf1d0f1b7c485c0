"""Cookies ride on streams as they ride on pages."""
