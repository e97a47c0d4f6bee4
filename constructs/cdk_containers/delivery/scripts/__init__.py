"""Scripts for CodeBuild: they are written into the build specs as text, so that a project needs only its image."""

from pathlib import Path

_HERE = Path(__file__).parent


def script(name: str) -> str:
    """Return the text of a script."""
    return (_HERE / name).read_text(encoding="utf-8")


def run(name: str, *, variables: bool = False) -> str:
    """Return a command that runs a script in its own process, so that options of the surrounding shell have no effect.

    Args:
        name: File of the script.
        variables: Whether it writes variables for the next commands to `.delivery/variables.sh`.
    """
    interpreter = "python3" if name.endswith(".py") else "bash"
    then = " && . .delivery/variables.sh" if variables else ""
    return (
        f"mkdir -p .delivery && cat > .delivery/{name} <<'END_OF_SCRIPT'\n{script(name)}END_OF_SCRIPT\n"
        f"{interpreter} .delivery/{name}{then}"
    )
