"""Files of a run."""

from __future__ import annotations

import json
from pathlib import Path

from edge_app.system.files import replace_file


def write_json(path: Path, value: object) -> None:
    """Writes indented JSON; the file has its old or its new content at every moment."""
    with replace_file(path) as stream:
        stream.write((json.dumps(value, indent=2) + "\n").encode())
