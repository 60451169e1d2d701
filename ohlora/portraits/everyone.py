"""The sampling `everyone`: men and women of every age and skin with every kind of hair, in the second edition.

Like `core`, it is a function of uniform numbers, one for every choice, so that a latent vector can drive it: most numbers
give one parameter by a monotone function, and one, `kind`, chooses among the kinds of hair by intervals whose widths
depend on gender and skin. Haircuts are distributed differently among men and women; nothing is impossible to either.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from ohlora.errors import OhloraError
from ohlora.portraits.colours import hair_colour
from ohlora.portraits.curves import mix, smoothstep
from ohlora.portraits.parameters import PARAMETER_NAMES, PortraitParameters

CHOICES: tuple[str, ...] = (
    *PARAMETER_NAMES[: PARAMETER_NAMES.index("curl")],
    *("kind", "shape", "second_shape", "third_shape", "dyed", "dye_hue", "bearded", "goatee", "glasses", "earrings"),
    *("freckles", "brow_contrast", "gaze_height", "rim_light", "collar", "background_grade", "background_texture"),
)
"""The uniform numbers that an `everyone` portrait is made of, in their order."""

# Shares of the kinds of hair among women and men of light and of dark skin, in per cent.
_KINDS: dict[str, tuple[float, float, float, float]] = {
    "parted": (27, 16, 4, 1),
    "layered": (12, 6, 4, 1),
    "bob": (10, 7, 0.5, 0),
    "fringe": (10, 8, 3, 1),
    "side_fringe": (7, 5, 2, 1),
    "perm": (8, 8, 2, 1),
    "curls": (6, 12, 4, 6),
    "pixie": (5, 3, 3, 1),
    "ponytail": (5, 6, 1, 1),
    "bun": (4, 6, 1.5, 3),
    "braids": (3, 6, 0.5, 2),
    "afro": (1, 12, 1, 12),
    "slick": (1, 2, 5, 2),
    "swept": (0.5, 0.5, 22, 6),
    "spiky": (0.2, 0.2, 10, 3),
    "crop": (0.3, 0.3, 12, 14),
    "curly_top": (0, 1, 5, 14),
    "buzz": (0, 1, 9, 20),
    "receding": (0, 0, 6, 5),
    "rim": (0, 0, 2.5, 3),
    "bald": (0, 0, 2, 3),
}


def everyone_from_uniform(u: npt.NDArray[np.float64]) -> PortraitParameters:
    """The portrait of `u`: (63,) numbers in 0..1, in the order of `CHOICES`.

    Raises:
        OhloraError: there are fewer or more numbers.
    """
    if u.shape != (len(CHOICES),):
        raise OhloraError(f"expected {len(CHOICES)} numbers in 0..1 (one per choice), got shape {u.shape}")
    x = dict(zip(CHOICES, np.clip(u, 0.0, 1.0).tolist(), strict=True))
    values = {"edition": 1.0, **_body(x), **_surroundings(x)}
    values |= _hair(x, values["gender"], values["skin_tone"], values["age"])
    values |= _rare(x, values)
    natural = hair_colour(PortraitParameters(**values).replace(dye=0.0))
    # Brows are as dark as the hair or darker, seldom lighter.
    red, green, blue = (natural * mix(0.62, 1.0, x["brow_contrast"]) / 255.0).tolist()
    return PortraitParameters(**values, brow_own=1.0, brow_red=red, brow_green=green, brow_blue=blue)


def _body(x: Mapping[str, float]) -> dict[str, float]:
    """Face and expression."""
    signed = ("pose", "pitch", "roll", "skin_hue", "eye_slant")
    values = {name: 2.0 * x[name] - 1.0 for name in signed}
    values |= {"pitch": 0.8 * values["pitch"], "roll": 0.8 * values["roll"]}
    values |= {name: 0.8 * _towards_middle(2.0 * x[name] - 1.0) for name in ("gaze", "gaze_height")}
    plain: tuple[str, ...] = (
        "skin_tone",
        "face_width",
        "jaw_width",
        "cheeks",
        "chin_length",
        "eye_size",
        "eye_open",
        "eye_spacing",
    )
    plain += ("iris_tone", "brow_thickness", "brow_height", "brow_arch", "nose_length", "nose_width", "lip_fullness")
    values |= {name: x[name] for name in (*plain, "mouth_width", "mouth_open")}
    values |= {"gender": 1.0 / (1.0 + float(np.exp(-60.0 * (x["gender"] - 0.5)))), "smile": 1.6 * x["smile"] - 0.6}
    return values | {"age": x["age"] ** 1.2, "makeup": x["makeup"] ** 1.4, "stubble": x["stubble"] ** 1.3}


def _surroundings(x: Mapping[str, float]) -> dict[str, float]:
    """Light, clothes and background."""
    signed: tuple[str, ...] = (
        "light_x",
        "light_warmth",
        "clothes_blue_yellow",
        "clothes_green_red",
        "background_grade",
    )
    signed += ("background_blue_yellow", "background_green_red")
    values = {name: 2.0 * x[name] - 1.0 for name in signed}
    values |= {name: x[name] for name in ("light_y", "clothes_lightness", "neckline", "background_lightness")}
    rim = 2.0 * x["rim_light"] - 1.0
    values["rim_light"] = float(np.sign(rim)) * max(abs(rim) - 0.4, 0.0) / 0.6
    values["collar"] = 0.0 if x["collar"] < 0.5 else round(4.0 * (2.0 * x["collar"] - 1.0) + 0.5) / 4.0
    return values | {"background_texture": max(2.0 * x["background_texture"] - 1.0, 0.0)}


def _towards_middle(value: float) -> float:
    """Most people look at the viewer."""
    return value * abs(value)


def hair_kind(share: float, gender: float, skin_tone: float) -> str:
    """The kind of hair at `share` (0..1) of all people of that gender and skin."""
    dark = smoothstep(skin_tone, 0.45, 0.75)
    column = 0 if gender > 0.5 else 2
    weights = np.array([mix(shares[column], shares[column + 1], dark) for shares in _KINDS.values()])
    reached = np.cumsum(weights) / weights.sum()
    return list(_KINDS)[min(int(np.searchsorted(reached, share, side="right")), len(_KINDS) - 1)]


def _hair(x: Mapping[str, float], gender: float, skin: float, age: float) -> dict[str, float]:
    """Cut and colour of the hair."""
    fair = x["hair_lightness"] ** mix(0.9, 2.6, smoothstep(skin, 0.25, 0.8))
    values = {
        "hair_lightness": fair * mix(1.0, 0.55, smoothstep(skin, 0.4, 0.85)),
        "hair_redness": x["hair_redness"] ** 1.3 * (1.0 - smoothstep(skin, 0.35, 0.7)),
        "hair_volume": x["hair_volume"],
        "hair_wave": 0.45 * x["hair_wave"] ** 1.2,
        "part": 2.0 * x["part"] - 1.0,
        "hairline": x["hairline"],
        "frizz": x["third_shape"] ** 2,
        "recede": 0.0 if gender > 0.5 else 0.8 * max(x["fringe"] + 0.6 * age - 0.75, 0.0),
    }
    return values | _cut(hair_kind(x["kind"], gender, skin), x)


def _cut(kind: str, x: Mapping[str, float]) -> dict[str, float]:
    """The parameters of a kind of hair; `shape`, `second_shape` and `third_shape` vary it."""
    a, b, length = x["shape"], x["second_shape"], x["hair_length"]
    sweep = (1.0 if b > 0.5 else -1.0) * mix(0.4, 1.0, a)
    cuts: dict[str, dict[str, float]] = {
        "parted": {"hair_length": mix(0.3, 1.0, length), "hair_layers": 0.5 * a, "hair_blunt": b},
        "layered": {
            "hair_length": mix(0.25, 0.9, length),
            "hair_layers": mix(0.6, 1.0, a),
            "hair_wave": mix(0.2, 0.6, b),
        },
        "bob": {"hair_length": mix(0.4, 0.57, length), "hair_blunt": mix(0.6, 1.0, a), "fringe": 0.0 if b < 0.5 else b},
        "fringe": {"hair_length": mix(0.2, 1.0, length), "fringe": mix(0.6, 1.0, a), "hair_blunt": b},
        "side_fringe": {"hair_length": mix(0.15, 1.0, length), "fringe": mix(0.5, 0.95, a), "fringe_side": sweep},
        "perm": {"hair_length": mix(0.45, 1.0, length), "hair_wave": mix(0.6, 1.0, a), "curl": 0.4 * b},
        "curls": {"hair_length": mix(0.3, 1.0, length), "curl": mix(0.5, 1.0, a), "hair_volume": mix(0.4, 1.0, b)},
        "pixie": {"hair_length": mix(0.0, 0.16, length), "fringe": 0.9 * b, "fringe_side": sweep, "hair_layers": a},
        "ponytail": {"hair_length": mix(0.55, 0.9, length), "ponytail": mix(0.3, 1.0, a), "fringe": max(b - 0.4, 0.0)},
        "bun": {"hair_length": 0.4, "bun": mix(0.3, 1.0, a), "fringe": max(b - 0.5, 0.0)},
        "braids": {"hair_length": mix(0.6, 1.0, length), "braids": mix(0.2, 1.0, a), "fringe": max(b - 0.4, 0.0)},
        "afro": {"hair_length": 0.2, "afro": mix(0.1, 1.0, a), "curl": 1.0},
        "slick": {"hair_length": mix(0.1, 0.6, length), "hair_slick": 1.0},
        "swept": {
            "taper": mix(0.6, 1.0, b),
            "top_length": mix(0.3, 1.0, length),
            "top_sweep": sweep,
            "hair_slick": 0.4 * a,
        },
        "spiky": {"taper": mix(0.6, 1.0, b), "top_length": mix(0.2, 0.7, length), "top_spike": mix(0.5, 1.0, a)},
        "crop": {"taper": mix(0.5, 1.0, b), "top_length": 0.5 * length, "hair_slick": 0.8 * a},
        "curly_top": {"taper": mix(0.7, 1.0, b), "top_length": length, "curl": mix(0.5, 1.0, a)},
        "buzz": {"buzz": mix(0.1, 1.0, a)},
        "receding": {
            "taper": mix(0.7, 1.0, b),
            "top_length": 0.4 * length,
            "hair_slick": 0.8 * a,
            "recede": mix(0.6, 1.0, a),
        },
        "rim": {"bald": 0.7},
        "bald": {"bald": 1.0},
    }
    clipped = (
        {"hair_length": 0.1}
        if kind in ("swept", "spiky", "crop", "curly_top", "buzz", "receding", "rim", "bald")
        else {}
    )
    thin = {"fringe_wispy": x["third_shape"]} if cuts[kind].get("fringe", 0.0) > 0.0 else {}
    return clipped | cuts[kind] | thin


def _rare(x: Mapping[str, float], values: Mapping[str, float]) -> dict[str, float]:
    """What some people have: dyed hair, a beard, glasses, earrings, freckles."""
    masculine = values["gender"] < 0.5
    result: dict[str, float] = {"goatee": max(2.0 * x["goatee"] - 1.0, 0.0)}
    if x["dyed"] > 0.93:
        result |= {"dye": mix(0.6, 1.0, (x["dyed"] - 0.93) / 0.07), "dye_hue": x["dye_hue"]}
        result["hair_lightness"] = max(values["hair_lightness"], 0.35)
    if masculine and x["bearded"] > 0.65:
        result["beard"] = mix(0.25, 1.0, (x["bearded"] - 0.65) / 0.35)
    if x["glasses"] > 0.82:
        result["glasses"] = mix(0.51, 1.0, (x["glasses"] - 0.82) / 0.18)
    if x["earrings"] > (0.94 if masculine else 0.7):
        result["earrings"] = 0.55 + 0.45 * x["earrings"]
    if x["freckles"] > 0.85 and values["skin_tone"] < 0.45:
        result["freckles"] = mix(0.3, 1.0, (x["freckles"] - 0.85) / 0.15)
    return result
