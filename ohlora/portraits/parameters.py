"""The parameters of a portrait: one float per property, each with a name, a closed range, a default and a meaning.

They describe a portrait completely: the same values give the same pixels. Signs follow the project's attributes:
positive `pose` means that the person looks to their own right (the viewer's left).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ohlora.errors import OhloraError


@dataclass(frozen=True)
class Parameter:
    """One declared parameter: its name, closed range, value when it is not given, and meaning."""

    name: str
    low: float
    high: float
    default: float
    meaning: str


def _unit(name: str, meaning: str, default: float = 0.5) -> Parameter:
    return Parameter(name, 0.0, 1.0, default, meaning)


def _signed(name: str, meaning: str) -> Parameter:
    return Parameter(name, -1.0, 1.0, 0.0, meaning)


PARAMETERS: tuple[Parameter, ...] = (
    _unit("gender", "0 masculine, 1 feminine; shifts jaw, brows, lips, lashes and neck, never hair length"),
    _unit("age", "0 young adult, 1 old: folds, eye bags, forehead lines, grey hair", 0.2),
    _signed("pose", "head turn; +1 = 27 degrees to the person's own right (viewer's left)"),
    _signed("pitch", "nod; +1 = 7 degrees up"),
    _signed("roll", "tilt; +1 = 7 degrees clockwise as the viewer sees it"),
    _signed("light_x", "light from the viewer's left (-1) to the right (+1)"),
    _unit("light_y", "light from the front (0) to above (1)"),
    _signed("light_warmth", "cool (-1) to warm (+1) light"),
    _unit("skin_tone", "lightest (0) to darkest (1) skin"),
    _signed("skin_hue", "rosy (-1) to golden (+1) undertone"),
    _unit("face_width", "narrow to wide face"),
    _unit("jaw_width", "tapered to square jaw"),
    _unit("cheeks", "hollow to full cheeks"),
    _unit("chin_length", "short to long chin"),
    _unit("eye_size", "small to large eyes"),
    _unit("eye_open", "closed (0) to wide open (1)", 0.7),
    _unit("eye_spacing", "close to wide-set eyes"),
    _signed("eye_slant", "outer corners down (-1) to up (+1)"),
    _signed("gaze", "iris to the viewer's left (-1) or right (+1)"),
    _unit("iris_tone", "dark brown, hazel, green, blue to grey iris"),
    _unit("brow_thickness", "thin to thick brows"),
    _unit("brow_height", "low to high brows"),
    _unit("brow_arch", "straight to arched brows"),
    _unit("nose_length", "short to long nose"),
    _unit("nose_width", "narrow to wide nose"),
    _unit("lip_fullness", "thin to full lips"),
    _unit("mouth_width", "narrow to wide mouth"),
    _unit("mouth_open", "closed (0) to wide open (1); the first fifth is a closed mouth with the lips together", 0.0),
    _signed("smile", "corners down (-1) to a broad smile (+1)"),
    _unit("makeup", "none to strong eye make-up, blush and lipstick", 0.0),
    _unit("stubble", "clean to dark stubble", 0.0),
    _unit("hair_lightness", "black to platinum hair", 0.3),
    _unit("hair_redness", "no to strong red in the hair", 0.0),
    _unit("hair_length", "cropped (0), jaw (0.5), to below the shoulders (1)", 0.4),
    _unit("hair_volume", "flat to voluminous hair"),
    _unit("hair_wave", "straight to wavy hair", 0.1),
    _unit("fringe", "no fringe to a full one down to the brows", 0.0),
    _signed("part", "parting on the viewer's left (-1) to right (+1)"),
    _unit("hairline", "low to high hairline", 0.3),
    _unit("clothes_lightness", "dark to light clothes"),
    _signed("clothes_blue_yellow", "blue (-1) to yellow (+1) clothes"),
    _signed("clothes_green_red", "green (-1) to red (+1) clothes"),
    _unit("neckline", "high round collar to deep V"),
    _unit("background_lightness", "dark to light background"),
    _signed("background_blue_yellow", "blue (-1) to yellow (+1) background"),
    _signed("background_green_red", "green (-1) to red (+1) background"),
    # Rare things: at their defaults in the sampling that the embedded generator learns.
    _unit("curl", "straight to tightly curled ends and outline", 0.0),
    _unit("afro", "none (0) to a large afro (1)", 0.0),
    _unit("bun", "none (0) to a large top bun (1)", 0.0),
    _unit("recede", "none to receding temples", 0.0),
    _unit("bald", "0 has hair, above 0.5 only a rim of hair, 1 none", 0.0),
    _unit("dye", "amount of dyed colour in the hair", 0.0),
    _unit("dye_hue", "hue of the dye, 0..1 around the colour circle", 0.0),
    _unit("beard", "none to full beard", 0.0),
    _unit("glasses", "0 none, above 0.5 glasses: round (0.5) to angular (1)", 0.0),
    _unit("earrings", "0 none, above 0.5 earrings, larger towards 1", 0.0),
    _unit("freckles", "none to many freckles", 0.0),
    # The second edition: at their defaults portraits are drawn as the embedded models learned them.
    _unit("edition", "0 the first edition's portraits; above 0.5 the second's, which all parameters below need", 0.0),
    _unit("hair_slick", "hair parted (0) or combed back without a parting (1)", 0.0),
    _unit("hair_layers", "all hair of one length to short layers on top", 0.0),
    _unit("hair_blunt", "ragged tips to tips cut off straight that turn inwards", 0.0),
    _signed("fringe_side", "fringe combed to the viewer's left (-1) or right (+1)"),
    _unit("fringe_wispy", "full to thin, wispy fringe", 0.0),
    _unit("taper", "sides as long as the rest (0) to close sides under longer hair on top (1)", 0.0),
    _unit("top_length", "with close sides: top short (0) to long (1)", 0.0),
    _signed("top_sweep", "with close sides: top combed to the viewer's left (-1) or right (+1)"),
    _unit("top_spike", "with close sides: top lying to standing up", 0.0),
    _unit("buzz", "none (0) to clipped short all over (1)", 0.0),
    _unit("ponytail", "none (0) to a ponytail over the shoulder (1)", 0.0),
    _unit("braids", "none (0) to two thick braids (1)", 0.0),
    _unit("frizz", "tidy hair to flying hairs", 0.0),
    _signed("greyness", "hair less (-1) or more (+1) grey than its age's"),
    _unit("brow_own", "above 0.5 brows, stubble and beard have a colour of their own and not the hair's", 0.0),
    _unit("brow_red", "red of that colour", 0.0),
    _unit("brow_green", "green of that colour", 0.0),
    _unit("brow_blue", "blue of that colour", 0.0),
    _signed("gaze_height", "iris down (-1) or up (+1)"),
    _unit("goatee", "beard all over (0) or only on chin and upper lip (1)", 0.0),
    _signed("rim_light", "second light from behind: none (0), from the viewer's left (-1) or right (+1)"),
    _unit("collar", "0 as the neckline says; shirt collar (0.25), polo neck (0.5), hood (0.75), lapels (1)", 0.0),
    _signed("background_grade", "background darker at the top (-1) or at the bottom (+1)"),
    _unit("background_texture", "plain to softly mottled background", 0.0),
)

PARAMETER_NAMES: tuple[str, ...] = tuple(p.name for p in PARAMETERS)
_BY_NAME = {p.name: p for p in PARAMETERS}


class PortraitParameters(Mapping[str, float]):
    """An immutable, complete and range-checked set of parameters; what is not given has its default.

    Raises:
        OhloraError: a name is unknown or a value is not a number inside its range.
    """

    def __init__(self, **values: float) -> None:
        unknown = sorted(set(values) - set(_BY_NAME))
        if unknown:
            raise OhloraError(f"unknown portrait parameter {unknown[0]!r}; known are: {', '.join(PARAMETER_NAMES)}")
        self._values: dict[str, float] = {}
        for parameter in PARAMETERS:
            value = float(values.get(parameter.name, parameter.default))
            if not parameter.low <= value <= parameter.high:
                raise OhloraError(
                    f"portrait parameter {parameter.name!r} must lie in "
                    f"[{parameter.low:g}, {parameter.high:g}], got {value:g}"
                )
            self._values[parameter.name] = value

    def __getitem__(self, name: str) -> float:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __getattr__(self, name: str) -> float:
        values: dict[str, float] = self.__dict__.get("_values", {})
        if name not in values:
            raise AttributeError(name)
        return values[name]

    def replace(self, **values: float) -> PortraitParameters:
        """A copy with some values changed."""
        return PortraitParameters(**{**self._values, **values})

    def __repr__(self) -> str:
        return f"PortraitParameters({', '.join(f'{k}={v:.3g}' for k, v in self._values.items())})"
