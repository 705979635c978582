"""The disk with a memory: what was asked of it, and whether it would answer the same today.

What a check finds in a directory follows from the answers to the questions that it asked: which files there are, which are
not there, what they hold. The questions are kept with a digest of all answers; where asking again gives the same digest,
checking again would find the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial

from mfo_dialect.file_names import is_markdown
from mfo_dialect.records import record
from mfo_workspace.files import DiskFiles, UnreadableFileError, decode
from mfo_workspace.walking import is_yaml

_READ, _LIST, _EXISTS, _GLOB = "r", "l", "e", "g"
_DIGEST_BYTES = 16


@record
class Observation:
    """Questions that were asked of the disk, in their order, and a digest of the answers, in hexadecimal digits."""

    questions: tuple[str, ...]
    answers: str


class ObservedDisk(DiskFiles):
    """The disk; every answer since ``start`` is remembered, and a file that is read twice is read once.

    Digests of answers are made when somebody asks for the observation: a check that is not to be remembered needs none.
    """

    def __init__(self) -> None:
        """Nothing was asked yet."""
        self._asked: dict[str, Callable[[], bytes]] = {}
        self._contents: dict[str, bytes] = {}
        self._known: dict[str, bool] = {}

    def start(self) -> None:
        """Forget what was asked."""
        self._asked.clear()
        self._contents.clear()

    @property
    def observation(self) -> Observation:
        """What was asked since ``start``."""
        return Observation(tuple(self._asked), _digest_of(answer() for answer in self._asked.values()))

    def read_bytes(self, path: str) -> bytes:
        """Read a file; see ``DiskFiles.read_bytes``."""
        known = self._contents.get(path)
        if known is not None:
            return known
        try:
            data = self._contents[path] = super().read_bytes(path)
        except UnreadableFileError as error:
            self._asked[_READ + path] = partial(_refusal, error)
            raise
        self._asked[_READ + path] = partial(_digest, data)
        return data

    def list_directory(self, path: str) -> Iterable[str]:
        """List a directory, sorted by name."""
        paths = tuple(super().list_directory(path))
        self._asked[_LIST + path] = partial(_digest_of_yaml, paths)
        return paths

    def glob(self, directory: str, pattern: str) -> Iterable[str]:
        """Match a pattern."""
        paths = tuple(super().glob(directory, pattern))
        self._asked[f"{_GLOB}{directory}\0{pattern}"] = partial(_digest_of_documents, paths)
        return paths

    def exists(self, path: str) -> bool:
        """Whether the path is a file; looked at once a run, as directories have those above them in common."""
        found = self._known.get(path)
        if found is None:
            found = self._known[path] = super().exists(path)
        self._asked[_EXISTS + path] = _FOUND[found]
        return found


class PresentDisk(DiskFiles):
    """The disk as it is now, each question asked once; what is read is kept."""

    def __init__(self) -> None:
        """Nothing was asked yet."""
        self._answers: dict[str, bytes] = {}
        self._contents: dict[str, bytes] = {}

    def agrees(self, observation: Observation) -> bool:
        """Whether the questions of an earlier check have the same answers now."""
        return _digest_of(map(self._answer, observation.questions)) == observation.answers

    def texts(self, paths: Iterable[str]) -> Mapping[str, str]:
        """The texts of those files that were read."""
        return _Texts({path: self._contents[path] for path in paths if path in self._contents})

    def read_bytes(self, path: str) -> bytes:
        """Read a file, and keep it."""
        data = self._contents[path] = super().read_bytes(path)
        return data

    def _answer(self, question: str) -> bytes:
        answer = self._answers.get(question)
        if answer is None:
            answer = self._answers[question] = _ANSWERS[question[:1]](self, question[1:])
        return answer


class _Texts(Mapping[str, str]):
    """Texts that are decoded when they are asked for."""

    def __init__(self, contents: dict[str, bytes]) -> None:
        self._contents = contents

    def __getitem__(self, path: str) -> str:
        try:
            return decode(path, self._contents[path])
        except UnreadableFileError:
            raise KeyError(path) from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._contents)

    def __len__(self) -> int:
        return len(self._contents)


def _read(disk: DiskFiles, path: str) -> bytes:
    try:
        return _digest(disk.read_bytes(path))
    except UnreadableFileError as error:
        return _refusal(error)


def _list(disk: DiskFiles, path: str) -> bytes:
    return _digest_of_yaml(disk.list_directory(path))


def _exists(disk: DiskFiles, path: str) -> bytes:
    return _existence(disk.exists(path))


def _existence(found: bool) -> bytes:  # noqa: FBT001 - it is the value
    return b"%d" % found


def _glob(disk: DiskFiles, argument: str) -> bytes:
    directory, _, pattern = argument.partition("\0")
    return _digest_of_documents(disk.glob(directory, pattern))


_ANSWERS: dict[str, Callable[[DiskFiles, str], bytes]] = {_READ: _read, _LIST: _list, _EXISTS: _exists, _GLOB: _glob}


_FOUND: dict[bool, Callable[[], bytes]] = {found: partial(_existence, found) for found in (False, True)}


def _digest(data: bytes) -> bytes:
    import hashlib  # noqa: PLC0415 - loads OpenSSL

    return hashlib.blake2b(data, digest_size=_DIGEST_BYTES).digest()


def _refusal(error: UnreadableFileError) -> bytes:
    return _digest(b"!" + error.reason.encode("utf-8", "replace"))


def _digest_of_yaml(paths: Iterable[str]) -> bytes:
    """Of what a directory holds, bundles are made of the YAML files only."""
    return _digest("\0".join(filter(is_yaml, paths)).encode("utf-8", "surrogatepass"))


def _digest_of_documents(paths: Iterable[str]) -> bytes:
    """Of what a pattern of the project file matches, there may be templates in Markdown besides."""
    found = (path for path in paths if is_yaml(path) or is_markdown(path))
    return _digest("\0".join(found).encode("utf-8", "surrogatepass"))


def _digest_of(answers: Iterable[bytes]) -> str:
    """One digest of many answers, which are all as long as their questions make them."""
    return _digest(b"".join(answers)).hex()
