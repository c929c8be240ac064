"""What can go wrong for the person at the desk: one class and one exit code per kind.

A message says what happened, where, and what to do next; it lists all problems of its kind at once and never shows a
pupil's values. Codes 0, 1 and 2 keep their usual meanings (done; a fault in likvard itself; wrong use of the command).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

MOST_PROBLEMS_SHOWN = 20


class LikvardError(Exception):
    """A stop that the user can do something about."""

    exit_code: ClassVar[int]

    def __init__(self, what: str, problems: Iterable[str] = (), advice: str = "") -> None:
        self.what = what
        self.problems = tuple(problems)
        self.advice = advice
        super().__init__(self.text())

    def text(self) -> str:
        """The whole message: what happened, each problem on a line of its own, and what to do next."""
        lines = [self.what]
        lines += [f"  - {problem}" for problem in self.problems[:MOST_PROBLEMS_SHOWN]]
        if len(self.problems) > MOST_PROBLEMS_SHOWN:
            lines.append(f"  … and {len(self.problems) - MOST_PROBLEMS_SHOWN} more")
        if self.advice:
            lines.append(f"What to do: {self.advice}")
        return "\n".join(lines)


class QualityGateClosedError(LikvardError):
    """The data does not keep its contract, so nothing is built from it."""

    exit_code = 3


class ReportsFailedError(LikvardError):
    """Some reports could not be built; the others were."""

    exit_code = 4


class ParamsError(LikvardError):
    """params.yaml, or a parameter of a notebook, is unknown, missing or of the wrong kind."""

    exit_code = 5


class DeliveryMissingError(LikvardError):
    """A delivery, or a file in it, is not there."""

    exit_code = 6


class FileUnreadableError(LikvardError):
    """A delivered file is empty, or is not the kind of file that it should be."""

    exit_code = 7


class ColumnsError(LikvardError):
    """A delivered file does not have the columns that the source mapping names."""

    exit_code = 8


class CodesError(LikvardError):
    """A delivered file has codes or values that the source mapping does not know."""

    exit_code = 9


class UnknownUnitError(LikvardError):
    """There is no such school or area in the edition."""

    exit_code = 10


class CannotWriteError(LikvardError):
    """A file could not be written."""

    exit_code = 11


class StageInputMissingError(LikvardError):
    """What an earlier stage makes is not there, or cannot be read."""

    exit_code = 12


class LockedError(LikvardError):
    """Another run is working on the same edition."""

    exit_code = 13


class ContractError(LikvardError):
    """A contract, a source mapping or an indicator definition is not well-formed."""

    exit_code = 14


class WorkspaceError(LikvardError):
    """This is not a likvard workspace, or it is not set up."""

    exit_code = 15


class PipelineError(LikvardError):
    """DVC could not run the pipeline."""

    exit_code = 16


class SourceUnavailableError(LikvardError):
    """An outside source did not answer, refused, or answered with something other than its specification."""

    exit_code = 17


class ArchiveRefusedError(LikvardError):
    """A zip archive is unsafe to open, or is not the archive that it should be."""

    exit_code = 18


class CredentialsMissingError(LikvardError):
    """The credentials of an outside source are not in the environment."""

    exit_code = 19


class ProtectionMissingError(LikvardError):
    """Rows about persons were asked for without pseudonyms, or without a way to leave protected identities out."""

    exit_code = 20


class DeliveryRefusedError(LikvardError):
    """Some delivered files were refused at intake; the others were taken in."""

    exit_code = 21


class PseudonymKeyError(LikvardError):
    """The key for pseudonyms is missing, unsafe, or another than the one that earlier deliveries were read with."""

    exit_code = 22


class WaiverNeededError(LikvardError):
    """Some delivered files are so unlike the last delivery that somebody must confirm them."""

    exit_code = 23


class SchedulerError(LikvardError):
    """The Dask scheduler does not answer, or its workers have another likvard."""

    exit_code = 24


class AlteredError(LikvardError):
    """Something is not as it was when it was signed."""

    exit_code = 30


class SigningKeyError(LikvardError):
    """A signing key is missing, unsafe, unknown here, or not the one that an act needs."""

    exit_code = 31


class ReleaseStateError(LikvardError):
    """The edition is not in the state that the act begins from, or the same person would act twice."""

    exit_code = 32


class AccessError(LikvardError):
    """access.yaml names a role, unit, recipient or format that is not known, or gives a role more than it may have."""

    exit_code = 33


class NoSuchFigureError(LikvardError):
    """There is no such figure, report or edition to look up."""

    exit_code = 34


class NotTheSameBytesError(LikvardError):
    """What was made again is not the same, byte for byte."""

    exit_code = 35


class DisclosureError(LikvardError):
    """A figure could be found out from what would be released, so nothing is released."""

    exit_code = 40


class ContradictionError(LikvardError):
    """Figures that are to be released do not add up, so that nothing can be proven about them."""

    exit_code = 41


class LedgerDamagedError(LikvardError):
    """The ledger of what was published is damaged, or would be contradicted."""

    exit_code = 42


def unknown(kind: str, name: object, known: Iterable[str]) -> str:
    """One line about a name that is not known, with the nearest that is.

    The name may be a number where somebody else's program made one of it: ``papermill -p unit_id 01`` gives 1.
    """
    import difflib

    near = difflib.get_close_matches(str(name), list(known), n=1, cutoff=0.6)
    return f"{kind} {name!r} is not known" + (f" – did you mean {near[0]!r}?" if near else "")
