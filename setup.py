"""What pyproject.toml cannot say: pages and migrations stand beside the program, and go inside of it in a wheel."""

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

BESIDE = ("templates", "migrations")
PROCFILE = "Procfile"


class BuildWhole(build_py):
    """An editable install runs from this folder, where they are already."""

    def run(self) -> None:
        super().run()
        if self.editable_mode:
            return
        inside = Path(self.build_lib) / "app"
        for name in BESIDE:
            shutil.rmtree(inside / name, ignore_errors=True)  # what an older build left would be served
            shutil.copytree(name, inside / name, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copyfile(PROCFILE, inside / PROCFILE)


setup(cmdclass={"build_py": BuildWhole})
