"""What is really deployed, read through boto3 into the same shape as a template.

`readers` has one module for each area; each names the calls that it makes. Nothing else can be called.
"""
