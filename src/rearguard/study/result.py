"""What every study answers with: plain data, a table that can be kept as Parquet, and a figure."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from rearguard.study.folder import write_table

if TYPE_CHECKING:
    import pyarrow as pa


class StudyResult:
    """Base of the typed results. kind: name of the study; in_table: keys of ``to_dict`` that say what ``table`` says."""

    kind: ClassVar[str]
    in_table: ClassVar[tuple[str, ...]]

    if TYPE_CHECKING:

        @property
        def table(self) -> pa.Table:
            """The rows of the answer."""

    def to_dict(self) -> dict[str, Any]:
        """Plain data for ``--json``."""
        raise NotImplementedError

    def to_parquet(self, path: str | Path) -> Path:
        """Write ``table`` to a file; its metadata ``rearguard.KIND`` says what it rests on. RunError when it cannot."""
        about = {key: value for key, value in self.to_dict().items() if key not in self.in_table}
        metadata = {f"rearguard.{self.kind}": json.dumps(about, ensure_ascii=False)}
        write_table(Path(path), self.table.replace_schema_metadata(metadata))
        return Path(path)

    def plot(self, path: str | Path | None = None) -> Any:
        """The answer as a Matplotlib figure, written to ``path`` when given, in the format of its ending.

        RunError without Matplotlib, which is an extra (``rearguard[plot]``), and for an ending it does not know.
        """
        from rearguard.study.figures import figure_of, save

        figure = figure_of(self)
        if path is not None:
            save(figure, Path(path))
        return figure
