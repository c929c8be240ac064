"""Statistical disclosure control: which figures are hidden so that nobody can be found out, and an attack that tries.

``rules`` say which figures are dangerous in themselves, ``system`` is everything that is published as one set of equations,
``suppress`` hides what would give a dangerous figure away, ``attack`` knows only what is released and tries to find it out,
``ledger`` keeps what was ever released, ``decisions`` says of every figure why it is shown or hidden, and what that costs.
Nothing here knows of reports, files of the flow or indicators: ``likvard.protect`` brings the record here.
"""
