"""`python -m cdk_containers.cli`, for when the command is not on the PATH."""

import sys

from .main import main

sys.exit(main())
