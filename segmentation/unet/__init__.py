"""The small U-Net that parses illustrated portraits."""
