"""An AWS emulator (moto) on loopback, as its own process: `python -m tests.emulator.server` prints its port.

Its log, on standard error, names every resource type of a template that it skipped.
"""

import os
import sys

from moto.core.config import default_user_config
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from werkzeug.serving import make_server

from . import adapter, quicker, recipe


class QuietHandler(MotoRequestHandler):
    """Limit the log to what matters: a line for each request does not help with templates."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        if str(code).startswith("5"):
            super().log_request(code, size)


def main() -> None:
    application = recipe.application = DomainDispatcherApplication(create_backend_app)
    server = make_server("127.0.0.1", 0, application, threaded=True, request_handler=QuietHandler)
    os.environ["AWS_ENDPOINT_URL"] = f"http://127.0.0.1:{server.port}"
    default_user_config["lambda"]["use_docker"] = False
    default_user_config["iam"]["load_aws_managed_policies"] = True
    adapter.install()
    quicker.install()
    sys.stdout.write(f"{server.port}\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    main()
