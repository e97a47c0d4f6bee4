"""Shared basics: errors, inputs, practices, opt-outs, and the base class of all constructs."""
