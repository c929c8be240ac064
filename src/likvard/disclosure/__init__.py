"""Statistical disclosure control: which figures are hidden so that nobody can be found out, and an attack that tries.

``rules`` say which figures are dangerous in themselves, ``system`` is everything that is published as one set of equations,
``suppress`` hides what would give a dangerous figure away, ``attack`` knows only what is released and tries to find it out,
``ledger`` keeps what was ever released, ``decisions`` says of every figure why it is shown or hidden, and what that costs.
``quantities`` alone knows of the record and its indicators; nothing here knows of reports. ``likvard protect`` does not call this
yet: ``docs/disclosure.md`` says what is missing.
"""
