"""The practices, looked for: in templates, in CDK apps and in what is deployed.

One engine over resources, without AWS CDK; `rules` has the checks, one module for each area of practices.
"""
