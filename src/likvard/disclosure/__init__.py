"""Statistical disclosure control: which figures are hidden so that nobody can be found out, and an attack that tries.

``rules`` say which figures are dangerous in themselves, ``system`` is everything that is published as one set of equations,
``suppress`` hides what would give a dangerous figure away, ``attack`` knows only what is released and tries to find it out,
``ledger`` keeps what was ever released, ``decisions`` says of every figure why it is shown or hidden, and what that costs.
``quantities`` and ``grid`` alone know of the record and its indicators; nothing here knows of reports. ``likvard protect`` hides by
``search``, which finds ``swaps`` in seconds; ``block``, ``greedy`` and ``cuts`` are the general search with its proven bound;
``chosen`` decides which of the two a period is asked, and which pattern is taken.
"""
