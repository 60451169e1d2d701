"""StyleGAN2 (Karras et al. 2020): modulated convolutions and an image summed up over resolutions.

Entries of the state dicts are named as NVLabs's PyTorch code names them, without the low-pass filters, which are always the
same; `stylegan.checkpoints` brings the other published layouts there.
"""
