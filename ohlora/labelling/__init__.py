"""From a picture to attributes: face parser, label map, scores, normalisation; and the job that labels a folder."""
