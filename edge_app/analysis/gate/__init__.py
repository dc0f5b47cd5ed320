"""The gate decides whether a film may be scored. It refuses films, or adds warnings."""

from edge_app.analysis.gate.arrays import GateArrays
from edge_app.analysis.gate.gate import Gate, GateFeatures, OutsidePolicy, Verdict

__all__ = ["Gate", "GateArrays", "GateFeatures", "OutsidePolicy", "Verdict"]
