"""StyleGAN (Karras, Laine and Aila 2019) in the layout of GenForce's published weights."""
