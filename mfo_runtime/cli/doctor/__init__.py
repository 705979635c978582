"""``mfo doctor``: what a set-up has and lacks, one line each, with what to do.

``verdict`` is one line, ``setting_up`` looks at this machine, ``asking`` at the server, ``command`` puts them together.
"""

from mfo_runtime.cli.doctor.command import doctor_command

__all__ = ["doctor_command"]
