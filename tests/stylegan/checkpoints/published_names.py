"""State dicts of StyleGAN2 under the names of rosinality and GenForce, written out from the published table of the layouts."""

from collections.abc import Mapping

import torch
from torch import Tensor

from stylegan.stylegan2.resampling import low_pass_filter

State = dict[str, Tensor]


def rosinality_generator(state: Mapping[str, Tensor]) -> State:
    """A generator of rosinality; the average of w lies beside it in a file."""
    layers = sum(name.startswith("mapping.fc") for name in state) // 2
    sides = [side for side in (4, 8, 16, 32, 64) if f"synthesis.b{side}.conv1.weight" in state]
    result = {"input.input": state["synthesis.b4.const"][None]}
    for layer in range(layers):
        for leaf in ("weight", "bias"):
            result[f"style.{layer + 1}.{leaf}"] = state[f"mapping.fc{layer}.{leaf}"]
    for block, side in enumerate(sides):
        convs = [("conv1", "conv1")] if side == 4 else [(f"conv{k}", f"convs.{2 * block - 2 + k}") for k in (0, 1)]
        for ours, theirs in convs:
            styled(result, state, f"synthesis.b{side}.{ours}", theirs)
            number = 0 if side == 4 else 2 * block - 1 + int(ours[-1])
            result[f"{theirs}.noise.weight"] = state[f"synthesis.b{side}.{ours}.noise_strength"].reshape(1)
            result[f"{theirs}.activate.bias"] = state[f"synthesis.b{side}.{ours}.bias"]
            result[f"noises.noise_{number}"] = state[f"synthesis.b{side}.{ours}.noise_const"][None, None]
        rgb = "to_rgb1" if side == 4 else f"to_rgbs.{block - 1}"
        styled(result, state, f"synthesis.b{side}.torgb", rgb)
        result[f"{rgb}.bias"] = state[f"synthesis.b{side}.torgb.bias"].reshape(1, -1, 1, 1)
        if side > 4:
            result[f"convs.{2 * block - 2}.conv.blur.kernel"] = 4 * low_pass_filter()
            result[f"{rgb}.upsample.kernel"] = 4 * low_pass_filter()
    return result


def styled(result: State, state: Mapping[str, Tensor], ours: str, theirs: str) -> None:
    """Weight and style of a layer."""
    result[f"{theirs}.conv.weight"] = state[f"{ours}.weight"][None]
    result[f"{theirs}.conv.modulation.weight"] = state[f"{ours}.affine.weight"]
    result[f"{theirs}.conv.modulation.bias"] = state[f"{ours}.affine.bias"]


def rosinality_discriminator(state: Mapping[str, Tensor]) -> State:
    """A discriminator of rosinality, 32x32."""
    kernel = low_pass_filter()
    result = {"convs.0.0.weight": state["b32.fromrgb.weight"], "convs.0.1.bias": state["b32.fromrgb.bias"]}
    for index, side in enumerate((32, 16, 8), start=1):
        result |= {
            f"convs.{index}.conv1.0.weight": state[f"b{side}.conv0.weight"],
            f"convs.{index}.conv1.1.bias": state[f"b{side}.conv0.bias"],
            f"convs.{index}.conv2.0.kernel": kernel,
            f"convs.{index}.conv2.1.weight": state[f"b{side}.conv1.weight"],
            f"convs.{index}.conv2.2.bias": state[f"b{side}.conv1.bias"],
            f"convs.{index}.skip.0.kernel": kernel,
            f"convs.{index}.skip.1.weight": state[f"b{side}.skip.weight"],
        }
    result |= {"final_conv.0.weight": state["b4.conv.weight"], "final_conv.1.bias": state["b4.conv.bias"]}
    for ours, theirs in (("fc", "final_linear.0"), ("out", "final_linear.1")):
        result |= {f"{theirs}.{leaf}": state[f"b4.{ours}.{leaf}"] for leaf in ("weight", "bias")}
    return result


def genforce_generator(state: Mapping[str, Tensor]) -> State:
    """A generator of GenForce; with labels it is one of its ADA variant."""
    kernel = (4 * low_pass_filter())[None, None]
    sides = [side for side in (4, 8, 16, 32, 64) if f"synthesis.b{side}.conv1.weight" in state]
    result = {
        "truncation.w_avg": state["mapping.w_avg"],
        "synthesis.early_layer.const": state["synthesis.b4.const"][None],
        "synthesis.upsample.kernel": kernel,
    }
    for name, value in state.items():
        if name.startswith("mapping.fc"):
            result[name.replace("fc", "dense")] = value
        if name.startswith("mapping.embed"):
            result[name.replace("embed", "LabelEmbed")] = value
    for block, side in enumerate(sides):
        for k in (1,) if side == 4 else (0, 1):
            ours, theirs = f"synthesis.b{side}.conv{k}", f"synthesis.layer{max(2 * block - 1, -1) + k}"
            weight = state[f"{ours}.weight"]
            result[f"{theirs}.weight"] = weight if k else weight.flip(2, 3)
            result[f"{theirs}.bias"] = state[f"{ours}.bias"]
            result[f"{theirs}.noise_strength"] = state[f"{ours}.noise_strength"]
            result[f"{theirs}.noise"] = state[f"{ours}.noise_const"][None, None]
            result[f"{theirs}.style.weight"] = state[f"{ours}.affine.weight"]
            result[f"{theirs}.style.bias"] = state[f"{ours}.affine.bias"] - 1.0
            if not k:
                result[f"{theirs}.filter.kernel"] = kernel
        ours, theirs = f"synthesis.b{side}.torgb", f"synthesis.output{block}"
        result |= {f"{theirs}.{leaf}": state[f"{ours}.{leaf}"] for leaf in ("weight", "bias")}
        result[f"{theirs}.style.weight"] = state[f"{ours}.affine.weight"]
        result[f"{theirs}.style.bias"] = state[f"{ours}.affine.bias"] - 1.0
    return result


def genforce_discriminator(state: Mapping[str, Tensor]) -> State:
    """A discriminator of GenForce, 32x32."""
    kernel = low_pass_filter()[None, None]
    places = {"input0": "b32.fromrgb", "layer6": "b4.conv", "layer7": "b4.fc", "layer8": "b4.out"}
    for index, side in enumerate((32, 16, 8)):
        places |= {f"layer{2 * index}": f"b{side}.conv0", f"layer{2 * index + 1}": f"b{side}.conv1"}
    result = {f"{a}.{leaf}": state[f"{b}.{leaf}"] for a, b in places.items() for leaf in ("weight", "bias")}
    for index, side in enumerate((32, 16, 8)):
        result[f"skip_layer{index}.weight"] = state[f"b{side}.skip.weight"]
        result[f"skip_layer{index}.filter.kernel"] = result[f"layer{2 * index + 1}.filter.kernel"] = kernel
    return result


def assert_same(first: torch.nn.Module, second: torch.nn.Module, tolerance: float = 0.0) -> None:
    """Holds two networks to have the same entries."""
    entries = second.state_dict()
    assert first.state_dict().keys() == entries.keys()
    for name, value in first.state_dict().items():
        torch.testing.assert_close(value, entries[name], rtol=0.0, atol=tolerance)
