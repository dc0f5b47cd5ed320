"""DICOM: any radiograph a hospital's systems write, to P-values. Importing this imports neither pydicom nor GDCM."""

from edge_app.imaging.decode.dicom.sniff import is_dicom

__all__ = ["is_dicom"]
