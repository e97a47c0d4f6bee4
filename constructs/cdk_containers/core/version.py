"""Which version of this library it is; the package's metadata would take as long to read as all checks."""

VERSION = "0.1.0"
