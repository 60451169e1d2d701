"""Hair of the second edition: locks that grow from a scalp in three dimensions, are lit along their strands and drawn as ribbons.

Scalp -> roots -> growth (comb, gravity, cut) -> waves -> `Locks` -> light -> ribbons of one textured mesh. Every kind
of hair is a choice of roots, directions and lengths, so that kinds combine and turn with the head.
"""
