"""What CodeBuild runs: written into the build specs as text, so that a project needs nothing but its own image."""

from pathlib import Path

_HERE = Path(__file__).parent


def script(name: str) -> str:
    """Return the text of a script."""
    return (_HERE / name).read_text(encoding="utf-8")


def python_script(name: str) -> str:
    """Return shell that puts a script of Python next to the source; its name ends as it does here."""
    return f"cat > /tmp/{name} <<'END_OF_SCRIPT'\n{script(name)}END_OF_SCRIPT\n"
