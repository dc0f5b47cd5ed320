"""Arithmetic for screens and paper: window/level, pyramid, geometry, evidence to picture. No Qt."""
