"""The models that need no AWS CDK: workloads, instances, placement and deployments."""
