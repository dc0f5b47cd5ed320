"""Networks: backbones and the head."""
