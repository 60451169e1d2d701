"""What is evaluated: which faces at which truncations, how many values a ramp has, and what the networks compute in."""

from __future__ import annotations

from dataclasses import dataclass

from ohlora.errors import SettingsError

FIRST_SEED = 4_000_000_000
"""Seeds from here on belong to the evaluation: far from the small ones that datasets and trainings begin with."""

FEWER = 4
"""At every truncation but the first, and by a second parser, one face in so many is measured, unless a number is given."""


def evaluation_seeds(count: int) -> tuple[int, ...]:
    """The first `count` of the evaluation's own seeds."""
    return tuple(range(FIRST_SEED, FIRST_SEED + count))


def parse_truncations(text: str) -> tuple[float, ...]:
    """Read truncations between commas, such as `1,0.7`.

    Raises:
        SettingsError: One is no number.
    """
    try:
        return tuple(float(part) for part in text.split(","))
    except ValueError:
        raise SettingsError(f"expected truncations such as 1,0.7, got {text!r}") from None


@dataclass(frozen=True)
class EvaluationSettings:
    """How sliders are evaluated.

    Attributes:
        seeds: One z each; every slider gets a ramp from each.
        steps: Values of a ramp, evenly spaced from one end of the slider's range to the other.
        attributes: Sliders that are evaluated; empty for all that the model has.
        truncations: psi of the faces: at the first, 1 for the model's full variety, all faces are measured.
        further_faces: How many of the faces are measured at the other truncations and by a second parser; None for one
            in four.
        scores: Version of the scores.
        frechet_images: Images in each set of the Frechet distance, at the first truncation; 0 leaves it out.
        examples: Faces whose ramps are shown as pictures.
        chunk: Faces whose results are saved together; what a stopped run loses at most.
        batch_size: Images that pass through the networks together.
        precision: What images are drawn in, as `ohlora.device.resolve_precision` takes it.
        compiled: Whether the synthesis network is compiled first, which takes a minute and a C++ compiler.

    Raises:
        SettingsError: A setting is impossible.
    """

    seeds: tuple[int, ...]
    steps: int = 11
    attributes: tuple[str, ...] = ()
    truncations: tuple[float, ...] = (1.0, 0.7)
    further_faces: int | None = None
    scores: str = "v3"
    frechet_images: int = 1000
    examples: int = 2
    chunk: int = 4
    batch_size: int = 33
    precision: str = "auto"
    compiled: bool = False

    def __post_init__(self) -> None:
        if not self.seeds:
            raise SettingsError("expected at least one seed to evaluate, got none")
        if len(set(self.seeds)) != len(self.seeds):
            raise SettingsError("expected different seeds, got one of them twice; intervals would come out too narrow")
        if self.steps < 3:
            raise SettingsError(f"expected ramps of at least 3 values, got {self.steps}")
        if not self.truncations or len(set(self.truncations)) != len(self.truncations):
            raise SettingsError(f"expected one or more different truncations, got {self.truncations}")
        for psi in self.truncations:
            if not -2.0 <= psi <= 2.0:
                raise SettingsError(f"expected a truncation from -2 to 2, usually 0.5 to 1, got {psi}")
        if self.further_faces is not None and self.further_faces < 1:
            raise SettingsError(f"expected at least 1 face at a further truncation, got {self.further_faces}")
        if self.frechet_images < 0 or self.frechet_images == 1 or self.examples < 0:
            raise SettingsError("expected 0, or 2 and more, images for the Frechet distance, and 0 or more examples")
        if min(self.chunk, self.batch_size) < 1:
            raise SettingsError(f"expected chunks and batches of at least 1, got {self.chunk} and {self.batch_size}")

    def seeds_at(self, truncation: float) -> tuple[int, ...]:
        """The faces that are measured at a truncation."""
        return self.seeds if truncation == self.truncations[0] else self.further_seeds

    @property
    def further_seeds(self) -> tuple[int, ...]:
        """The faces that are also measured at other truncations and by a second parser."""
        return self.seeds[: self.further_faces or -(-len(self.seeds) // FEWER)]
