"""A real Emacs with Eglot, without a screen, and the package of this repository."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.editors.telling import ROOT, what_is_told

PROBE = """;; -*- lexical-binding: t; -*-
(setq package-enable-at-startup nil eglot-sync-connect 150 eglot-connect-timeout 150 eglot-confirm-server-initiated-edits nil)
(package-initialize)
(require 'yaml-mode)
(require 'mfo)
(defvar told nil)
(defun tell (name value) (push (cons name value) told))
(defun wait (check what)
  (let ((end (+ (float-time) 150)))
    (while (and (not (funcall check)) (< (float-time) end)) (accept-process-output nil 0.05))
    (unless (funcall check) (error "waited in vain for %%s" what))))
(defun holds (name text)
  (lambda () (and (get-buffer name) (with-current-buffer name (string-match-p (regexp-quote text) (buffer-string))))))
(defun to (text) (goto-char (point-min)) (search-forward text) (goto-char (match-beginning 0)))
(condition-case problem
    (progn
      (find-file "workflow_definition.yml")
      (unless (derived-mode-p 'yaml-mode) (yaml-mode))
      (apply #'eglot--connect (eglot--guess-contact))
      %s)
  (error (tell 'problem (error-message-string problem))))
(with-temp-file (getenv "TOLD") (insert (json-encode told)))
"""


def run_emacs(editors_folder: Path, folder: Path, script: str) -> dict[str, Any]:
    """Run a Lisp form in the workflow of a folder; gives what it told.

    Raises:
        AssertionError: the script failed; with its words.
    """
    probe = folder / "probe.el"
    probe.write_text(PROBE % script, encoding="utf-8")
    command = [editors_folder / "bin" / "emacs", "--batch", "-L", ROOT / "editors" / "emacs", "-l", probe]
    return what_is_told(command, folder, folder) or {}
