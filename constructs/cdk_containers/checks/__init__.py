"""Checks of the practices: in templates, in CDK apps and in deployed resources.

One engine over resources, without AWS CDK; `rules` has the checks, one module for each area of practices.
"""
