from __future__ import annotations

import subprocess
import sys


def test_the_package_alone_loads_no_importer() -> None:
    ask = "import sys, likvard.fetch; print(sorted({'pandas', 'httpx', 'python_calamine'} & set(sys.modules)))"
    told = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"
