"""The version of this library. Reading it from the package's metadata would take as long as all checks."""

VERSION = "0.1.0"
