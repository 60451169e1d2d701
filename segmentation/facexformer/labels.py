"""What the outputs of FaceXFormer's heads mean, in the order of the outputs.

The orders of age, gender and race are those that the authors state in issue 5 of their repository
(Kartik-3004/facexformer); attributes follow CelebA. Visibility concerns 29 landmarks in the order of COFW, of which no
coordinates are predicted; the raw output is high where a landmark is *occluded* (issues 7 and 10 of the same repository).
"""

AGE_GROUPS: tuple[str, ...] = ("0-9", "10-19", "20-29", "30-39", "40-49", "50-59", "60-69", "70+")
GENDERS: tuple[str, ...] = ("male", "female")
RACES: tuple[str, ...] = ("white", "black", "indian", "asian", "other")

ATTRIBUTE_NAMES: tuple[str, ...] = (
    "5_o_clock_shadow",
    "arched_eyebrows",
    "attractive",
    "bags_under_eyes",
    "bald",
    "bangs",
    "big_lips",
    "big_nose",
    "black_hair",
    "blond_hair",
    "blurry",
    "brown_hair",
    "bushy_eyebrows",
    "chubby",
    "double_chin",
    "eyeglasses",
    "goatee",
    "gray_hair",
    "heavy_makeup",
    "high_cheekbones",
    "male",
    "mouth_slightly_open",
    "mustache",
    "narrow_eyes",
    "no_beard",
    "oval_face",
    "pale_skin",
    "pointy_nose",
    "receding_hairline",
    "rosy_cheeks",
    "sideburns",
    "smiling",
    "straight_hair",
    "wavy_hair",
    "wearing_earrings",
    "wearing_hat",
    "wearing_lipstick",
    "wearing_necklace",
    "wearing_necktie",
    "young",
)
