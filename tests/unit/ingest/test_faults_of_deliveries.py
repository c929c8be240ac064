"""What was noted of each delivery, told in the order of the deliveries."""

from __future__ import annotations

from likvard.ingest.faults import Faults, together


def test_what_was_noted_is_told_delivery_by_delivery_though_tables_were_read_one_by_one() -> None:
    spring, autumn = Faults(), Faults()
    for table in ("schools", "pupils"):
        spring.columns.append(f"spring/{table}")
        autumn.columns.append(f"autumn/{table}")
    autumn.unreadable.append("autumn/grades")
    found = together([spring, autumn])
    assert found.columns == ["spring/schools", "spring/pupils", "autumn/schools", "autumn/pupils"]
    assert found.unreadable == ["autumn/grades"]
