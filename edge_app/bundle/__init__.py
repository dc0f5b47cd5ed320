"""The model bundle: its manifest, the verified files, and the decision from a probability."""

from edge_app.bundle.bundle import Bundle, open_bundle
from edge_app.bundle.manifest import SCHEMA_VERSION, Manifest, ModelFile, OperatingPoint, Variant

__all__ = ["SCHEMA_VERSION", "Bundle", "Manifest", "ModelFile", "OperatingPoint", "Variant", "open_bundle"]
