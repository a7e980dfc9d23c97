"""Tells by its bytes what need not be parsed."""
