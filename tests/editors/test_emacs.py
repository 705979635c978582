"""Emacs with Eglot, without a screen: what its users do, from the first diagnostics to a run."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.editors.emacs import run_emacs
from tests.editors.telling import PATIENCE, ROOT

pytestmark = pytest.mark.editors
STORY = """\
name: story
tasks:
  - {id: tell, type: mfo_api_chat_send, config: {prompt: "Tell me"}}
"""


@pytest.fixture
def folder(tmp_path) -> Path:
    place = tmp_path / "orders"
    shutil.copytree(ROOT / "examples" / "orders", place)
    return place


def test_the_package_compiles_without_a_warning(editors_folder, tmp_path):
    shutil.copy(ROOT / "editors" / "emacs" / "mfo.el", tmp_path)
    command = [str(editors_folder / "bin" / "emacs"), "--batch", "--eval", "(setq byte-compile-error-on-warn t)"]
    done = subprocess.run(
        [*command, "-f", "package-initialize", "-f", "batch-byte-compile", "mfo.el"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_a_mistake_is_underlined_and_explained(editors_folder, folder):
    path = folder / "workflow_definition.yml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("${INPUT.order_id}", "${INPUT.order_idd}", 1), encoding="utf-8")
    told = run_emacs(
        editors_folder,
        folder,
        """
      (flymake-mode 1)
      (wait (lambda () (flymake-diagnostics)) "diagnostics")
      (tell 'found (mapconcat #'flymake-diagnostic-text (flymake-diagnostics) "|"))
      (mfo-explain-rule "MFO402")
      (wait (holds "*mfo rule*" "What it finds") "the page")
""",
    )
    assert 'did you mean "order_id"' in told["found"]
    assert told["found"].count("|") == 0


def test_hover_completion_definition_and_rename(editors_folder, folder):
    told = run_emacs(
        editors_folder,
        folder,
        """
      (to "INPUT.order_id")
      (let ((hover (jsonrpc-request (eglot-current-server) :textDocument/hover (eglot--TextDocumentPositionParams))))
        (tell 'hover (plist-get (plist-get hover :contents) :value)))
      (forward-char 6)
      (let ((found (eglot-completion-at-point)))
        (tell 'completion (vconcat (mapcar #'substring-no-properties (all-completions "" (nth 2 found))))))
      (to "dependencies: [")
      (forward-char 15)
      (let ((word (thing-at-point 'symbol t)))
        (tell 'word word)
        (let ((place (car (xref-backend-definitions 'eglot (xref-backend-identifier-at-point 'eglot)))))
          (tell 'definition (xref-location-group (xref-item-location place))))
        (eglot-rename "renamed_task")
        (wait (lambda () (save-excursion (goto-char (point-min)) (search-forward "id: renamed_task" nil t))) "the new name")
        (goto-char (point-min))
        (tell 'left (if (re-search-forward (concat "\\\\_<" word "\\\\_>") nil t) 1 0)))
""",
    )
    assert "order_id" in told["hover"]
    assert any("order_id" in item for item in told["completion"])
    assert told["definition"].endswith("workflow_definition.yml")
    assert told["left"] == 0


def test_what_a_model_writes_grows_in_the_buffer_of_the_run(editors_folder, tmp_path):
    place = tmp_path / "story"
    place.mkdir()
    (place / "workflow_definition.yml").write_text(STORY, encoding="utf-8")
    (place / "scripted.yml").write_text(
        "default: {text: Once upon a time there was a fox., pace: 20ms}", encoding="utf-8"
    )
    told = run_emacs(
        editors_folder,
        place,
        """
      (let ((name "*mfo run story*") (pieces 0))
        (advice-add 'mfo--append-text :after (lambda (&rest _) (setq pieces (1+ pieces))))
        (mfo-run)
        (wait (holds name "\nsucceeded\n") "the end of the run")
        (tell 'pieces pieces)
        (tell 'text (with-current-buffer name (buffer-string))))
""",
    )
    assert "writes     tell\nOnce upon a time there was a fox.\nsucceeded  tell" in told["text"]
    assert told["pieces"] > 1, "it grows"


def test_a_flow_runs_and_its_states_and_outputs_are_shown(editors_folder, folder):
    told = run_emacs(
        editors_folder,
        folder,
        """
      (mfo-run)
      (let ((name (seq-find (lambda (name) (string-prefix-p "*mfo run" name)) (mapcar #'buffer-name (buffer-list)))))
        (wait (holds name "\nsucceeded\n") "the end of the run")
        (tell 'text (with-current-buffer name (buffer-string))))
      (mfo-dry-run)
      (wait (holds "*mfo plan*" "planned") "the plan")
""",
    )
    assert '"order": "resource_' in told["text"].replace('"order":"', '"order": "')
    assert "running" in told["text"]
