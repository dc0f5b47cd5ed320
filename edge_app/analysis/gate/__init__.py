"""May this film be scored? A refusal for what must not be, a flag for what lowers trust, and what was seen in both."""

from edge_app.analysis.gate.arrays import GateArrays
from edge_app.analysis.gate.gate import Gate, GateFeatures, OutsidePolicy, Verdict

__all__ = ["Gate", "GateArrays", "GateFeatures", "OutsidePolicy", "Verdict"]
