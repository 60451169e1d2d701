"""StyleGAN3 (Karras et al. 2021): an alias-free generator, whose picture moves and turns with its Fourier features.

Entries of the state dict are named as NVLabs's PyTorch code names them. The discriminator is StyleGAN2's.
"""
