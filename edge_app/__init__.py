"""Pneumoscope's edge side: from a film to a result, on a laptop or a Raspberry Pi.

Research software, not a medical device.
"""

__version__ = "0.1.0"
