"""``mfo`` in this process, for the many cases of which no process of their own says more."""

from __future__ import annotations

import io
import os
import sys

import pytest
from processes import Ended

from mfo_runtime.cli.commands import main


@pytest.fixture
def home(tmp_path):
    """Where runs and logins are kept."""
    return tmp_path / "home"


@pytest.fixture
def here(home, tmp_path, monkeypatch, capfd):
    """Runs a command in the folder of the test, with an environment in which nothing is set."""
    for name in [name for name in os.environ if name.startswith("MFO_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("MFO_HOME", str(home))
    monkeypatch.setenv("MFO_CREDENTIALS", str(home / "credentials.json"))
    monkeypatch.chdir(tmp_path)

    def run(*arguments, typed="", **variables):
        with monkeypatch.context() as patch:
            for name, value in variables.items():
                patch.setenv(name, value)
            patch.setattr(sys, "argv", ["mfo", *map(str, arguments)])
            patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(typed.encode())))
            capfd.readouterr()
            with pytest.raises(SystemExit) as ended:
                main()
            return Ended(ended.value.code, *capfd.readouterr())

    return run
