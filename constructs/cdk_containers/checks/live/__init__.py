"""What is really deployed, read through boto3 into the same shape as a template."""

__all__: list[str] = []
