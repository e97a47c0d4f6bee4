"""The reference stacks, for `cdk synth` and `cdk deploy`: `-c environment=dev`, the default, or `prod`."""

import aws_cdk as cdk

from stacks.reference import add_reference_stacks

app = cdk.App()
add_reference_stacks(app)
app.synth()
